// A clock as one server sees it: the world's time, shifted and drifting where a fault says so.

/** Somebody who knows the world's time, in milliseconds of Unix time. */
export interface TimeSource {
  readonly now: number;
}

/** A view of the world's time. `rate` 1.01 runs one percent fast; `offsetMs` jumps. */
export class ClockView implements TimeSource {
  readonly #source: TimeSource;
  #rate = 1;
  #offsetMs = 0;

  constructor(source: TimeSource) {
    this.#source = source;
  }

  get now(): number {
    return this.#rate === 1 ? this.#source.now + this.#offsetMs : this.#source.now * this.#rate + this.#offsetMs;
  }

  /** The world's time at which this clock will show `local`. */
  worldTime(local: number): number {
    return this.#rate === 1 ? local - this.#offsetMs : (local - this.#offsetMs) / this.#rate;
  }

  /** Moves the clock by `deltaMs` at once, back when negative. */
  jump(deltaMs: number): void {
    this.#offsetMs += deltaMs;
  }

  /** From now on the clock runs at `rate`, without a jump. */
  drift(rate: number): void {
    const { now } = this;
    this.#rate = rate;
    this.#offsetMs = now - this.#source.now * rate;
  }
}
