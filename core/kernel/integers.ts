// 64-bit integers: a number where it is safe, a bigint beyond 2^53, exact everywhere.
import type { Bytes } from "./bytes.ts";

/** A signed 64-bit integer: `number` within +-(2^53 - 1), `bigint` beyond. */
export type Int64 = number | bigint;

export const INT64_MAX = 9223372036854775807n;
export const INT64_MIN = -9223372036854775808n;

/**
 * Reads a canonical decimal integer (Redis's `string2ll`): no spaces, no plus, no leading zeros, no "-0".
 * Gives undefined for anything else and for what 64 bits cannot hold.
 */
export function parseInt64(bytes: Bytes): Int64 | undefined {
  const length = bytes.length;
  if (length === 0 || length > 20) return undefined;
  let at = 0;
  let code = bytes.charCodeAt(0);
  const negative = code === 45;
  if (negative) {
    if (length === 1) return undefined;
    code = bytes.charCodeAt(++at);
  }
  if (code === 48) return length === 1 ? 0 : undefined;
  let value = 0;
  for (let i = at; i < length; i++) {
    code = bytes.charCodeAt(i);
    if (code < 48 || code > 57) return undefined;
    value = value * 10 + (code - 48);
  }
  if (value <= Number.MAX_SAFE_INTEGER) return negative ? -value : value;
  return fitInt64(BigInt(bytes));
}

/** Narrows an exact result to Int64's form; undefined when it overflows 64 bits. */
export function fitInt64(value: bigint): Int64 | undefined {
  if (value > INT64_MAX || value < INT64_MIN) return undefined;
  const small = Number(value);
  return Number.isSafeInteger(small) ? small : value;
}

/** a + b, or undefined when 64 bits overflow. */
export function addInt64(a: Int64, b: Int64): Int64 | undefined {
  if (typeof a === "number" && typeof b === "number") {
    const sum = a + b;
    if (Number.isSafeInteger(sum)) return sum;
  }
  return fitInt64(BigInt(a) + BigInt(b));
}

/** a - b, or undefined when 64 bits overflow. */
export function subtractInt64(a: Int64, b: Int64): Int64 | undefined {
  return typeof a === "number" && typeof b === "number" && Number.isSafeInteger(a - b)
    ? a - b
    : fitInt64(BigInt(a) - BigInt(b));
}

/** a * b, or undefined when 64 bits overflow. */
export function multiplyInt64(a: Int64, b: Int64): Int64 | undefined {
  return fitInt64(BigInt(a) * BigInt(b));
}
