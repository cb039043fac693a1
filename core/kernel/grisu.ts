// The digits that `fpconv_dtoa` prints, which Redis uses since 7.2: Grisu2, nearly always but not always the shortest digits that read
// back equal. JavaScript's own are the shortest and the closest, so the two differ now and then.

/** A floating-point number by hand: 64 bits of fraction, and an exponent of two. */
interface Fp {
  readonly fraction: bigint;
  readonly exponent: number;
}

/** Decimal digits without leading zeros; the value is digits x 10^exponent. */
export interface Digits {
  readonly digits: string;
  readonly exponent: number;
}

const HIDDEN_BIT = 1n << 52n;
const FRACTION_MASK = HIDDEN_BIT - 1n;
const EXPONENT_BIAS = 1023 + 52;
const U64 = (1n << 64n) - 1n;

/** Powers of ten are known in steps of 8, from 10^-348 on. */
const FIRST_POWER = -348;
const POWER_STEP = 8;
const POWERS = 87;
/** The exponent that a product must have: so its whole part fits 32 bits. */
const LEAST_EXPONENT = -60;
const MOST_EXPONENT = -32;

const view = new DataView(new ArrayBuffer(8));

/** The digits of a positive, finite double. */
export function grisu2(value: number): Digits {
  const own = unpack(value);
  const upper = normalized({ fraction: (own.fraction << 1n) + 1n, exponent: own.exponent - 1 });
  // Below a power of two the neighbour is nearer.
  const shift = own.fraction === HIDDEN_BIT ? 2 : 1;
  const lower = aligned({ fraction: (own.fraction << BigInt(shift)) - 1n, exponent: own.exponent - shift }, upper);
  const { power, tenTo } = cachedPower(upper.exponent);
  const high = multiply(upper, power);
  const low = multiply(lower, power);
  return generate({
    value: multiply(normalized(own), power),
    upper: { ...high, fraction: high.fraction - 1n },
    lower: { ...low, fraction: low.fraction + 1n },
    exponent: -tenTo,
  });
}

function unpack(value: number): Fp {
  view.setFloat64(0, value);
  const bits = view.getBigUint64(0);
  const exponent = Number((bits >> 52n) & 0x7ffn);
  const fraction = bits & FRACTION_MASK;
  return exponent === 0
    ? { fraction, exponent: 1 - EXPONENT_BIAS }
    : { fraction: fraction | HIDDEN_BIT, exponent: exponent - EXPONENT_BIAS };
}

function normalized({ fraction, exponent }: Fp): Fp {
  const shift = 64 - fraction.toString(2).length;
  return { fraction: fraction << BigInt(shift), exponent: exponent - shift };
}

function aligned({ fraction, exponent }: Fp, to: Fp): Fp {
  return { fraction: fraction << BigInt(exponent - to.exponent), exponent: to.exponent };
}

/** The upper 64 bits of the product, rounded. */
function multiply(a: Fp, b: Fp): Fp {
  return {
    fraction: ((a.fraction * b.fraction + (1n << 63n)) >> 64n) & U64,
    exponent: a.exponent + b.exponent + 64,
  };
}

interface CachedPower {
  readonly power: Fp;
  readonly tenTo: number;
}

const cache: (Fp | undefined)[] = [];

/** A power of ten that brings an exponent into the range (fpconv.c: find_cachedpow10). */
function cachedPower(exponent: number): CachedPower {
  const approximate = Math.trunc(-(exponent + POWERS) * 0.30102999566398114);
  let index = Math.trunc((approximate - FIRST_POWER) / POWER_STEP);
  for (;;) {
    const power = powerOfTen(index);
    const current = exponent + power.exponent + 64;
    if (current < LEAST_EXPONENT) index++;
    else if (current > MOST_EXPONENT) index--;
    else return { power, tenTo: FIRST_POWER + index * POWER_STEP };
  }
}

/** 10^n with 64 bits of fraction, rounded to nearest. */
function powerOfTen(index: number): Fp {
  return (cache[index] ??= computePower(FIRST_POWER + index * POWER_STEP));
}

function computePower(n: number): Fp {
  // 192 bits more than are needed, so that what is cut off decides the rounding rightly.
  const scaled = n >= 0 ? (10n ** BigInt(n)) << 192n : (1n << 1600n) / 10n ** BigInt(-n);
  const scale = n >= 0 ? -192 : -1600;
  const excess = scaled.toString(2).length - 64;
  const fraction = (scaled >> BigInt(excess)) + ((scaled >> BigInt(excess - 1)) & 1n);
  return { fraction, exponent: scale + excess };
}

interface Scaled {
  readonly value: Fp;
  readonly upper: Fp;
  readonly lower: Fp;
  readonly exponent: number;
}

/** Digits of the upper bound, until what is left of it lies within the bounds (fpconv.c: generate_digits). */
function generate({ value, upper, lower, exponent }: Scaled): Digits {
  const shift = BigInt(-upper.exponent);
  const one = 1n << shift;
  let distance = upper.fraction - value.fraction;
  let delta = upper.fraction - lower.fraction;
  let whole = upper.fraction >> shift;
  let rest = upper.fraction & (one - 1n);
  let digits = "";
  let unit = 1_000_000_000n;
  for (let kappa = 9; kappa >= 0; kappa--, unit /= 10n) {
    const digit = whole / unit;
    if (digit > 0n || digits !== "") digits += String(digit);
    whole -= digit * unit;
    const remainder = (whole << shift) + rest;
    if (remainder <= delta) {
      return {
        digits: rounded(digits, { delta, remainder, step: unit << shift, distance }),
        exponent: exponent + kappa,
      };
    }
  }
  for (let kappa = -1; ; kappa--) {
    rest *= 10n;
    delta *= 10n;
    distance *= 10n;
    const digit = rest >> shift;
    if (digit > 0n || digits !== "") digits += String(digit);
    rest &= one - 1n;
    if (rest < delta) {
      return { digits: rounded(digits, { delta, remainder: rest, step: one, distance }), exponent: exponent + kappa };
    }
  }
}

/** Takes from the last digit while that leads nearer to the value (fpconv.c: round_digit). */
function rounded(
  digits: string,
  { delta, remainder, step, distance }: { delta: bigint; remainder: bigint; step: bigint; distance: bigint },
): string {
  let last = digits.charCodeAt(digits.length - 1);
  while (
    remainder < distance &&
    delta - remainder >= step &&
    (remainder + step < distance || distance - remainder > remainder + step - distance)
  ) {
    last--;
    remainder += step;
  }
  return digits.slice(0, -1) + String.fromCharCode(last);
}
