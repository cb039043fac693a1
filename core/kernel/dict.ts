// The one dictionary: an index for lookup and dense arrays for order, so that any entry can be sampled in O(1)
// and SCAN's cursor is a row.
import type { Bytes } from "./bytes.ts";
import type { Random } from "./random.ts";
import { hashOf, RowIndex } from "./row-index.ts";

/** Byte string -> value, in a deterministic order. Deleting moves the last entry into the hole. */
export class Dict<V> {
  #index = new RowIndex();
  #keys: Bytes[] = [];
  #values: V[] = [];
  /** A small number for each entry, where the owner wants one: when a key was last used. */
  #stamps: number[] | undefined;
  /** What was found last, and where: whoever reads a key to write it asks twice. */
  #lastKey: Bytes | undefined;
  #lastAt = 0;

  /** @param stamped whether entries carry a stamp */
  constructor({ stamped = false }: { readonly stamped?: boolean } = {}) {
    if (stamped) this.#stamps = [];
  }

  get size(): number {
    return this.#keys.length;
  }

  get(key: Bytes): V | undefined {
    const at = this.#find(key);
    return at < 0 ? undefined : this.#values[at];
  }

  has(key: Bytes): boolean {
    return this.#find(key) >= 0;
  }

  /** The index of an entry, until the next change; -1 when there is none. */
  indexOf(key: Bytes): number {
    return this.#find(key);
  }

  /** The stamp of the entry at an index. */
  stampAt(index: number): number {
    return this.#stamps![index]!;
  }

  stamp(index: number, stamp: number): void {
    this.#stamps![index] = stamp;
  }

  /** True when the key is new; its stamp is then 0. */
  set(key: Bytes, value: V): boolean {
    return this.place(key, value) < 0;
  }

  /** As `set`, and gives the index: of a new key the bitwise complement, which is negative. */
  place(key: Bytes, value: V): number {
    const hash = key === this.#lastKey ? 0 : hashOf(key);
    const at = key === this.#lastKey ? this.#lastAt : this.#index.find(hash, key, this.#keys);
    if (at >= 0) {
      this.#values[at] = value;
      return at;
    }
    const last = this.#keys.length;
    this.#index.add(hash, last);
    this.#lastKey = key;
    this.#lastAt = last;
    this.#keys.push(key);
    this.#values.push(value);
    this.#stamps?.push(0);
    return ~last;
  }

  delete(key: Bytes): boolean {
    const hash = hashOf(key);
    const at = this.#index.find(hash, key, this.#keys);
    if (at < 0) return false;
    this.#lastKey = undefined;
    this.#index.remove(hash, at);
    const lastKey = this.#keys.pop()!;
    const lastValue = this.#values.pop()!;
    const lastStamp = this.#stamps?.pop();
    const last = this.#keys.length;
    if (at < last) {
      this.#keys[at] = lastKey;
      this.#values[at] = lastValue;
      if (lastStamp !== undefined) this.#stamps![at] = lastStamp;
      this.#index.move(hashOf(lastKey), last, at);
    }
    return true;
  }

  clear(): void {
    this.#lastKey = undefined;
    this.#index = new RowIndex();
    this.#keys = [];
    this.#values = [];
    if (this.#stamps) this.#stamps = [];
  }

  /** The keys in their order; must not be kept across changes. */
  keys(): readonly Bytes[] {
    return this.#keys;
  }

  keyAt(index: number): Bytes | undefined {
    return this.#keys[index];
  }

  valueAt(index: number): V | undefined {
    return this.#values[index];
  }

  /** A key drawn uniformly, or undefined when there is none. */
  randomKey(random: Random): Bytes | undefined {
    return this.size === 0 ? undefined : this.#keys[random.int(0, this.size - 1)];
  }

  /**
   * Visits about `count` keys, from the cursor downwards, and gives the next cursor; 0 begins and 0 ends.
   * A delete only ever moves a key that was visited, so what stays from start to end is visited.
   */
  scan(cursor: number, count: number, visit: (key: Bytes) => void): number {
    let at = cursor === 0 ? this.size : Math.min(cursor, this.size);
    for (let left = count; left > 0 && at > 0; left--) visit(this.#keys[--at]!);
    return at;
  }

  #find(key: Bytes): number {
    if (key === this.#lastKey) return this.#lastAt;
    const at = this.#index.find(hashOf(key), key, this.#keys);
    if (at >= 0) {
      this.#lastKey = key;
      this.#lastAt = at;
    }
    return at;
  }
}
