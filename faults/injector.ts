// Installs faults in a world, counts what they did, and takes them out again.
import type { Hooks, World } from "../core/index.ts";
import { printFault, requireFault, type Fault, type FaultContext } from "./fault.ts";
import { requireServers } from "./processes.ts";
import { SelectorState } from "./selector.ts";

/** An injected fault. */
export interface FaultGuard {
  readonly id: number;
  readonly fault: Fault;
  /** World time at which it was injected, in milliseconds. */
  readonly injectedAt: number;
  /** How often it has struck. */
  readonly fired: number;
  /** False once it was taken out. */
  readonly active: boolean;
  /** The stack of the code that injected it. */
  readonly stack: string;
  /** Takes the fault out; doing it twice does no harm. */
  uninstall(): void;
}

class Injection implements FaultGuard {
  readonly id: number;
  readonly fault: Fault;
  readonly injectedAt: number;
  fired = 0;
  active = true;
  readonly stack = new Error("injected here").stack ?? "";
  #remove: () => void;

  constructor(world: World, id: number, fault: Fault) {
    this.id = id;
    this.fault = fault;
    this.injectedAt = world.now;
    const random = world.random.fork(`fault/${id}/${fault.name}`);
    const context = { random, world };
    const remove = world.hooks.install(this.#selected(context, new SelectorState(fault.selector, random)));
    const undo = fault.act?.(context);
    if (fault.act !== undefined && undo !== false) this.fired++;
    this.#remove = () => {
      remove();
      if (undo) undo();
    };
  }

  uninstall(): void {
    this.active = false;
    this.#remove();
    this.#remove = () => {};
  }

  /** The fault's hooks behind its selector. */
  #selected(context: FaultContext, selector: SelectorState): Hooks {
    const { hooks, meets = {} } = this.fault;
    const { onChunk, onCommand, onReply, onClose, onPoint, onDiskWrite } = hooks;
    const guard =
      <E extends Parameters<SelectorState["matches"]>[0], V>(
        hook: (event: E, context: FaultContext) => V | undefined,
        isMet: (event: E) => boolean = () => true,
      ) =>
      (event: E): V | undefined => {
        if (!selector.matches(event) || !isMet(event) || !selector.take()) return undefined;
        const verdict = hook(event, context);
        if (verdict !== undefined) this.fired++;
        return verdict;
      };
    return {
      ...(onChunk && { onChunk: guard(onChunk, meets.chunk) }),
      ...(onCommand && { onCommand: guard(onCommand, meets.command) }),
      ...(onReply && { onReply: guard(onReply, meets.command) }),
      ...(onClose && { onClose: guard(onClose) }),
      ...(onDiskWrite && {
        onDiskWrite: (event) => {
          const { server = event.server } = this.fault.selector;
          const verdict = server === event.server ? onDiskWrite(event, context) : undefined;
          if (verdict !== undefined) this.fired++;
          return verdict;
        },
      }),
      ...(onPoint && {
        onPoint: (event) => {
          const forMs = onPoint(event, context);
          if (forMs !== undefined) this.fired++;
          return forMs;
        },
      }),
    };
  }
}

export class Injector {
  readonly #world: World;
  readonly #injections: Injection[] = [];

  constructor(world: World) {
    this.#world = world;
  }

  /** Injects a fault: from now on it strikes whatever its selector chooses. */
  inject(fault: Fault): FaultGuard {
    requireServers(this.#world, requireFault(fault));
    const injection = new Injection(this.#world, this.#injections.length + 1, fault);
    this.#injections.push(injection);
    return injection;
  }

  /** Every fault ever injected here, those that were taken out included. */
  get all(): readonly FaultGuard[] {
    return this.#injections;
  }

  /** Injected faults that never struck: a test that believes in them proves nothing. */
  get unfired(): readonly FaultGuard[] {
    return this.#injections.filter(({ fired }) => fired === 0);
  }

  /** Takes every fault out. */
  clear(): void {
    for (const injection of this.#injections) injection.uninstall();
  }

  /** One line a fault, for failing tests and FAULT LIST. */
  describe(): string[] {
    return this.#injections.map(
      ({ id, fault, fired, active }) => `${id} ${printFault(fault)} fired ${fired}${active ? "" : ", taken out"}`,
    );
  }
}
