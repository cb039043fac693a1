// The x87 80-bit long double (64-bit mantissa), which INCRBYFLOAT and HINCRBYFLOAT reckon in: 0.1 + 0.2 is 0.3 there.
import type { Bytes } from "./bytes.ts";
import { divideToEven } from "./decimals.ts";

/** A finite value: mantissa x 2^exponent, exact, with at most 64 bits of mantissa. Or an infinity. */
export type LongDouble = { readonly mantissa: bigint; readonly exponent: number } | "inf" | "-inf";

const MANTISSA_BITS = 64;
const MAX_EXPONENT = 16384; // 2^16384 is the first value that is too large
const MIN_EXPONENT = -16445; // the weight of the lowest bit of a subnormal
const MAX_INPUT = 5 * 1024 - 1;

const DECIMAL = /^([+-]?)(\d*)(?:\.(\d*))?(?:[eE]([+-]?\d+))?$/;
const HEXADECIMAL = /^([+-]?)0[xX]([\da-fA-F]*)(?:\.([\da-fA-F]*))?(?:[pP]([+-]?\d+))?$/;

/** Reads what `strtold` reads as a whole (Redis's `string2ld`); undefined for text, NaN, overflow and underflow to zero. */
export function parseLongDouble(text: Bytes): LongDouble | undefined {
  if (text.length === 0 || text.length > MAX_INPUT) return undefined;
  const infinity = /^([+-]?)(?:inf|infinity)$/i.exec(text);
  if (infinity) return infinity[1] === "-" ? "-inf" : "inf";
  const hexadecimal = HEXADECIMAL.exec(text);
  const [, sign, whole = "", fraction = "", power = "0"] = hexadecimal ?? DECIMAL.exec(text) ?? [];
  if (sign === undefined || whole + fraction === "") return undefined;
  const digits = BigInt((hexadecimal ? "0x" : "") + whole + fraction);
  if (digits === 0n) return { mantissa: 0n, exponent: 0 };
  const shift = Math.max(-1e5, Math.min(1e5, Number(power)));
  const value = hexadecimal
    ? scaleBinary(digits, shift - 4 * fraction.length)
    : scaleDecimal(digits, shift - fraction.length);
  if (value === undefined || typeof value === "string" || value.mantissa === 0n) return undefined;
  return sign === "-" ? { mantissa: -value.mantissa, exponent: value.exponent } : value;
}

/** a + b, rounded to nearest even; undefined for the sum of opposite infinities (NaN). */
export function addLongDouble(a: LongDouble, b: LongDouble): LongDouble | undefined {
  if (typeof a === "string" || typeof b === "string") {
    if (typeof a === "string" && typeof b === "string" && a !== b) return undefined;
    return typeof a === "string" ? a : b;
  }
  const exponent = Math.min(a.exponent, b.exponent);
  const sum = (a.mantissa << BigInt(a.exponent - exponent)) + (b.mantissa << BigInt(b.exponent - exponent));
  const magnitude = round(sum < 0n ? -sum : sum, exponent, false);
  if (typeof magnitude === "string") return sum < 0n ? "-inf" : "inf";
  return sum < 0n ? { mantissa: -magnitude.mantissa, exponent: magnitude.exponent } : magnitude;
}

/** The least whole number that is not below `a * factor`, the product rounded as the processor does; infinities stay. */
export function ceilTimes(a: LongDouble, factor: bigint): bigint | "inf" | "-inf" {
  if (typeof a === "string") return a;
  const negative = a.mantissa < 0n;
  const product = round((negative ? -a.mantissa : a.mantissa) * factor, a.exponent, false);
  if (typeof product === "string") return negative ? "-inf" : "inf";
  const { mantissa, exponent } = product;
  if (exponent >= 0) return (negative ? -mantissa : mantissa) << BigInt(exponent);
  const divisor = 1n << BigInt(-exponent);
  if (negative) return -(mantissa / divisor);
  return (mantissa + divisor - 1n) / divisor;
}

/** Prints as `%.17Lf` with trailing zeros removed (Redis's LD_STR_HUMAN). */
export function printLongDouble(value: LongDouble): Bytes {
  if (typeof value === "string") return value;
  const negative = value.mantissa < 0n;
  const mantissa = negative ? -value.mantissa : value.mantissa;
  const scaled = mantissa * 10n ** 17n;
  const hundredQuadrillionths =
    value.exponent >= 0 ? scaled << BigInt(value.exponent) : divideToEven(scaled, 1n << BigInt(-value.exponent));
  const digits = hundredQuadrillionths.toString().padStart(18, "0");
  const fraction = digits.slice(-17).replace(/0+$/, "");
  const text = digits.slice(0, -17) + (fraction && `.${fraction}`);
  return negative && text !== "0" ? `-${text}` : text;
}

function scaleBinary(digits: bigint, exponent: number): LongDouble {
  return round(digits, exponent, false);
}

function scaleDecimal(digits: bigint, exponent: number): LongDouble {
  if (exponent >= 0) return round(digits * 10n ** BigInt(exponent), 0, false);
  const divisor = 10n ** BigInt(-exponent);
  // Enough quotient bits for the mantissa and a guard; what remains is only asked whether it is zero.
  const shift = Math.max(0, bitLength(divisor) - bitLength(digits) + MANTISSA_BITS + 2);
  const dividend = digits << BigInt(shift);
  return round(dividend / divisor, -shift, dividend % divisor !== 0n);
}

/** Rounds a magnitude to 64 bits (fewer when subnormal), half to even; `sticky` says that non-zero bits lie below. */
function round(magnitude: bigint, exponent: number, sticky: boolean): LongDouble {
  const excess = Math.max(bitLength(magnitude) - MANTISSA_BITS, MIN_EXPONENT - exponent, 0);
  if (excess > 0) {
    const dropped = magnitude & ((1n << BigInt(excess)) - 1n);
    const half = 1n << BigInt(excess - 1);
    magnitude >>= BigInt(excess);
    exponent += excess;
    if (dropped > half || (dropped === half && (sticky || (magnitude & 1n) === 1n))) magnitude++;
  }
  return bitLength(magnitude) + exponent > MAX_EXPONENT ? "inf" : { mantissa: magnitude, exponent };
}

function bitLength(value: bigint): number {
  if (value === 0n) return 0;
  const hex = value.toString(16);
  return 4 * (hex.length - 1) + (32 - Math.clz32(Number.parseInt(hex[0]!, 16)));
}
