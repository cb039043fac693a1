// Timelines: which fault comes when, as data that prints, travels as JSON, and plays the same again.
import { durationMs, requireKnown, show, type Duration, type Random, type World } from "../core/index.ts";
import { printFault, requireFault, type Fault } from "./fault.ts";
import type { FaultGuard, Injector } from "./injector.ts";
import { checkSelector } from "./options.ts";
import { requireServers } from "./processes.ts";
import { SelectorState, type Selector } from "./selector.ts";
import { parseFault } from "./vocabulary.ts";

/** When a fault comes. Times are in milliseconds since the timeline began to play. */
export type Cue =
  | { readonly at: number }
  | { readonly every: number; readonly from: number; readonly times?: number }
  | { readonly when: Selector };

/** A fault with its cue, and how long it lasts; until the timeline ends where that is not given. */
export type Step = Cue & { readonly fault: Fault; readonly forMs?: number };

export interface StepOptions {
  /** How long the fault stays in. */
  readonly for?: Duration;
}

/** `at("1s", crash({ server: "primary" }))` */
export function at(time: Duration, fault: Fault, options: StepOptions = {}): Step {
  requireKnown("at", options, ["for"]);
  return { at: durationMs(time), fault: requireFault(fault), ...lasting(options) };
}

/** `every("10s", evictKeys({ keys: "session:*" }))`: first after one period, or after `from`. */
export function every(
  period: Duration,
  fault: Fault,
  options: StepOptions & { readonly from?: Duration; readonly times?: number } = {},
): Step {
  requireKnown("every", options, ["for", "from", "times"]);
  const periodMs = durationMs(period);
  if (!(periodMs > 0)) throw new RangeError("every: the period is longer than nothing");
  const { from = periodMs, times } = options;
  return {
    every: periodMs,
    from: durationMs(from),
    ...(times !== undefined && { times }),
    fault: requireFault(fault),
    ...lasting(options),
  };
}

/**
 * `when(command("SET lock:*"), crash())`: after the first command that is chosen, when its moment ends: what clients send at once
 * behind it may still pass. `nth` chooses a later command.
 */
export function when(selector: Selector, fault: Fault, options: StepOptions = {}): Step {
  checkSelector("when", selector);
  requireKnown("when", options, ["for"]);
  return { when: selector, fault: requireFault(fault), ...lasting(options) };
}

/** `"SET lock:*"`: commands of a name, with a glob for one of their keys. */
export function command(text: string, more: Omit<Selector, "command" | "key"> = {}): Selector {
  const [name = "", key] = text.trim().split(/\s+/, 2);
  if (name === "") throw new TypeError('command: name one, as in command("SET lock:*")');
  return { command: name, ...(key !== undefined && { key }), ...more };
}

function lasting({ for: duration }: StepOptions): { readonly forMs?: number } {
  return duration === undefined ? {} : { forMs: durationMs(duration) };
}

/** A timeline; `toString` and JSON say what it holds, and `parseTimeline` reads both back. */
export class Timeline {
  readonly steps: readonly Step[];

  constructor(steps: readonly Step[]) {
    this.steps = steps;
  }

  /** One line a step. */
  toString(): string {
    return this.steps.map(printStep).join("\n");
  }

  /** Faults as their printed text. */
  toJSON(): readonly unknown[] {
    return this.steps.map(({ fault, ...step }) => ({ ...step, fault: printFault(fault) }));
  }

  /** Begins to play in a world; call what it gives to end it, and to take its faults out. */
  play(world: World, injector: Injector): () => void {
    for (const step of this.steps) {
      requireServers(world, requireFault(step.fault));
      if ("when" in step) requireServers(world, { options: { ...step.when } });
    }
    const guards: FaultGuard[] = [];
    const undos = this.steps.map((step, nth) =>
      playStep(step, {
        world,
        random: world.random.fork(`timeline/${nth}`),
        inject: (fault, forMs) => {
          const guard = injector.inject(fault);
          guards.push(guard);
          if (forMs !== undefined) world.schedule(world.now + forMs, () => guard.uninstall());
        },
      }),
    );
    return () => {
      for (const undo of undos) undo();
      for (const guard of guards) guard.uninstall();
    };
  }
}

/** Steps, and the steps of whole timelines. */
export function timeline(story: readonly (Step | Timeline)[]): Timeline {
  if (!Array.isArray(story)) throw new TypeError(`A timeline is a list of steps, not ${show(story)}.`);
  return new Timeline(story.flatMap(stepsOf));
}

function stepsOf(part: Step | Timeline): readonly Step[] {
  if (typeof part === "object" && part !== null) {
    if ("steps" in part) return part.steps;
    if ("at" in part || "every" in part || "when" in part) return [part];
  }
  throw new TypeError(`A step of a timeline is what at(), every() and when() make, not ${show(part)}.`);
}

/** Reads what `JSON.stringify(timeline)` wrote. */
export function parseTimeline(json: string): Timeline {
  const steps: unknown = JSON.parse(json);
  if (!Array.isArray(steps)) throw new TypeError("a timeline is a JSON array of steps");
  return new Timeline(steps.map(readStep));
}

/** A step as JSON has it. */
interface WrittenStep {
  readonly fault?: unknown;
  readonly at?: Duration;
  readonly every?: Duration;
  readonly when?: Selector;
  readonly from?: Duration;
  readonly times?: number;
  readonly forMs?: number;
}

function readStep(step: WrittenStep): Step {
  if (typeof step.fault !== "string") throw new TypeError(`a step names its fault: ${JSON.stringify(step)}`);
  const fault = parseFault(step.fault);
  const { from, times, forMs } = step;
  const options = { ...(forMs !== undefined && { for: forMs }) };
  if (step.at !== undefined) return at(step.at, fault, options);
  if (step.when !== undefined) return when(step.when, fault, options);
  if (step.every === undefined) throw new TypeError(`a step has at, every or when: ${JSON.stringify(step)}`);
  return every(step.every, fault, {
    ...options,
    ...(from !== undefined && { from }),
    ...(times !== undefined && { times }),
  });
}

interface Stage {
  readonly world: World;
  readonly random: Random;
  readonly inject: (fault: Fault, forMs: number | undefined) => void;
}

/** Gives how to stop it. */
function playStep(step: Step, { world, random, inject }: Stage): () => void {
  const { fault, forMs } = step;
  if ("at" in step) {
    const timer = world.schedule(world.now + step.at, () => inject(fault, forMs));
    return () => timer.cancel();
  }
  if ("every" in step) {
    let left = step.times ?? Number.POSITIVE_INFINITY;
    const arm = (delayMs: number): { cancel(): void } =>
      world.schedule(world.now + delayMs, () => {
        inject(fault, forMs);
        if (--left > 0) timer = arm(step.every);
      });
    let timer = arm(step.from);
    return () => timer.cancel();
  }
  const selector = new SelectorState({ nth: 1, ...step.when }, random);
  const remove = world.hooks.install({
    onCommand(event) {
      if (!selector.matches(event) || !selector.take()) return undefined;
      // Right behind the command, so that no server dies in the middle of itself.
      world.schedule(world.now, () => inject(fault, forMs));
      return undefined;
    },
  });
  return remove;
}

function printStep(step: Step): string {
  const lasts = step.forMs === undefined ? "" : ` for ${printMs(step.forMs)}`;
  const fault = `${printFault(step.fault)}${lasts}`;
  if ("at" in step) return `at ${printMs(step.at)}: ${fault}`;
  if ("when" in step) return `when ${JSON.stringify(step.when)}: ${fault}`;
  const times = step.times === undefined ? "" : `, ${step.times} times`;
  return `every ${printMs(step.every)} from ${printMs(step.from)}${times}: ${fault}`;
}

function printMs(milliseconds: number): string {
  return milliseconds % 1000 === 0 ? `${milliseconds / 1000}s` : `${milliseconds}ms`;
}
