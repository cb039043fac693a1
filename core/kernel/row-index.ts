// Where a byte string stands in a list: open addressing over that list's rows. A Map would do, but it hashes by a call into
// the engine, holds pointers that the collector walks, and knows strings of 16 KB and more by their length alone.
import type { Bytes } from "./bytes.ts";

/** Slots of the smallest table. */
const FEWEST = 8;
const NOTHING = new Int32Array(0);

/** FNV-1a over every byte, mixed so that its low bits tell as much as the others. */
export function hashOf(bytes: Bytes): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < bytes.length; i++) hash = Math.imul(hash ^ bytes.charCodeAt(i), 0x01000193);
  hash = Math.imul(hash ^ (hash >>> 15), 0x85ebca6b);
  return hash ^ (hash >>> 13);
}

/** Hash -> row. The list itself is its owner's, who says how rows move. */
export class RowIndex {
  /** Two numbers a slot: the row and one, or 0 where the slot is free; and the hash. */
  #table = NOTHING;
  #mask = -1;
  #rows = 0;

  /** The row where `rows[row] === key`, -1 when there is none. */
  find(hash: number, key: Bytes, rows: readonly Bytes[]): number {
    if (this.#rows === 0) return -1;
    const table = this.#table;
    for (let slot = hash & this.#mask; ; slot = (slot + 1) & this.#mask) {
      const row = table[2 * slot]! - 1;
      if (row < 0 || (table[2 * slot + 1] === hash && rows[row] === key)) return row;
    }
  }

  /** Files a row that is not filed yet. */
  add(hash: number, row: number): void {
    const slots = this.#mask + 1;
    if (4 * (this.#rows + 1) > 3 * slots) this.#resize(Math.max(FEWEST, 2 * slots));
    this.#rows++;
    this.#put(hash, row);
  }

  /** What stood at one row stands at another now. */
  move(hash: number, from: number, to: number): void {
    this.#table[2 * this.#slotOf(hash, from)] = to + 1;
  }

  remove(hash: number, row: number): void {
    const table = this.#table;
    let free = this.#slotOf(hash, row);
    // What was pushed on by this row comes back, so that no search ends before it.
    for (let slot = (free + 1) & this.#mask; table[2 * slot] !== 0; slot = (slot + 1) & this.#mask) {
      const home = table[2 * slot + 1]! & this.#mask;
      if (((slot - home) & this.#mask) < ((slot - free) & this.#mask)) continue;
      table[2 * free] = table[2 * slot]!;
      table[2 * free + 1] = table[2 * slot + 1]!;
      free = slot;
    }
    table[2 * free] = 0;
    this.#rows--;
    const slots = this.#mask + 1;
    if (slots > FEWEST && 8 * this.#rows < slots) this.#resize(slots / 2);
  }

  #slotOf(hash: number, row: number): number {
    let slot = hash & this.#mask;
    while (this.#table[2 * slot] !== row + 1) slot = (slot + 1) & this.#mask;
    return slot;
  }

  #put(hash: number, row: number): void {
    let slot = hash & this.#mask;
    while (this.#table[2 * slot] !== 0) slot = (slot + 1) & this.#mask;
    this.#table[2 * slot] = row + 1;
    this.#table[2 * slot + 1] = hash;
  }

  #resize(slots: number): void {
    const old = this.#table;
    this.#table = new Int32Array(2 * slots);
    this.#mask = slots - 1;
    for (let at = 0; at < old.length; at += 2) if (old[at] !== 0) this.#put(old[at + 1]!, old[at]! - 1);
  }
}
