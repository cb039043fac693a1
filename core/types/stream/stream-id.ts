// The ids of streams: two unsigned 64-bit numbers, a time and a place within it, ordered by both.

import type { Int64 } from "../../kernel/integers.ts";

/** An unsigned 64-bit integer: a number where it is safe, a bigint beyond 2^53. */
export type Uint64 = number | bigint;

/** `ms-seq` */
export interface StreamId {
  readonly ms: Uint64;
  readonly seq: Uint64;
}

export const UINT64_MAX = 18446744073709551615n;
export const LEAST_ID: StreamId = { ms: 0, seq: 0 };
export const GREATEST_ID: StreamId = { ms: UINT64_MAX, seq: UINT64_MAX };

/** Wraps to 64 bits, in the form of Uint64. */
export function toUint64(value: bigint): Uint64 {
  const wrapped = BigInt.asUintN(64, value);
  return wrapped <= Number.MAX_SAFE_INTEGER ? Number(wrapped) : wrapped;
}

/** Negative, zero or positive. */
export function compareIds(a: StreamId, b: StreamId): number {
  if (a.ms !== b.ms) return a.ms < b.ms ? -1 : 1;
  if (a.seq !== b.seq) return a.seq < b.seq ? -1 : 1;
  return 0;
}

/** The id that follows; undefined after the greatest. */
export function nextId({ ms, seq }: StreamId): StreamId | undefined {
  if (seq !== UINT64_MAX) return { ms, seq: plus(seq, 1) };
  return ms === UINT64_MAX ? undefined : { ms: plus(ms, 1), seq: 0 };
}

/** The id before; undefined before the least. */
export function previousId({ ms, seq }: StreamId): StreamId | undefined {
  if (seq !== 0) return { ms, seq: plus(seq, -1) };
  return ms === 0 ? undefined : { ms: plus(ms, -1), seq: UINT64_MAX };
}

function plus(value: Uint64, change: 1 | -1): Uint64 {
  return typeof value === "number" && value < Number.MAX_SAFE_INTEGER
    ? value + change
    : toUint64(BigInt(value) + BigInt(change));
}

/** As replies show it. */
export function printId({ ms, seq }: StreamId): string {
  return `${ms}-${seq}`;
}

/** `value - base` as a signed 64-bit integer, which is how nodes keep ids: relative to their first. */
export function difference(value: Uint64, base: Uint64): Int64 {
  if (typeof value === "number" && typeof base === "number") return value - base;
  return BigInt.asIntN(64, BigInt(value) - BigInt(base));
}

/** The number of which `difference` told. */
export function addDifference(base: Uint64, by: Int64): Uint64 {
  return toUint64(BigInt(base) + BigInt(by));
}
