// When and how often keys are used, in the 24 bits that Redis has for it: a clock of seconds (LRU), or minutes and a logarithmic
// counter (LFU). evict.c: LFULogIncr, LFUDecrAndReturn, estimateObjectIdleTime.
import type { Random } from "../kernel/random.ts";

const CLOCK_MAX = 0xffffff;
const FIRST_FREQUENCY = 5;
const MOST_FREQUENT = 255;

export interface UsageOptions {
  /** Whether `maxmemory-policy` counts uses (LFU) instead of remembering the last (LRU). */
  readonly countsUses: boolean;
  /** `lfu-log-factor` */
  readonly logFactor: number;
  /** `lfu-decay-time`, minutes; 0: never */
  readonly decayMinutes: number;
}

/** Makes and reads the stamps of keys. */
export class Usage {
  readonly #now: () => number;
  readonly #random: Random;
  /** Many keys are used in one millisecond. */
  #lastNow = Number.NaN;
  #lastSeconds = 0;
  options: UsageOptions = { countsUses: false, logFactor: 10, decayMinutes: 1 };

  /** @param now milliseconds of Unix time */
  constructor(now: () => number, random: Random) {
    this.#now = now;
    this.#random = random;
  }

  /** The stamp of a value that was used. */
  used(stamp: number): number {
    if (!this.options.countsUses) return this.#seconds();
    return this.#counted(this.#increased(this.frequency(stamp)));
  }

  /** The stamp of a value that was written, over one with a stamp or as a new key. */
  written(stamp: number | undefined): number {
    if (!this.options.countsUses) return this.#seconds();
    return stamp ?? this.#counted(FIRST_FREQUENCY);
  }

  stampOf(given: { readonly idleSeconds: number } | { readonly frequency: number }): number {
    if ("frequency" in given) return this.#counted(given.frequency);
    const seconds = this.#seconds() - given.idleSeconds;
    return seconds < 0 ? (seconds % (CLOCK_MAX + 1)) + CLOCK_MAX + 1 : seconds;
  }

  idleMs(stamp: number): number {
    const now = this.#seconds();
    return 1000 * (now >= stamp ? now - stamp : now + (CLOCK_MAX - stamp));
  }

  /** The counter, less what it lost while the value lay idle. */
  frequency(stamp: number): number {
    const { decayMinutes } = this.options;
    const counter = stamp & MOST_FREQUENT;
    if (decayMinutes === 0) return counter;
    const since = stamp >> 8;
    const now = this.#minutes();
    const idle = now >= since ? now - since : 65535 - since + now;
    return Math.max(0, counter - Math.floor(idle / decayMinutes));
  }

  #increased(counter: number): number {
    if (counter >= MOST_FREQUENT) return MOST_FREQUENT;
    const base = Math.max(0, counter - FIRST_FREQUENCY);
    return this.#random.float() < 1 / (base * this.options.logFactor + 1) ? counter + 1 : counter;
  }

  #counted(counter: number): number {
    return (this.#minutes() << 8) | counter;
  }

  #seconds(): number {
    const now = this.#now();
    if (now !== this.#lastNow) {
      this.#lastNow = now;
      this.#lastSeconds = Math.floor(now / 1000) & CLOCK_MAX;
    }
    return this.#lastSeconds;
  }

  #minutes(): number {
    return Math.floor(this.#now() / 60_000) & 0xffff;
  }
}
