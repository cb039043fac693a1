// What expires next, a key or a field of a hash: a heap of deadlines beside the exact ones, cleaned lazily.
import type { Bytes } from "./bytes.ts";
import { Dict } from "./dict.ts";
import type { Int64 } from "./integers.ts";
import type { Random } from "./random.ts";

/** Key -> the millisecond (Unix time) after which it is gone. Deadlines beyond 2^53 are kept and never come. */
export class Deadlines {
  readonly #exact = new Dict<Int64>();
  #times = new Float64Array(16);
  #keys: Bytes[] = [];
  /** The top of the heap was found to be what the dictionary says, and nothing has changed since. */
  #topHolds = false;

  get size(): number {
    return this.#exact.size;
  }

  get(key: Bytes): Int64 | undefined {
    return this.#exact.size === 0 ? undefined : this.#exact.get(key);
  }

  set(key: Bytes, when: Int64): void {
    this.#topHolds = false;
    this.#exact.set(key, when);
    if (typeof when === "bigint") return;
    if (this.#keys.length > 2 * this.#exact.size + 64) this.#rebuild();
    else this.#push(when, key);
  }

  delete(key: Bytes): boolean {
    this.#topHolds = false;
    return this.#exact.size > 0 && this.#exact.delete(key);
  }

  clear(): void {
    this.#topHolds = false;
    this.#exact.clear();
    this.#keys = [];
  }

  /** The keys that have a deadline, in a deterministic order. */
  keys(): readonly Bytes[] {
    return this.#exact.keys();
  }

  /** The mean time to live in whole milliseconds, estimated from up to 20 keys. */
  averageTtl(now: number): number {
    const sample = this.#exact.keys().slice(0, 20);
    const sum = sample.reduce((total, key) => total + Math.max(0, Number(this.#exact.get(key)) - now), 0);
    return sample.length === 0 ? 0 : Math.floor(sum / sample.length);
  }

  randomKey(random: Random): Bytes | undefined {
    return this.#exact.randomKey(random);
  }

  /** The earliest deadline, or undefined when none will come. */
  next(): number | undefined {
    if (this.#topHolds) return this.#times[0];
    while (this.#keys.length > 0 && this.#exact.get(this.#keys[0]!) !== this.#times[0]) this.#pop();
    this.#topHolds = this.#keys.length > 0;
    return this.#keys.length > 0 ? this.#times[0] : undefined;
  }

  /** Takes out the key with the earliest deadline; only after `next` gave one. The deadline itself stays. */
  take(): Bytes {
    this.#topHolds = false;
    return this.#pop();
  }

  #rebuild(): void {
    this.#keys = [];
    const names = this.#exact.keys();
    for (let i = 0; i < names.length; i++) {
      const when = this.#exact.valueAt(i)!;
      if (typeof when === "number") this.#push(when, names[i]!);
    }
  }

  /** A heap of four children a node: half as deep as a binary one, and the children share a cache line. */
  #push(when: number, key: Bytes): void {
    let at = this.#keys.length;
    if (at === this.#times.length) {
      const grown = new Float64Array(2 * at);
      grown.set(this.#times);
      this.#times = grown;
    }
    this.#keys.push(key);
    while (at > 0) {
      const parent = (at - 1) >> 2;
      if (this.#times[parent]! <= when) break;
      this.#times[at] = this.#times[parent]!;
      this.#keys[at] = this.#keys[parent]!;
      at = parent;
    }
    this.#times[at] = when;
    this.#keys[at] = key;
  }

  #pop(): Bytes {
    const first = this.#keys[0]!;
    const key = this.#keys.pop()!;
    const length = this.#keys.length;
    if (length === 0) return first;
    const when = this.#times[length]!;
    let at = 0;
    for (;;) {
      const from = 4 * at + 1;
      if (from >= length) break;
      let least = from;
      const to = Math.min(from + 4, length);
      for (let child = from + 1; child < to; child++) if (this.#times[child]! < this.#times[least]!) least = child;
      if (this.#times[least]! >= when) break;
      this.#times[at] = this.#times[least]!;
      this.#keys[at] = this.#keys[least]!;
      at = least;
    }
    this.#times[at] = when;
    this.#keys[at] = key;
    return first;
  }
}
