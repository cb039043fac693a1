// The slots that a node claims: a value that never changes, small to copy and quick to compare, for it travels with every message.
import { SLOTS } from "../../kernel/slot-ranges.ts";

export class SlotSet implements Iterable<number> {
  readonly size: number;
  readonly #bits: Uint8Array;

  private constructor(bits: Uint8Array, size: number) {
    this.#bits = bits;
    this.size = size;
  }

  static readonly empty: SlotSet = new this(new Uint8Array(SLOTS / 8), 0);

  has(slot: number): boolean {
    return (this.#bits[slot >> 3]! & (1 << (slot & 7))) !== 0;
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
    const bits = this.#bits.slice();
    let { size } = this;
    for (const slot of slots) {
      const bit = 1 << (slot & 7);
      if (((bits[slot >> 3]! & bit) !== 0) === claimed) continue;
      bits[slot >> 3]! ^= bit;
      size += claimed ? 1 : -1;
    }
    return size === this.size ? this : new SlotSet(bits, size);
  }

  equals(other: SlotSet): boolean {
    if (this === other) return true;
    return this.size === other.size && this.#bits.every((bits, at) => bits === other.#bits[at]);
  }

  /** Those that others have not, in their order: of two claims that hardly differ, what differs. */
  *minus(other: SlotSet): Generator<number> {
    for (let at = 0; at < this.#bits.length; at++) {
      const bits = this.#bits[at]! & ~other.#bits[at]!;
      if (bits === 0) continue;
      for (let bit = 0; bit < 8; bit++) if ((bits & (1 << bit)) !== 0) yield at * 8 + bit;
    }
  }

  /** In their order. */
  [Symbol.iterator](): Iterator<number> {
    return this.minus(SlotSet.empty);
  }
}
