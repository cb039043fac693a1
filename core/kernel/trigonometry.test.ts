// Correct rounding, held against the same functions reckoned in whole numbers with 200 bits behind the point.
import { describe, expect, test } from "vitest";
import { Random } from "./random.ts";
import { arcsine, cosine, sine } from "./trigonometry.ts";

const POINT = 200n;
const ONE = 1n << POINT;
const times = (a: bigint, b: bigint): bigint => (a * b) >> POINT;

/** A double in fixed point; exact down to 2^-200. */
function fixed(value: number): bigint {
  return (BigInt(Math.round(value * 2 ** 100)) << POINT) >> 100n;
}

/** The sum of x^n/n! with turning signs over every second n. */
function series(x: bigint, first: 0n | 1n): bigint {
  let term = first === 1n ? x : ONE;
  let total = 0n;
  for (let n = first; term !== 0n; n += 2n) {
    total += term;
    term = -times(term, times(x, x)) / ((n + 1n) * (n + 2n));
  }
  return total;
}

/** Whether a double is the nearest to an exact value: no further away than half a step to either side. */
function isNearest(value: number, exact: bigint): boolean {
  const error = fixed(value) - exact;
  const step = 2 ** (Math.floor(Math.log2(Math.abs(value))) - 53);
  return (error < 0n ? -error : error) <= fixed(step) + 1n;
}

const random = new Random("trigonometry");
const angles = Array.from({ length: 400 }, (_, i) => (random.float() * 2 - 1) * (i % 2 === 0 ? Math.PI : 1e-3));

describe("trigonometry", () => {
  test("a sine is the nearest double", () => {
    expect(angles.filter((angle) => !isNearest(sine(angle), series(fixed(angle), 1n)))).toEqual([]);
  });

  test("a cosine is the nearest double", () => {
    expect(angles.filter((angle) => !isNearest(cosine(angle), series(fixed(angle), 0n)))).toEqual([]);
  });

  test("the sine of an arcsine lies between those of its neighbours", () => {
    for (const angle of angles) {
      const value = Math.abs(angle % 1);
      const found = arcsine(value);
      const half = 2 ** (Math.floor(Math.log2(found)) - 53);
      const [below, above] = [fixed(found) - fixed(half) - 1n, fixed(found) + fixed(half) + 1n];
      expect(series(below, 1n) <= fixed(value) && fixed(value) <= series(above, 1n)).toBe(true);
    }
  });

  test("the ends are exact", () => {
    expect([sine(0), cosine(0), arcsine(0), arcsine(1)]).toEqual([0, 1, 0, Math.PI / 2]);
  });
});
