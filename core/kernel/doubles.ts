// Doubles as Redis reads and prints them. Which printing a server uses depends on its version.
import type { Bytes } from "./bytes.ts";

/** How a release prints doubles: C's `%.17g` (7.0), or the shortest digits that read back equal (7.2 on). */
export type DoubleStyle = "printf17" | "shortest";

const PLAIN_UP_TO = 4611686018427387904; // 2^62: whole numbers up to it print as integers, Redis's `double2ll`

/** Prints a double as a reply shows it: `inf`, `-inf`, `nan`, `3`, `0.1`, `1e+20`. */
export function printDouble(value: number, style: DoubleStyle): Bytes {
  if (Number.isNaN(value)) return "nan";
  if (!Number.isFinite(value)) return value > 0 ? "inf" : "-inf";
  if (value === 0) return Object.is(value, -0) ? "-0" : "0";
  if (style === "printf17") return printf17(value);
  if (Number.isInteger(value) && Math.abs(value) <= PLAIN_UP_TO) return String(BigInt(value));
  return shortest(value);
}

/** C's `%.17g`. */
function printf17(value: number): Bytes {
  const [digits = "", exponentText = "0"] = value.toExponential(16).split("e");
  const exponent = Number(exponentText);
  if (exponent < -4 || exponent >= 17) {
    const mantissa = digits.includes(".") ? digits.replace(/\.?0+$/, "") : digits;
    return `${mantissa}e${exponent < 0 ? "-" : "+"}${String(Math.abs(exponent)).padStart(2, "0")}`;
  }
  const fixed = value.toFixed(Math.max(0, 16 - exponent));
  return fixed.includes(".") ? fixed.replace(/\.?0+$/, "") : fixed;
}

/** The layout of `fpconv_dtoa`: plain while it is short, else an exponent without padding. */
function shortest(value: number): Bytes {
  const [mantissa = "", exponentText = "0"] = Math.abs(value).toExponential().split("e");
  const digits = mantissa.replace(".", "");
  const exponent = Number(exponentText);
  const zeros = exponent - digits.length + 1; // the power of ten of the last digit
  const sign = value < 0 ? "-" : "";
  if (zeros >= 0 && Math.abs(exponent) < digits.length + 7) return sign + digits + "0".repeat(zeros);
  if (zeros < 0 && (zeros > -7 || Math.abs(exponent) < 4)) {
    const point = digits.length + zeros;
    if (point <= 0) return `${sign}0.${"0".repeat(-point)}${digits}`;
    return `${sign}${digits.slice(0, point)}.${digits.slice(point)}`;
  }
  const tail = digits.length > 1 ? `.${digits.slice(1)}` : "";
  return `${sign}${digits[0]}${tail}e${exponent < 0 ? "-" : "+"}${Math.abs(exponent)}`;
}
