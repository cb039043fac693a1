// Which simulated deployment a client belongs to: a scope for each running test, and a process-wide default outside of them.
import { AsyncLocalStorage } from "node:async_hooks";
import type { Link, Server, World } from "../core/index.ts";
import type { Address } from "./addresses.ts";
import type { Clock } from "./time/clock.ts";

/** Whose a client is: of the scope in which it was made, or of none. */
export interface Binding {
  readonly scope: Scope | undefined;
  /** A deployment that was named, whatever the scope. */
  readonly home?: Home;
  /** `file:line:column` where a client of a scope was made, as far as that can be seen. */
  readonly site?: string | undefined;
}

/** A connection that lives in a deployment. */
export interface HomeConnection {
  readonly binding: Binding;
  readonly link: Link;
  /** How messages call it. */
  readonly description: string;
  /** Something is under way, or can never be again. */
  readonly busy: boolean;
  /** Moves to another deployment, or to a new server of its own, when it is quiet; is reset otherwise. */
  moveTo(home: Home | undefined): void;
  /** Is cut, as a network does it. */
  reset(): void;
  /** Is cut without a word to the application. */
  sever(): void;
}

/** A deployment that connections can live in: what a redouble shows to the ways in. */
export interface Home {
  readonly world: World;
  readonly clock: Clock;
  /** The server that answers where nobody said which. */
  readonly main: Server;
  /** A server by its name; undefined where there is none. */
  engineNamed(name: string): Server | undefined;
  /** The server at an address, or the one that was put there and has moved; undefined when none is registered there. */
  route(address: Address): Server | undefined;
  /** Whether a server of it listens at an address, or at any where nothing is registered. */
  hears(address: Address): boolean;
  /** Where its servers answer, in words: `primary-1 at 127.0.0.1:7000`. */
  readonly places: readonly string[];
  /** Every name that an application may look up. */
  readonly hosts: ReadonlySet<string>;
  readonly connections: Set<HomeConnection>;
  readonly stopped: boolean;
}

export interface ScopeOptions {
  /** How messages call it: the test's full name. */
  readonly name: string;
  /**
   * Clients made outside of every scope (at module level) belong to this scope while it lives. Say no for tests that run
   * at the same time: there the newest would take them from the others.
   */
  readonly leads?: boolean;
}

/** The life of one test: its clients are bound to it, and are cut off when it ends. */
export class Scope {
  readonly name: string;
  readonly home: Home;
  readonly leads: boolean;
  /** Misuse that was met on the way: a runner fails the test for it, even when the application swallowed the error. */
  readonly violations: Error[] = [];
  #ended = false;

  /** @see openScope */
  constructor(home: Home, { name, leads = true }: ScopeOptions) {
    this.home = home;
    this.name = name;
    this.leads = leads;
  }

  get ended(): boolean {
    return this.#ended;
  }

  /** Runs a test: clients that it makes belong to this scope. */
  run<T>(test: () => T): T {
    return registry.storage.run(this, test);
  }

  /** The connections that this scope's own clients have open. */
  get openConnections(): readonly HomeConnection[] {
    return [...this.home.connections].filter((connection) => connection.binding.scope === this);
  }

  /**
   * The test is over: its own connections are severed and its clients are refused from now on. Connections of clients from
   * outside move on to whoever leads then, when they are quiet; else they are reset.
   */
  end(): void {
    if (this.#ended) return;
    this.#ended = true;
    remove(registry.leaders, this);
    for (const connection of this.home.connections) {
      if (connection.binding.scope === this) connection.sever();
      else if (isFree(connection)) connection.moveTo(freeHome());
    }
  }
}

/** What all copies of this module in one realm share: ES module and CommonJS, and each module registry of a runner. */
interface Registry {
  readonly storage: AsyncLocalStorage<Scope>;
  /** Scopes to which clients from outside of scopes belong; the last one counts. */
  readonly leaders: Scope[];
  /** Deployments outside of scopes; the last one counts. */
  readonly homes: Home[];
}

const KEY = Symbol.for("redouble.registry");
const shared = globalThis as { [KEY]?: Registry };
const registry: Registry = (shared[KEY] ??= { storage: new AsyncLocalStorage(), leaders: [], homes: [] });

/** Opens the scope of a test. Connections of clients from outside of scopes move here, if it leads. */
export function openScope(home: Home, options: ScopeOptions): Scope {
  const scope = new Scope(home, options);
  if (scope.leads) {
    const from = freeHome();
    registry.leaders.push(scope);
    if (from !== undefined) moveFreeConnections(from, home);
  }
  return scope;
}

/** The scope of the test that runs here; ended ones included, so that late work is recognized. */
export function currentScope(): Scope | undefined {
  return registry.storage.getStore();
}

/**
 * Runs something as a part of a scope, or of none: what an application does about a connection (a dial after a reset, say)
 * belongs where the connection does, whichever test happened to touch it last.
 */
export function runIn(scope: Scope | undefined, act: () => void): void {
  if (registry.storage.getStore() === scope) act();
  else registry.storage.run(scope as Scope, act);
}

/** Where clients live that belong to no scope: with the leading scope, else in the newest deployment. */
export function freeHome(): Home | undefined {
  return registry.leaders.at(-1)?.home ?? registry.homes.at(-1);
}

/** The deployment that code running here means. */
export function currentHome(): Home | undefined {
  return currentScope()?.home ?? freeHome();
}

/** Where to find whom, for those who dialled somewhere else. */
export function placesHere(): string {
  const places = currentHome()?.places ?? [];
  if (places.length === 0) return "Nothing is simulated here.";
  const rest = places.length - MOST_PLACES;
  return `What is simulated: ${places.slice(0, MOST_PLACES).join(", ")}${rest > 0 ? ` and ${rest} more` : ""}.`;
}

const MOST_PLACES = 6;

/** Every deployment that may answer, the current one first. */
export function allHomes(): Home[] {
  const homes = [currentHome(), ...registry.leaders.map(({ home }) => home), ...registry.homes].filter(
    (home) => home !== undefined,
  );
  return [...new Set(homes)].filter(({ stopped }) => !stopped);
}

/** Makes a deployment the default of the process; call what it gives to take it back. */
export function registerHome(home: Home): () => void {
  registry.homes.push(home);
  return () => remove(registry.homes, home);
}

function moveFreeConnections(from: Home, to: Home): void {
  if (from === to) return;
  for (const connection of from.connections) {
    if (isFree(connection)) connection.moveTo(to);
  }
}

/** Whether nobody said where it belongs. */
function isFree({ binding }: HomeConnection): boolean {
  return binding.scope === undefined && binding.home === undefined;
}

function remove<T>(list: T[], element: T): void {
  const at = list.indexOf(element);
  if (at >= 0) list.splice(at, 1);
}
