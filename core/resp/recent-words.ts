// Short words that came lately: commands, fields, small values come again and again, and one string does for all of them.
// It spares making them, and whoever keeps them keeps them once.
import type { Bytes } from "../kernel/bytes.ts";

const PLACES = 512;

/** A word in its place, until another comes there. */
export class RecentWords {
  readonly #words: Bytes[] = Array.from({ length: PLACES }, () => "");

  /** Where `buffer[from, to)`, which is not empty, has its place. */
  placeOf(buffer: Uint8Array, from: number, to: number): number {
    const middle = buffer[(from + to) >> 1]!;
    return (961 * buffer[from]! + 31 * buffer[to - 1]! + 7 * middle + to - from) % PLACES;
  }

  /** The word at a place if it is `buffer[from, to)`. */
  find(place: number, buffer: Uint8Array, from: number, to: number): Bytes | undefined {
    const word = this.#words[place]!;
    if (word.length !== to - from) return undefined;
    for (let i = 0; i < word.length; i++) if (word.charCodeAt(i) !== buffer[from + i]) return undefined;
    return word;
  }

  /** Keeps a word at its place, and gives it back. */
  keep(place: number, word: Bytes): Bytes {
    return (this.#words[place] = word);
  }
}
