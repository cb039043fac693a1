// MurmurHash64A, which spreads the elements of a HyperLogLog: 64 bits in two halves, since bigints are twenty times slower.
import type { Bytes } from "./bytes.ts";

const MULTIPLIER_LOW = 0x5bd1e995;
const MULTIPLIER_HIGH = 0xc6a4a793;

/** The low and the high 32 bits, as signed integers. */
export type Hash64 = readonly [low: number, high: number];

/** The hash of a byte string; `seed` has 32 bits. */
export function murmur64(bytes: Bytes, seed: number): Hash64 {
  const { length } = bytes;
  let low = seed ^ Math.imul(length, MULTIPLIER_LOW);
  let high = timesMultiplierHigh(length, 0);
  const whole = length - (length % 8);
  for (let i = 0; i < whole; i += 8) {
    const wordLow = uint32(bytes, i, 4);
    const wordHigh = uint32(bytes, i + 4, 4);
    let mixedLow = Math.imul(wordLow, MULTIPLIER_LOW);
    let mixedHigh = timesMultiplierHigh(wordLow, wordHigh);
    mixedLow ^= mixedHigh >>> 15; // the word shifted right by 47
    const mixed = mixedLow;
    mixedLow = Math.imul(mixed, MULTIPLIER_LOW);
    mixedHigh = timesMultiplierHigh(mixed, mixedHigh);
    low ^= mixedLow;
    high ^= mixedHigh;
    high = timesMultiplierHigh(low, high);
    low = Math.imul(low, MULTIPLIER_LOW);
  }
  const rest = length - whole;
  if (rest > 0) {
    low ^= uint32(bytes, whole, Math.min(4, rest));
    high ^= uint32(bytes, whole + 4, rest - 4);
    high = timesMultiplierHigh(low, high);
    low = Math.imul(low, MULTIPLIER_LOW);
  }
  low ^= high >>> 15;
  high = timesMultiplierHigh(low, high);
  low = Math.imul(low, MULTIPLIER_LOW);
  low ^= high >>> 15;
  return [low | 0, high | 0];
}

/** The high half of a product with the multiplier; the low half is that of the low halves. */
function timesMultiplierHigh(low: number, high: number): number {
  const a0 = low & 0xffff;
  const a1 = low >>> 16;
  const b0 = MULTIPLIER_LOW & 0xffff;
  const b1 = MULTIPLIER_LOW >>> 16;
  const crossed = a1 * b0 + ((a0 * b0) >>> 16);
  const carried = Math.floor(crossed / 0x10000) + Math.floor((a0 * b1 + (crossed & 0xffff)) / 0x10000);
  return (a1 * b1 + carried + Math.imul(low, MULTIPLIER_HIGH) + Math.imul(high, MULTIPLIER_LOW)) | 0;
}

/** Up to four bytes from a place, the lowest first. */
function uint32(bytes: Bytes, from: number, count: number): number {
  let value = 0;
  for (let i = 0; i < count; i++) value |= bytes.charCodeAt(from + i) << (8 * i);
  return value;
}
