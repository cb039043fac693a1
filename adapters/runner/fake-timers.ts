// The sentence for fake timers under which node-redis cannot run, and how they are noticed.
import type { Redouble } from "../redouble.ts";
import { fakeClockOf, realClearTimeout, realSetTimeout } from "../time/real-time.ts";

/** What a test with node-redis and a faked `setImmediate` is told. */
export function fakedImmediateHint(runner: "vitest" | "jest"): string {
  const call = runner === "vitest" ? "vi.useFakeTimers(fakeTimers.vitest)" : "jest.useFakeTimers(fakeTimers.jest)";
  return (
    "The fake timers of this test fake setImmediate too, in which node-redis collects what it writes: its commands never leave it, " +
    `against a real server as little as here. Write ${call}, with fakeTimers from "redouble/${runner}".`
  );
}

const LOOK_EVERY_MS = 50;

/** Notes whether fake timers hold node-redis back at some moment of a test: when it has failed they may be off again. */
export class FakedImmediateWatch {
  readonly #redouble: Redouble;
  #timer: NodeJS.Timeout | undefined;
  #seen = false;

  constructor(redouble: Redouble) {
    this.#redouble = redouble;
    this.#lookLater();
  }

  /** Ends the watch and tells whether it was so. */
  stop(): boolean {
    realClearTimeout(this.#timer);
    this.#look();
    return this.#seen;
  }

  #lookLater(): void {
    this.#timer = realSetTimeout(() => {
      this.#look();
      this.#lookLater();
    }, LOOK_EVERY_MS);
    this.#timer.unref();
  }

  #look(): void {
    if (this.#seen || fakeClockOf(globalThis.setImmediate) === undefined) return;
    this.#seen = [...this.#redouble.connections].some(isNodeRedis);
  }
}

function isNodeRedis(connection: Redouble["connections"] extends Set<infer C> ? C : never): boolean {
  return connection.link.client.libraryName.includes("node-redis");
}
