/** The file from which preloaded real servers read their time, and in which they say when they are idle (servers/turned-clock.h). */
import { closeSync, ftruncateSync, openSync, readSync, writeSync } from "node:fs";
import { startTimeMs } from "./target.ts";

/** What a server has told; to be compared with what it tells later. */
export type Sign = {
  /** It has nothing to do until the clock goes on. */
  readonly idle: boolean;
  /** How often it has found nothing to do. */
  readonly looks: bigint;
  /** How often it has found something. */
  readonly turns: bigint;
  /** The processes that it has begun last. */
  readonly children: readonly number[];
};

const CLOCKS_BYTES = 16;
const PLACE_WORDS = 12;

export class TurnedClock {
  readonly path: string;
  readonly #descriptor: number;
  readonly #places: BigInt64Array;
  #wallUs = BigInt(startTimeMs) * 1000n;
  /** Never goes back: the server's timers hang on it. */
  #monotonicUs = 1_000_000_000n;

  /** Begins at the start of every case, or so many milliseconds before it; so many servers may say when they are idle. */
  constructor(
    path: string,
    { beforeMs = 0, places = 0 }: { readonly beforeMs?: number; readonly places?: number } = {},
  ) {
    this.path = path;
    this.#wallUs -= BigInt(beforeMs) * 1000n;
    this.#places = new BigInt64Array(places * PLACE_WORDS);
    this.#descriptor = openSync(path, "w+");
    ftruncateSync(this.#descriptor, CLOCKS_BYTES + this.#places.byteLength);
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

  /** What the servers at all places have told last. */
  signs(): readonly Sign[] {
    readSync(this.#descriptor, this.#places, 0, this.#places.byteLength, CLOCKS_BYTES);
    return Array.from({ length: this.#places.length / PLACE_WORDS }, (_, place) => {
      const from = PLACE_WORDS * place;
      const [idleAt = -1n, looks = 0n, turns = 0n, syncs = 0n, ...begun] = this.#places.subarray(
        from,
        from + PLACE_WORDS,
      );
      const children = begun.filter((pid) => pid !== 0n).map(Number);
      return { idle: idleAt === this.#monotonicUs && syncs === 0n, looks, turns, children };
    });
  }

  close(): void {
    closeSync(this.#descriptor);
  }

  private write(): void {
    writeSync(this.#descriptor, new BigInt64Array([this.#wallUs, this.#monotonicUs]), 0, CLOCKS_BYTES, 0);
  }
}
