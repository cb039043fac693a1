/** The file from which a preloaded real server reads its time (servers/turned-clock.c). */
import { closeSync, openSync, writeSync } from "node:fs";
import { startTimeMs } from "./target.ts";

export class TurnedClock {
  readonly path: string;
  readonly #descriptor: number;
  #wallUs = BigInt(startTimeMs) * 1000n;
  /** Never goes back: the server's timers hang on it. */
  #monotonicUs = 1_000_000_000n;

  /** Begins at the start of every case, or so many milliseconds before it. */
  constructor(path: string, { beforeMs = 0 }: { readonly beforeMs?: number } = {}) {
    this.path = path;
    this.#wallUs -= BigInt(beforeMs) * 1000n;
    this.#descriptor = openSync(path, "w");
    this.write();
  }

  /**
   * Moves both clocks on. The monotonic one moves by at least one period of the server's cron, so that cron runs after
   * every turn and what has expired by then is gone.
   */
  advance(ms: number): void {
    this.#wallUs += BigInt(ms) * 1000n;
    this.#monotonicUs += BigInt(Math.max(ms, 150)) * 1000n;
    this.write();
  }

  /** Sets the wall clock back to where every case begins. */
  restart(): void {
    this.#wallUs = BigInt(startTimeMs) * 1000n;
    this.#monotonicUs += 150_000n;
    this.write();
  }

  close(): void {
    closeSync(this.#descriptor);
  }

  private write(): void {
    writeSync(this.#descriptor, new BigInt64Array([this.#wallUs, this.#monotonicUs]), 0, 16, 0);
  }
}
