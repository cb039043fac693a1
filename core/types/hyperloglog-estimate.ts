// How many different elements a HyperLogLog has seen: Otmar Ertl's improved estimator, in the order of Redis's additions so that
// the rounding is the same (hyperloglog.c: hllCount, hllTau, hllSigma).
import { INT64_MIN, type Int64 } from "../kernel/integers.ts";

/** Bits of a hash that count zeros; a register says one more at most. */
const ZERO_BITS = 50;
const ALPHA = 0.7213475204444817;

/** The estimate for registers whose number is a power of two. Where all are beyond reach C turns infinity into its least integer. */
export function estimate(registers: Uint8Array): Int64 {
  const { length } = registers;
  const histogram = new Float64Array(64);
  for (const value of registers) histogram[value]!++;
  let sum = length * tau((length - histogram[ZERO_BITS + 1]!) / length);
  for (let value = ZERO_BITS; value >= 1; value--) sum = (sum + histogram[value]!) * 0.5;
  sum += length * sigma(histogram[0]! / length);
  return sum === 0 ? INT64_MIN : Math.round((ALPHA * length * length) / sum);
}

function tau(x: number): number {
  if (x === 0 || x === 1) return 0;
  let weight = 1;
  let sum = 1 - x;
  for (let before = Number.NaN; before !== sum;) {
    x = Math.sqrt(x);
    before = sum;
    weight *= 0.5;
    sum -= (1 - x) ** 2 * weight;
  }
  return sum / 3;
}

function sigma(x: number): number {
  if (x === 1) return Number.POSITIVE_INFINITY;
  let weight = 1;
  let sum = x;
  for (let before = Number.NaN; before !== sum;) {
    x *= x;
    before = sum;
    sum += x * weight;
    weight += weight;
  }
  return sum;
}
