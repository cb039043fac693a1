// The slots that a node claims: a value that never changes, small to copy and quick to compare, for it travels with every message.
import { SLOTS } from "../../kernel/slot-ranges.ts";

export class SlotSet implements Iterable<number> {
  readonly size: number;
  /** 32 slots in each. */
  readonly #words: Uint32Array;

  private constructor(words: Uint32Array, size: number) {
    this.#words = words;
    this.size = size;
  }

  static readonly empty: SlotSet = new this(new Uint32Array(SLOTS / 32), 0);

  has(slot: number): boolean {
    return (this.#words[slot >> 5]! & (1 << (slot & 31))) !== 0;
  }

  /** These slots and others. */
  with(slots: Iterable<number>): SlotSet {
    return this.#changed(slots, true);
  }

  /** These slots but for some. */
  without(slots: Iterable<number>): SlotSet {
    return this.#changed(slots, false);
  }

  #changed(slots: Iterable<number>, claimed: boolean): SlotSet {
    const words = this.#words.slice();
    let { size } = this;
    for (const slot of slots) {
      const bit = 1 << (slot & 31);
      if (((words[slot >> 5]! & bit) !== 0) === claimed) continue;
      words[slot >> 5]! ^= bit;
      size += claimed ? 1 : -1;
    }
    return size === this.size ? this : new SlotSet(words, size);
  }

  equals(other: SlotSet): boolean {
    if (this === other) return true;
    return this.size === other.size && this.#words.every((word, at) => word === other.#words[at]);
  }

  /** Those that others have not, in their order: of two claims that hardly differ, what differs. */
  *minus(other: SlotSet): Generator<number> {
    for (let at = 0; at < this.#words.length; at++) {
      for (let left = this.#words[at]! & ~other.#words[at]!; left !== 0; left &= left - 1) {
        yield at * 32 + 31 - Math.clz32(left & -left);
      }
    }
  }

  /** In their order. */
  [Symbol.iterator](): Iterator<number> {
    return this.minus(SlotSet.empty);
  }
}
