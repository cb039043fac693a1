// A world: one clock, one source of randomness, one queue of events, and the servers and links in it.
import { sliceBytes, type Slice } from "../kernel/bytes.ts";
import type { TimeSource } from "../kernel/clock.ts";
import { Random } from "../kernel/random.ts";
import { Scheduler, type Timer } from "../kernel/scheduler.ts";
import type { WasmPort } from "../scripting/wasm-port.ts";
import { Doorkeepers } from "./doorkeepers.ts";
import { HookList } from "./hooks.ts";
import { Network } from "./network.ts";
import { Programs, type ProgramsByPath } from "./programs.ts";
import { Server } from "./server.ts";
import type { ServerOptions } from "./server-options.ts";

export interface WorldOptions {
  /** Every random draw follows from it. */
  readonly seed?: number | string;
  /** Milliseconds of Unix time at which the clock begins. */
  readonly startTime?: number;
  /** The host's fastest way from bytes to a byte string. */
  readonly slice?: Slice;
  /** The host's WebAssembly: scripts run on it. */
  readonly wasm?: WasmPort;
  /** What can be run on its machine: scripts of Sentinels. */
  readonly programs?: ProgramsByPath;
}

/** 2026-01-01T00:00:00Z: where a world begins unless told otherwise. */
const START_TIME = 1_767_225_600_000;

/** Time moves only through `advanceTo` and `step`; nothing here waits. */
export class World implements TimeSource {
  readonly random: Random;
  readonly slice: Slice;
  readonly wasm: WasmPort | undefined;
  readonly programs: Programs;
  readonly hooks = new HookList();
  /** How processes reach servers. */
  readonly network = new Network(this);
  readonly doorkeepers = new Doorkeepers();
  readonly servers: Server[] = [];
  /** Grows with every byte that an application sends or gets: hosts watch it to see whether the application has settled. */
  bytesMoved = 0;
  /** Events that ran. */
  eventsRun = 0;
  readonly #scheduler = new Scheduler();
  #now: number;
  #calendarMs = 0;

  constructor({ seed = 1, startTime = START_TIME, slice = sliceBytes, wasm, programs = {} }: WorldOptions = {}) {
    this.random = new Random(seed);
    this.#now = startTime;
    this.slice = slice;
    this.wasm = wasm;
    this.programs = new Programs(programs, () => this.#now);
  }

  /** Milliseconds of Unix time; fractions occur when a wall clock drives the world. */
  get now(): number {
    return this.#now;
  }

  get calendarMs(): number {
    return this.#calendarMs;
  }

  /** Everybody's date is set, on or back, and no time passes: nobody waited for anybody meanwhile. */
  turnCalendar(byMs: number): void {
    this.#calendarMs += byMs;
    for (const { lifecycle } of this.servers) lifecycle.dateSet();
  }

  createServer(options: ServerOptions = {}): Server {
    const server = new Server(this, { name: `server-${this.servers.length + 1}`, ...options });
    this.servers.push(server);
    return server;
  }

  /** Takes a server out: it forgets everything, and nothing happens in it any more. */
  removeServer(server: Server): void {
    const at = this.servers.indexOf(server);
    if (at >= 0) this.servers.splice(at, 1);
    server.lifecycle.remove();
  }

  /** Runs `event` when the clock reaches `at` (or at the next step, when that is past). */
  schedule(at: number, event: () => void): Timer {
    return this.#scheduler.schedule(Math.max(at, this.#now), event);
  }

  /** Like `schedule`, for what nobody waits for: it may as well run when somebody looks, as the deletion of expired keys. */
  scheduleInBackground(at: number, event: () => void): Timer {
    return this.#scheduler.schedule(Math.max(at, this.#now), event, true);
  }

  /** When the next event is due; undefined when nothing will happen by itself. */
  nextDeadline(): number | undefined {
    return this.#scheduler.next;
  }

  /** The same for events that somebody may be waiting for. */
  nextAwaitedDeadline(): number | undefined {
    return this.#scheduler.nextAwaited;
  }

  /** Moves the clock to the next event and runs it; false when there is none, or none until `limit`. */
  step(limit = Number.POSITIVE_INFINITY): boolean {
    const at = this.#scheduler.next;
    if (at === undefined || at > limit) return false;
    this.#now = Math.max(this.#now, at);
    this.eventsRun++;
    this.#scheduler.take()!();
    return true;
  }

  /** Runs everything that is due until `time`, then stands there. The clock never goes back. */
  advanceTo(time: number): void {
    while (this.step(time));
    this.#now = Math.max(this.#now, time);
  }
}
