// A clock as one server sees it: the world's time, shifted and drifting where a fault says so.

/** Somebody who knows the world's time, in milliseconds of Unix time. */
export interface TimeSource {
  readonly now: number;
  /** How far dates are ahead of it, because they were set. */
  readonly calendarMs: number;
}

/** More than a double of Unix time in milliseconds is off by. */
const ROUNDING_MS = 1 / 1024;

/** A view of the world's time. `rate` 1.01 runs one percent fast; `offsetMs` jumps. */
export class ClockView {
  readonly #source: TimeSource;
  #rate = 1;
  #offsetMs = 0;

  constructor(source: TimeSource) {
    this.#source = source;
  }

  get now(): number {
    return this.steady + this.#source.calendarMs;
  }

  /** The same without what dates were set by: how long something took, for those who wait for each other. */
  get steady(): number {
    return this.#rate === 1 ? this.#source.now + this.#offsetMs : this.#source.now * this.#rate + this.#offsetMs;
  }

  /** The world's time from which on this clock shows `local`: never a rounding error too early. */
  worldTime(local: number): number {
    const offsetMs = this.#offsetMs + this.#source.calendarMs;
    let at = (local - offsetMs) / this.#rate;
    while (at * this.#rate + offsetMs < local) at += ROUNDING_MS;
    return at;
  }

  /** Moves the clock by `deltaMs` at once, back when negative. */
  jump(deltaMs: number): void {
    this.#offsetMs += deltaMs;
  }

  /** From now on the clock runs at `rate`, without a jump. */
  drift(rate: number): void {
    const { steady } = this;
    this.#rate = rate;
    this.#offsetMs = steady - this.#source.now * rate;
  }
}
