// What a test file imports as `redouble`: always the running test's own server, clock and faults.
import type { Socket } from "node:net";
import type { Injector, Step, Timeline } from "../../faults/index.ts";
import type { ReceivedCommand } from "../command-log.ts";
import type { Redouble } from "../redouble.ts";
import type { ServerHandle } from "../server-handle.ts";
import type { Clock } from "../time/clock.ts";
import type { Runner } from "./runner.ts";

/** Stands for the redouble of the test in which it is used; outside of tests, for the one that module-level clients talk to. */
export interface CurrentRedouble {
  /** The server: `load`, `dump`, `call`, `commands`. */
  readonly server: ServerHandle;
  /** Every server of the deployment by its name: `primary`, `replica-1`, `sentinel-1`. */
  readonly servers: ReadonlyMap<string, ServerHandle>;
  /** A server by its name: `named("replica-1").call("INFO")`. */
  named(name: string): ServerHandle;
  /** The commands that applications sent, whichever server received them, in order. */
  readonly commands: readonly ReceivedCommand[];
  /** `advance("31m")`, `advanceTo(date)`, `runToNextEvent()`, `now`. */
  readonly clock: Clock;
  /** `inject(fault)`. A fault that never fires fails the test. */
  readonly faults: Injector;
  /** Plays faults in time: `play(at("1s", crash()), every("10s", scriptFlush()))`; call what it gives to end it. */
  play(...story: readonly (Step | Timeline)[]): () => void;
  /** A point that an application names, for `processPause`: it goes on at once unless such a fault stops it there. */
  point(name: string): Promise<void>;
  /** What every random draw follows from. */
  readonly seed: number | string;
  /** The first address, as a URL. */
  readonly url: string;
  /** A socket to the server, for clients that take a stream. */
  connect(): Socket;
  /** A fresh server in the place of the old one; time goes on. */
  reset(): void;
  /** The deployment itself. */
  readonly current: Redouble;
}

export function facadeOf(runner: Runner): CurrentRedouble {
  return {
    get current() {
      return runner.current;
    },
    get server() {
      return runner.current.server;
    },
    get servers() {
      return runner.current.servers;
    },
    get clock() {
      return runner.current.clock;
    },
    get faults() {
      return runner.current.faults;
    },
    get seed() {
      return runner.current.seed;
    },
    get url() {
      return runner.current.url;
    },
    get commands() {
      return runner.current.commands;
    },
    named: (name) => runner.current.named(name),
    play: (...story) => runner.current.play(...story),
    point: (name) => runner.current.point(name),
    connect: () => runner.current.connect(),
    reset: () => runner.current.reset(),
  };
}
