// Seeded randomness: every draw in a world comes from one seed, forked by name, so that a new draw here never changes another there.

/** A deterministic generator (sfc32). Not for cryptography. */
/** So few numbers are looked through faster than a set is made for them. */
const FEW = 16;

export class Random {
  #a: number;
  #b: number;
  #c: number;
  #counter = 1;
  readonly seed: number | string;

  constructor(seed: number | string) {
    this.seed = seed;
    const text = String(seed);
    this.#a = hash(text, 0x9e3779b9);
    this.#b = hash(text, 0x243f6a88);
    this.#c = hash(text, 0xb7e15162);
    for (let i = 0; i < 15; i++) this.uint32();
  }

  /** An independent generator: the same parent seed and name always give the same one. */
  fork(name: string): Random {
    return new Random(`${this.seed}/${name}`);
  }

  /** A whole number in [0, 2^32). */
  uint32(): number {
    const sum = (this.#a + this.#b + this.#counter) | 0;
    this.#counter = (this.#counter + 1) | 0;
    this.#a = this.#b ^ (this.#b >>> 9);
    this.#b = (this.#c + (this.#c << 3)) | 0;
    this.#c = ((this.#c << 21) | (this.#c >>> 11)) + sum;
    return sum >>> 0;
  }

  /** A double in [0, 1) with 53 random bits. */
  float(): number {
    return ((this.uint32() >>> 5) * 67108864 + (this.uint32() >>> 6)) / 9007199254740992;
  }

  /** A whole number in [from, to], both included. */
  int(from: number, to: number): number {
    return from + Math.floor(this.float() * (to - from + 1));
  }

  /** `count` different indices of a row of `length`, drawn uniformly, in ascending order (Floyd's algorithm). */
  indices(length: number, count: number): number[] {
    if (count > FEW) return this.#manyIndices(length, count);
    const indices: number[] = [];
    for (let last = length - count; last < length; last++) {
      const index = this.int(0, last);
      insert(indices, indices.includes(index) ? last : index);
    }
    return indices;
  }

  #manyIndices(length: number, count: number): number[] {
    const chosen = new Set<number>();
    for (let last = length - count; last < length; last++) {
      const index = this.int(0, last);
      chosen.add(chosen.has(index) ? last : index);
    }
    return [...chosen].sort((a, b) => a - b);
  }

  /** True with the given probability (0-1). */
  chance(probability: number): boolean {
    return this.float() < probability;
  }

  /** `length` hexadecimal digits, as Redis's run ids. */
  hex(length: number): string {
    let digits = "";
    while (digits.length < length) digits += this.uint32().toString(16).padStart(8, "0");
    return digits.slice(0, length);
  }
}

function hash(text: string, seed: number): number {
  let h = seed ^ text.length;
  for (let i = 0; i < text.length; i++) {
    h = Math.imul(h ^ text.charCodeAt(i), 0x85ebca6b);
    h = (h << 13) | (h >>> 19);
  }
  h = Math.imul(h ^ (h >>> 16), 0xc2b2ae35);
  return h ^ (h >>> 15);
}

/** Puts a number into an ascending row. */
function insert(row: number[], value: number): void {
  let at = row.length;
  for (; at > 0 && row[at - 1]! > value; at--) row[at] = row[at - 1]!;
  row[at] = value;
}
