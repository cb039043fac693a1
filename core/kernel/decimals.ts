// Doubles in decimal digits as C's printf prints them: exactly, halves to even, where JavaScript rounds halves up.
import type { Bytes } from "./bytes.ts";

/** C's `%.4f`, with as many places as are asked for. */
export function printFixed(value: number, places: number): Bytes {
  if (!Number.isFinite(value)) return Number.isNaN(value) ? "nan" : value > 0 ? "inf" : "-inf";
  const digits = String(scaledToEven(Math.abs(value), places)).padStart(places + 1, "0");
  const sign = value < 0 || Object.is(value, -0) ? "-" : "";
  return `${sign}${digits.slice(0, -places)}.${digits.slice(-places)}`;
}

/** The 17 digits of C's `%.16e`, and the power of ten of the first. */
export function seventeenDigits(magnitude: number): { readonly digits: Bytes; readonly exponent: number } {
  const [rounded = "", power = "0"] = magnitude.toExponential(16).replace(".", "").split("e");
  const exponent = Number(power);
  // JavaScript rounds an exact half up, which makes the last digit odd where C rounds down.
  const digits = /[13579]$/.test(rounded) ? String(scaledToEven(magnitude, 16 - exponent)) : rounded;
  return { digits, exponent };
}

/** magnitude x 10^power as a whole number. */
function scaledToEven(magnitude: number, power: number): bigint {
  const { mantissa, exponent } = parts(magnitude);
  const dividend = (mantissa * 10n ** BigInt(Math.max(0, power))) << BigInt(Math.max(0, exponent));
  const divisor = (10n ** BigInt(Math.max(0, -power))) << BigInt(Math.max(0, -exponent));
  return divideToEven(dividend, divisor);
}

/** A quotient rounded to the nearest whole number, halves to the even one. */
export function divideToEven(dividend: bigint, divisor: bigint): bigint {
  const quotient = dividend / divisor;
  const twice = (dividend % divisor) * 2n;
  return twice > divisor || (twice === divisor && (quotient & 1n) === 1n) ? quotient + 1n : quotient;
}

const view = new DataView(new ArrayBuffer(8));

/** A finite magnitude as mantissa x 2^exponent. */
function parts(magnitude: number): { readonly mantissa: bigint; readonly exponent: number } {
  view.setFloat64(0, magnitude);
  const bits = view.getBigUint64(0);
  const biased = Number(bits >> 52n);
  const fraction = bits & 0xfffffffffffffn;
  return biased === 0
    ? { mantissa: fraction, exponent: -1074 }
    : { mantissa: fraction | (1n << 52n), exponent: biased - 1075 };
}
