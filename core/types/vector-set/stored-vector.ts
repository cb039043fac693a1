// A vector as a vector set keeps it: of length one, then as floats, as bytes or as signs. The order of every sum and every
// rounding to 32 bits follows Redis's, since scores and VEMB show the last digit (hnsw.c).
import { notANumberOf, quietBitsAt, settle } from "./not-a-number.ts";
import { sliceBytes, toUint8Array, type Bytes } from "../../kernel/bytes.ts";

/** As VINFO names them. */
export type Quantization = "f32" | "int8" | "bin";

interface Scale {
  /** The length that the vector had before it was given length one; 1 where it had none. */
  readonly norm: number;
  /** What the greatest byte stands for; 0 where all are zero, and where there are no bytes. */
  readonly range: number;
}

/** Components as they are. */
interface FloatVector extends Scale {
  readonly quantization: "f32";
  readonly values: Float32Array;
}

/** Each component as a part of the greatest, -127 to 127. */
interface ByteVector extends Scale {
  readonly quantization: "int8";
  readonly values: Int8Array;
}

/** The sign of each component, 64 in a word; in pieces of 32 here. */
interface SignVector extends Scale {
  readonly quantization: "bin";
  readonly values: Uint32Array;
  readonly dimensions: number;
}

export type StoredVector = FloatVector | ByteVector | SignVector;

const MOST = 127;
const { fround } = Math;

/** A vector as it goes into a set; `given` stays as it is. */
export function store(given: Float32Array, quantization: Quantization): StoredVector {
  const values = given.slice();
  const norm = normalize(values);
  if (!Number.isFinite(norm)) {
    const made = notANumberOf(given);
    settle(values, (at) => (Number.isNaN(given[at]) ? quietBitsAt(given, at) : made));
  }
  switch (quantization) {
    case "f32":
      return { quantization, values, norm, range: 0 };
    case "int8":
      return { quantization, ...quantize(values), norm };
    case "bin":
      return { quantization, values: signsOf(values), norm, range: 0, dimensions: values.length };
  }
}

/** Gives a vector length one and tells the length that it had; all zeros stay, and count as length one. */
function normalize(values: Float32Array): number {
  let sum = 0;
  let i = 0;
  for (; i + 3 < values.length; i += 4) {
    const [a, b, c, d] = [values[i]!, values[i + 1]!, values[i + 2]!, values[i + 3]!];
    sum = fround(sum + fround(fround(fround(fround(a * a) + fround(b * b)) + fround(c * c)) + fround(d * d)));
  }
  for (; i < values.length; i++) sum = fround(sum + fround(values[i]! * values[i]!));
  if (sum === 0) return 1;
  const norm = fround(Math.sqrt(sum));
  for (let at = 0; at < values.length; at++) values[at] = values[at]! / norm;
  return norm;
}

function quantize(values: Float32Array): { readonly values: Int8Array; readonly range: number } {
  let range = 0;
  for (const value of values) if (Math.abs(value) > range) range = Math.abs(value);
  const bytes = new Int8Array(values.length);
  if (range === 0) return { values: bytes, range };
  const scale = fround(MOST / range);
  for (let i = 0; i < bytes.length; i++) bytes[i] = roundHalfAway(fround(values[i]! * scale));
  return { values: bytes, range };
}

/** C's roundf: a half goes away from zero. */
function roundHalfAway(value: number): number {
  return Math.sign(value) * Math.floor(Math.abs(value) + 0.5);
}

function signsOf(values: Float32Array): Uint32Array {
  const words = new Uint32Array(2 * Math.ceil(values.length / 64));
  for (let i = 0; i < values.length; i++) if (values[i]! > 0) words[i >>> 5]! |= 1 << (i & 31);
  return words;
}

/** How far apart two vectors of one set point: 0 the same way, 1 at a right angle, 2 opposite ways. */
export function distance(a: StoredVector, b: StoredVector): number {
  if (a.quantization === "int8" && b.quantization === "int8") return byteDistance(a, b);
  if (a.quantization === "bin" && b.quantization === "bin") return signDistance(a, b);
  if (a.quantization === "f32" && b.quantization === "f32") return floatDistance(a.values, b.values);
  throw new Error(`a vector of ${a.quantization} has no distance from one of ${b.quantization}: a set keeps one kind`);
}

/** Two sums, each of every other four products. */
function floatDistance(x: Float32Array, y: Float32Array): number {
  const { length } = x;
  let first = 0;
  let second = 0;
  let i = 0;
  for (; i + 7 < length; i += 8) {
    first = fround(first + fourProducts(x, y, i));
    second = fround(second + fourProducts(x, y, i + 4));
  }
  for (; i < length; i++) first = fround(first + fround(x[i]! * y[i]!));
  return fround(1 - fround(first + second));
}

function fourProducts(x: Float32Array, y: Float32Array, at: number): number {
  const half = fround(fround(x[at]! * y[at]!) + fround(x[at + 1]! * y[at + 1]!));
  return fround(fround(half + fround(x[at + 2]! * y[at + 2]!)) + fround(x[at + 3]! * y[at + 3]!));
}

/** Whole numbers are summed exactly; their scales come behind. A vector of zeros is at a right angle to all. */
function byteDistance(a: ByteVector, b: ByteVector): number {
  if (a.range === 0 || b.range === 0) return 1;
  const [x, y] = [a.values, b.values];
  let sum = 0;
  for (let i = 0; i < x.length; i++) sum += x[i]! * y[i]!;
  const scale = fround(fround(a.range / MOST) * fround(b.range / MOST));
  const apart = fround(1 - fround(fround(sum) * scale));
  if (apart < 0) return 0;
  return apart > 2 ? 2 : apart;
}

/** As many signs as differ, of all. */
function signDistance(a: SignVector, b: SignVector): number {
  let opposite = 0;
  for (let i = 0; i < a.values.length; i++) opposite += bitCount(a.values[i]! ^ b.values[i]!);
  return fround(fround(fround(opposite) * 2) / fround(a.dimensions));
}

/** The number of ones in 32 bits. */
export function bitCount(bits: number): number {
  bits -= (bits >>> 1) & 0x55555555;
  bits = (bits & 0x33333333) + ((bits >>> 2) & 0x33333333);
  return Math.imul((bits + (bits >>> 4)) & 0x0f0f0f0f, 0x01010101) >>> 24;
}

/** The vector as it came, as far as it is still known: of signs only the directions. */
export function components(vector: StoredVector): Float32Array {
  const { norm } = vector;
  switch (vector.quantization) {
    case "f32":
      return vector.values.map((value) => value * norm);
    case "int8": {
      const { range } = vector;
      return Float32Array.from(vector.values, (value) => fround(fround(value * range) / MOST) * norm);
    }
    case "bin": {
      const { values, dimensions } = vector;
      return Float32Array.from({ length: dimensions }, (_, i) => ((values[i >>> 5]! >>> (i & 31)) & 1 ? 1 : -1));
    }
  }
}

/** The bytes that VEMB RAW and DUMP show. */
export function vectorBytes({ values }: StoredVector): Bytes {
  return bytesOf(values);
}

/** Numbers one behind the other, the lowest byte of each first. */
export function bytesOf(values: Float32Array | Int8Array | Uint32Array): Bytes {
  return sliceBytes(new Uint8Array(values.buffer), 0, values.byteLength);
}

/** How many bytes that are. */
export function vectorSizeBytes(quantization: Quantization, dimensions: number): number {
  switch (quantization) {
    case "f32":
      return 4 * dimensions;
    case "int8":
      return dimensions;
    case "bin":
      return 8 * Math.ceil(dimensions / 64);
  }
}

/** The vector of such bytes. */
export function vectorOfBytes(
  bytes: Bytes,
  { quantization, dimensions, ...scale }: Scale & { readonly quantization: Quantization; readonly dimensions: number },
): StoredVector {
  const { buffer } = toUint8Array(bytes);
  switch (quantization) {
    case "f32":
      return { quantization, values: new Float32Array(buffer), ...scale };
    case "int8":
      return { quantization, values: new Int8Array(buffer), ...scale };
    case "bin":
      return { quantization, values: new Uint32Array(buffer), dimensions, ...scale };
  }
}
