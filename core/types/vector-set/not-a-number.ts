// Which of many NaNs a float is shows in its bytes, and engines and processors have their own: here it is the one of x86, on
// which a result takes the NaN that came first, and is a certain one where none came.

/** What no operand brought: infinity by infinity. */
const MADE = 0xffc0_0000;
const QUIET = 0x0040_0000;

/** The bits of a NaN that follows from a vector. */
export function notANumberOf(vector: Float32Array): number {
  const first = vector.findIndex(Number.isNaN);
  return first < 0 ? MADE : quietBitsAt(vector, first);
}

/** The bits of the NaN at a place. */
export function quietBitsAt(vector: Float32Array, at: number): number {
  return new Uint32Array(vector.buffer, vector.byteOffset, vector.length)[at]! | QUIET;
}

/** Gives each NaN of a vector its bits. */
export function settle(vector: Float32Array, bitsAt: (at: number) => number): void {
  const bits = new Uint32Array(vector.buffer, vector.byteOffset, vector.length);
  for (let at = 0; at < vector.length; at++) if (Number.isNaN(vector[at])) bits[at] = bitsAt(at);
}
