// Doubles as Redis reads and prints them. Which printing a server uses depends on its version.
import type { Bytes } from "./bytes.ts";
import { printG } from "./decimals.ts";
import { grisu2 } from "./grisu.ts";

/** How a release prints doubles: C's `%.17g` (7.0), or Grisu2's, nearly always the shortest that read back equal (7.2 on). */
export type DoubleStyle = "printf17" | "shortest";

const PLAIN_UP_TO = 4611686018427387904; // 2^62: whole numbers up to it print as integers, Redis's `double2ll`

/** Prints a double as a reply shows it: `inf`, `-inf`, `nan`, `3`, `0.1`, `1e+20`. */
export function printDouble(value: number, style: DoubleStyle): Bytes {
  if (Number.isNaN(value)) return "nan";
  if (!Number.isFinite(value)) return value > 0 ? "inf" : "-inf";
  if (value === 0) return Object.is(value, -0) ? "-0" : "0";
  if (style === "printf17") return printG(value, 17);
  if (Number.isInteger(value) && Math.abs(value) <= PLAIN_UP_TO) return String(BigInt(value));
  return shortest(value);
}

/** Prints the digits of a double and nothing but them: whole numbers have no form of their own (`fpconv_dtoa`). */
export function printDigits(value: number): Bytes {
  return Number.isFinite(value) && value !== 0 ? shortest(value) : printDouble(value, "shortest");
}

/** The layout of `fpconv_dtoa`: plain while it is short, else an exponent without padding. */
function shortest(value: number): Bytes {
  const { digits, exponent: zeros } = grisu2(Math.abs(value)); // zeros: the power of ten of the last digit
  const exponent = zeros + digits.length - 1;
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

const DECIMAL = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/;
const HEXADECIMAL = /^([+-]?)0[xX]([\da-fA-F]*)(?:\.([\da-fA-F]*))?(?:[pP]([+-]?\d+))?$/;
const INFINITE = /^([+-]?)inf(?:inity)?$/i;

/** Reads what C's `strtod` reads as a whole, too large numbers as infinite; undefined for any other text, and for NaN. */
export function readDouble(text: Bytes): number | undefined {
  if (DECIMAL.test(text)) return Number(text);
  const infinite = INFINITE.exec(text);
  if (infinite) return infinite[1] === "-" ? -Infinity : Infinity;
  const [, sign, whole = "", fraction = "", power = "0"] = HEXADECIMAL.exec(text) ?? [];
  if (sign === undefined || whole + fraction === "") return undefined;
  const magnitude = Number(BigInt(`0x${whole}${fraction}`)) * 2 ** (Number(power) - 4 * fraction.length);
  return sign === "-" ? -magnitude : magnitude;
}

/** Reads a double argument (Redis's `string2d`): what overflows, or is not zero and becomes zero, is no double. */
export function parseDouble(text: Bytes): number | undefined {
  const value = readDouble(text);
  if (value === undefined) return undefined;
  const lost = Number.isFinite(value) ? value === 0 && /[1-9a-f]/i.test(mantissaOf(text)) : !INFINITE.test(text);
  return lost ? undefined : value;
}

function mantissaOf(text: Bytes): Bytes {
  return HEXADECIMAL.test(text) ? text.replace(/^[+-]?0x|p.*$/gi, "") : text.replace(/e.*$/i, "");
}
