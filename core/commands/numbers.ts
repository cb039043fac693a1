// Reading numbers from arguments, with Redis's errors.
import { lower, type Bytes } from "../kernel/bytes.ts";
import { addInt64, INT64_MAX, INT64_MIN, multiplyInt64, parseInt64, type Int64 } from "../kernel/integers.ts";
import { invalidExpireTime, notAnInteger, ReplyError } from "../resp/errors.ts";

/** A signed 64-bit integer. */
export function readInt64(bytes: Bytes): Int64 {
  const value = parseInt64(bytes);
  if (value === undefined) throw notAnInteger();
  return value;
}

/** A signed 64-bit integer within limits; `problem` is what Redis says of anything else, where it has words of its own. */
export function readBetween(
  bytes: Bytes,
  { min = INT64_MIN, max = INT64_MAX }: { readonly min?: Int64; readonly max?: Int64 },
  problem?: Bytes,
): number {
  const value = parseInt64(bytes);
  if (value !== undefined && value >= min && value <= max) return Number(value);
  if (problem !== undefined) throw new ReplyError(problem);
  if (value === undefined) throw notAnInteger();
  throw new ReplyError(`ERR value is out of range, value must between ${min} and ${max}`);
}

const INT_MAX = 2147483647;

/** A C `int`, for database numbers. */
export function readInt(bytes: Bytes): number {
  return readBetween(bytes, { min: -INT_MAX - 1, max: INT_MAX });
}

/** A whole number that is used as a position: beyond 2^53 it is clamped, which no string is long enough to notice. */
export function readPosition(bytes: Bytes): number {
  return Number(readInt64(bytes));
}

const MEMORY_UNITS: Readonly<Record<string, bigint>> = {
  "": 1n,
  b: 1n,
  k: 1000n,
  kb: 1024n,
  m: 1_000_000n,
  mb: 1_048_576n,
  g: 1_000_000_000n,
  gb: 1_073_741_824n,
};
const UINT64_MAX = 18446744073709551615n;

/** A size with its unit, in bytes: no digits are zero, too many are the greatest number, the product wraps (util.c: memtoull). */
export function readMemorySize(text: Bytes): bigint | undefined {
  const [, digits, unit = ""] = /^(\d{0,127})([a-z]*)$/.exec(lower(text)) ?? [];
  const scale = MEMORY_UNITS[unit];
  if (digits === undefined || scale === undefined) return undefined;
  const number = BigInt(digits) < UINT64_MAX ? BigInt(digits) : UINT64_MAX;
  return BigInt.asUintN(64, number * scale);
}

export type TimeUnit = "seconds" | "milliseconds";

export interface DeadlineOptions {
  readonly unit: TimeUnit;
  /** What a relative time counts from; 0 for a Unix time. */
  readonly base: number;
  /** For the error text. */
  readonly commandName: Bytes;
}

/** A time from an argument, as milliseconds of Unix time; throws where 64 bits do not hold it. */
export function readDeadline(bytes: Bytes, { unit, base, commandName }: DeadlineOptions): Int64 {
  const value = readInt64(bytes);
  const scaled = unit === "milliseconds" ? value : multiplyInt64(value, 1000);
  const deadline = scaled === undefined ? undefined : addInt64(scaled, base);
  if (deadline === undefined) throw invalidExpireTime(commandName);
  return deadline;
}
