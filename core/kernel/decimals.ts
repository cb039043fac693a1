// Doubles in decimal digits as C's printf prints them: exactly, halves to even, where JavaScript rounds halves up.
import type { Bytes } from "./bytes.ts";

/** C's `%.4f`, with as many places as are asked for. */
export function printFixed(value: number, places: number): Bytes {
  if (!Number.isFinite(value)) return Number.isNaN(value) ? "nan" : value > 0 ? "inf" : "-inf";
  const digits = String(scaledToEven(Math.abs(value), places)).padStart(places + 1, "0");
  const sign = value < 0 || Object.is(value, -0) ? "-" : "";
  return `${sign}${digits.slice(0, -places)}.${digits.slice(-places)}`;
}

/** So many significant digits of a magnitude, and the power of ten of the first. */
function significantDigits(magnitude: number, count: number): { readonly digits: Bytes; readonly exponent: number } {
  const [rounded = "", power = "0"] = magnitude
    .toExponential(count - 1)
    .replace(".", "")
    .split("e");
  const exponent = Number(power);
  // JavaScript rounds an exact half up, which makes the last digit odd where C rounds down.
  const digits = /[13579]$/.test(rounded) ? String(scaledToEven(magnitude, count - 1 - exponent)) : rounded;
  return { digits, exponent };
}

/** C's `%.Ng`: so many significant digits, no zeros at their end, an exponent where the number is large or small. */
export function printG(value: number, precision: number): Bytes {
  const sign = value < 0 || Object.is(value, -0) ? "-" : "";
  const { digits, exponent } = significantDigits(Math.abs(value), precision);
  const shown = digits.replace(/0+$/, "") || "0";
  if (exponent < -4 || exponent >= precision) {
    const mantissa = shown.length > 1 ? `${shown[0]}.${shown.slice(1)}` : shown;
    return `${sign}${mantissa}e${exponent < 0 ? "-" : "+"}${String(Math.abs(exponent)).padStart(2, "0")}`;
  }
  if (exponent < 0) return `${sign}0.${"0".repeat(-exponent - 1)}${shown}`;
  const fraction = shown.slice(exponent + 1);
  return sign + digits.slice(0, exponent + 1) + (fraction && `.${fraction}`);
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
