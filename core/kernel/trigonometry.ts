// Sine, cosine and arcsine, rounded correctly: engines differ in the last digit of theirs, and scores that GEOSEARCHSTORE keeps
// would show it. Numbers are unevaluated sums of two doubles, with more than 80 bits, until the end.

/** An unevaluated sum: `low` is less than half a unit in the last place of `high`. */
interface Double2 {
  readonly high: number;
  readonly low: number;
}

/** 2^27 + 1: splits a double into two halves whose products are exact. */
const SPLITTER = 134217729;

const FLAT = 1e-9;
const FULL_TURN = 2 * Math.PI;

const ONE: Double2 = { high: 1, low: 0 };
const MINUS_HALF: Double2 = { high: -1 / 2, low: 0 };
/** The second double is what the first leaves of a sixth. */
const MINUS_SIXTH: Double2 = { high: -1 / 6, low: (-1 / 6) * 2 ** -54 };

/** The sine of radians between -2 pi and 2 pi. */
export function sine(radians: number): number {
  return rounded(sineAndCosine(radians).sine);
}

/** The cosine of radians; beyond a full turn as exact as the engine has it. */
export function cosine(radians: number): number {
  return Math.abs(radians) <= FULL_TURN ? rounded(sineAndCosine(radians).cosine) : Math.cos(radians);
}

/** The angle in radians with this sine. */
export function arcsine(value: number): number {
  const near = Math.asin(value);
  const exact = sineAndCosine(near);
  const slope = rounded(exact.cosine);
  // One step of Newton's method. Of all doubles only 1 has so flat a sine that the step would mislead.
  const missing = value - exact.sine.high - exact.sine.low;
  return slope > FLAT ? near + missing / slope : near;
}

/** Angles are a multiple of 1/64, which a table holds, and a rest, for which a few terms of the series are enough. */
const STEPS = 64;

interface SineAndCosine {
  readonly sine: Double2;
  readonly cosine: Double2;
}

function sineAndCosine(radians: number): SineAndCosine {
  const angle = Math.abs(radians);
  const step = Math.round(angle * STEPS);
  const whole = tableEntry(step);
  const rest = seriesOf(angle - step / STEPS);
  const sineOf = sum(product(whole.sine, rest.cosine), product(whole.cosine, rest.sine));
  return {
    sine: radians < 0 ? negative(sineOf) : sineOf,
    cosine: sum(product(whole.cosine, rest.cosine), negative(product(whole.sine, rest.sine))),
  };
}

/** The series of an angle of at most 1/128. Only its first terms weigh enough to need two doubles. */
function seriesOf(angle: number): SineAndCosine {
  const x = { high: angle, low: 0 };
  const square = product(x, x);
  const s = square.high;
  const sineTail = s * (1 / 120 - s * (1 / 5040 - s * (1 / 362880 - s / 39916800)));
  const cosineTail = s * (1 / 24 - s * (1 / 720 - s * (1 / 40320 - s / 3628800)));
  return {
    sine: sum(x, product(product(x, square), sum(MINUS_SIXTH, { high: sineTail, low: 0 }))),
    cosine: sum(ONE, product(square, sum(MINUS_HALF, { high: cosineTail, low: 0 }))),
  };
}

function sum(a: Double2, b: Double2): Double2 {
  const { high, low } = exactSum(a.high, b.high);
  return quickSum(high, low + (a.low + b.low));
}

function product(a: Double2, b: Double2): Double2 {
  const { high, low } = exactProduct(a.high, b.high);
  return quickSum(high, low + (a.high * b.low + a.low * b.high));
}

function negative({ high, low }: Double2): Double2 {
  return { high: -high, low: -low };
}

function rounded({ high, low }: Double2): number {
  return high + low;
}

/** a + b and what rounding took from it (Knuth). */
function exactSum(a: number, b: number): Double2 {
  const high = a + b;
  const part = high - a;
  return { high, low: a - (high - part) + (b - part) };
}

/** The same, where a is the greater one (Dekker). */
function quickSum(a: number, b: number): Double2 {
  const high = a + b;
  return { high, low: b - (high - a) };
}

/** a * b and what rounding took from it (Dekker, Veltkamp). */
function exactProduct(a: number, b: number): Double2 {
  const high = a * b;
  const aHigh = a * SPLITTER - (a * SPLITTER - a);
  const bHigh = b * SPLITTER - (b * SPLITTER - b);
  const aLow = a - aHigh;
  const bLow = b - bHigh;
  return { high, low: aLow * bLow - (high - aHigh * bHigh - aLow * bHigh - aHigh * bLow) };
}

const table: SineAndCosine[] = [];

/** The sine and cosine of n/64; reckoned once, with 160 bits behind the point. */
function tableEntry(step: number): SineAndCosine {
  return (table[step] ??= { sine: fromFixed(fixedSeries(step, 1n)), cosine: fromFixed(fixedSeries(step, 0n)) });
}

const POINT = 160n;

/** The series of the sine (whose first power is 1) or cosine (0), in fixed-point numbers. */
function fixedSeries(step: number, firstPower: 0n | 1n): bigint {
  const x = (BigInt(step) << POINT) / BigInt(STEPS);
  const square = (x * x) >> POINT;
  let term = firstPower === 1n ? x : 1n << POINT;
  let total = 0n;
  for (let power = firstPower; term !== 0n; power += 2n) {
    total += term;
    term = -(((term * square) >> POINT) / ((power + 1n) * (power + 2n)));
  }
  return total;
}

function fromFixed(value: bigint): Double2 {
  const scale = 2 ** -Number(POINT);
  const high = Number(value) * scale;
  const rest = value - BigInt(Number(value));
  return { high, low: Number(rest) * scale };
}
