// Fake timers under which clients cannot run: how they are noticed, and what the test is told.
import type { Redouble } from "../redouble.ts";
import type { HomeConnection } from "../scope.ts";
import { fakeClockOf, realClearTimeout, realSetTimeout } from "../time/real-time.ts";

const LOOK_EVERY_MS = 50;

/** Notes whether fake timers hold a client back at some moment of a test: when it has failed they may be off again. */
export class FakeTimersWatch {
  readonly #redouble: Redouble;
  readonly #runner: "vitest" | "jest";
  #timer: NodeJS.Timeout | undefined;
  #finding: string | undefined;

  constructor(redouble: Redouble, runner: "vitest" | "jest") {
    this.#redouble = redouble;
    this.#runner = runner;
    this.#lookLater();
  }

  /** Ends the watch, and tells what a test that failed should know. */
  stop(): string | undefined {
    realClearTimeout(this.#timer);
    this.#look();
    return this.#finding;
  }

  #lookLater(): void {
    this.#timer = realSetTimeout(() => {
      this.#look();
      this.#lookLater();
    }, LOOK_EVERY_MS);
    this.#timer.unref();
  }

  #look(): void {
    const { setImmediate, process } = globalThis as { readonly setImmediate?: unknown; readonly process: Ticking };
    if (fakeClockOf(setImmediate) !== undefined && this.#connections.some(isNodeRedis)) {
      this.#finding = this.#hint(
        "setImmediate",
        "node-redis collects what it writes in it, so its commands never leave it",
      );
    }
    if (fakeClockOf(process.nextTick) !== undefined && this.#silent) {
      this.#finding ??= this.#hint("process.nextTick", "clients wait for it before they connect, so nothing was sent");
    }
  }

  get #connections(): readonly HomeConnection[] {
    return [...this.#redouble.connections];
  }

  /** No client of the test has come as far as the server. */
  get #silent(): boolean {
    const own = this.#connections.filter(({ binding }) => binding.scope !== undefined);
    return own.length === 0 && this.#redouble.server.commands.length === 0;
  }

  #hint(faked: string, why: string): string {
    const settings =
      this.#runner === "vitest" ? "vi.useFakeTimers(fakeTimers.vitest)" : "jest.useFakeTimers(fakeTimers.jest)";
    return (
      `The fake timers of this test fake ${faked} too: ${why}. It would be the same with a real server. ` +
      `Write ${settings}, with fakeTimers from "redouble/${this.#runner}".`
    );
  }
}

interface Ticking {
  readonly nextTick: unknown;
}

function isNodeRedis({ link }: HomeConnection): boolean {
  return link.client.libraryName.includes("node-redis");
}
