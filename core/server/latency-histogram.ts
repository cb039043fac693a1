// How often a command took how long, in classes about a hundredth wide (hdr_histogram with two digits, as server.c sets it up).

const LEAST_NS = 1;
const MOST_NS = 1_000_000_000;
/** Up to so much every value has a class of its own; above, a class is a 128th of the power of two below. */
const EXACT = 256;
const CLASSES_OF_A_POWER = 128;
/** LATENCY HISTOGRAM begins here and goes on by doubling. */
const FIRST_LEVEL_NS = 1024;
/** No class goes beyond the power of two that holds the most. */
const END_NS = 2 ** 30 - 1;

export class LatencyHistogram {
  /** How many fell into a class, by the greatest value of it. */
  readonly #classes = new Map<number, number>();
  #instant = 0;
  #slow = 0;

  get count(): number {
    return this.#instant + this.#slow;
  }

  record(durationUs: number): void {
    if (durationUs === 0) {
      this.#instant++;
      return;
    }
    const greatest = greatestOfClass(Math.min(MOST_NS, Math.max(LEAST_NS, durationUs * 1000)));
    this.#classes.set(greatest, (this.#classes.get(greatest) ?? 0) + 1);
    this.#slow++;
  }

  /** The greatest value, in microseconds, of the class in which so many per cent have been. */
  percentile(percent: number): number {
    const wanted = Math.max(1, Math.floor((percent / 100) * this.count + 0.5));
    let counted = 0;
    for (const [greatest, count] of this.#sorted()) {
      counted += count;
      if (counted >= wanted) return greatest / 1000;
    }
    return 0;
  }

  /** How many took no longer than each power of two, in microseconds; powers that add nobody are left out. */
  cumulative(): (readonly [us: number, count: number])[] {
    const rows: (readonly [number, number])[] = [];
    const classes = this.#sorted();
    let counted = 0;
    for (let level = FIRST_LEVEL_NS, at = 0; at < classes.length; level *= 2) {
      const before = counted;
      const greatest = Math.min(END_NS, greatestOfClass(level));
      for (; at < classes.length && classes[at]![0] <= greatest; at++) counted += classes[at]![1];
      if (counted > before) rows.push([Math.floor(greatest / 1000), counted]);
    }
    return rows;
  }

  #sorted(): readonly (readonly [greatest: number, count: number])[] {
    const instant = this.#instant === 0 ? [] : [[LEAST_NS, this.#instant] as const];
    return [...instant, ...this.#classes].sort(([a], [b]) => a - b);
  }
}

function greatestOfClass(ns: number): number {
  if (ns < EXACT) return ns;
  const width = 2 ** Math.floor(Math.log2(ns)) / CLASSES_OF_A_POWER;
  return Math.floor(ns / width) * width + width - 1;
}
