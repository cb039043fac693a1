// The one dictionary: a Map for lookup and dense arrays for order, so that any entry can be sampled in O(1)
// and SCAN's cursor is an index.
import type { Bytes } from "./bytes.ts";
import type { Random } from "./random.ts";

/** From this length on V8 hashes a string by its length alone; such keys are filed under a hash of our own. */
const LONG_KEY = 16_000;

/** Byte string -> value, in a deterministic order. Deleting moves the last entry into the hole. */
export class Dict<V> {
  #index = new Map<Bytes, number>();
  #long: Map<number, number[]> | undefined;
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
    return at === undefined ? undefined : this.#values[at];
  }

  has(key: Bytes): boolean {
    return this.#find(key) !== undefined;
  }

  /** The index of an entry, until the next change; -1 when there is none. */
  indexOf(key: Bytes): number {
    return this.#find(key) ?? -1;
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
    const at = this.#find(key);
    if (at !== undefined) {
      this.#values[at] = value;
      return at;
    }
    const last = this.#keys.length;
    this.#file(key, last);
    this.#lastKey = key;
    this.#lastAt = last;
    this.#keys.push(key);
    this.#values.push(value);
    this.#stamps?.push(0);
    return ~last;
  }

  delete(key: Bytes): boolean {
    const at = this.#find(key);
    if (at === undefined) return false;
    this.#lastKey = undefined;
    this.#unfile(key, at);
    const lastKey = this.#keys.pop()!;
    const lastValue = this.#values.pop()!;
    const lastStamp = this.#stamps?.pop();
    const last = this.#keys.length;
    if (at < last) {
      this.#keys[at] = lastKey;
      this.#values[at] = lastValue;
      if (lastStamp !== undefined) this.#stamps![at] = lastStamp;
      this.#refile(lastKey, last, at);
    }
    return true;
  }

  clear(): void {
    this.#lastKey = undefined;
    this.#index = new Map();
    this.#long = undefined;
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

  #find(key: Bytes): number | undefined {
    if (key === this.#lastKey) return this.#lastAt;
    const at = key.length < LONG_KEY ? this.#index.get(key) : this.#findLong(key);
    if (at !== undefined) {
      this.#lastKey = key;
      this.#lastAt = at;
    }
    return at;
  }

  #findLong(key: Bytes): number | undefined {
    return this.#long?.get(hashLong(key))?.find((at) => this.#keys[at] === key);
  }

  #file(key: Bytes, at: number): void {
    if (key.length < LONG_KEY) {
      this.#index.set(key, at);
      return;
    }
    this.#long ??= new Map();
    const hash = hashLong(key);
    const places = this.#long.get(hash);
    if (places) places.push(at);
    else this.#long.set(hash, [at]);
  }

  #refile(key: Bytes, from: number, to: number): void {
    if (key.length < LONG_KEY) {
      this.#index.set(key, to);
      return;
    }
    this.#unfile(key, from);
    this.#file(key, to);
  }

  #unfile(key: Bytes, at: number): void {
    if (key.length < LONG_KEY) {
      this.#index.delete(key);
      return;
    }
    const hash = hashLong(key);
    const places = this.#long!.get(hash)!;
    if (places.length === 1) this.#long!.delete(hash);
    else places.splice(places.indexOf(at), 1);
  }
}

/** FNV-1a over every byte. */
function hashLong(key: Bytes): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < key.length; i++) hash = Math.imul(hash ^ key.charCodeAt(i), 0x01000193);
  return hash;
}
