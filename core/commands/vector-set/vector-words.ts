// How vectors are written in a request: FP32 and their bytes, or VALUES, their number and as many numbers (vset.c: parseVector).
import { equalIgnoringCase, toUint8Array, type Bytes } from "../../kernel/bytes.ts";
import { parseDouble } from "../../kernel/doubles.ts";
import { parseInt64 } from "../../kernel/integers.ts";
import { ReplyError } from "../../resp/errors.ts";
import type { VectorSet } from "../../types/vector-set.ts";
import { dimensionMismatch, invalidVector } from "./facts.ts";

/** Components that a reduction leaves at most. A real server leaves as many as it is asked for, and ends for want of memory. */
const MOST_REDUCED = 2 ** 20;

export interface ReadVector {
  readonly vector: Float32Array;
  /** The number of words that it took. */
  readonly words: number;
}

/** The vector that begins at a word; throws where there is none. */
export function readVector(argv: readonly Bytes[], at: number): ReadVector {
  const [format = "", word] = argv.slice(at, at + 2);
  if (word === undefined) throw invalidVector();
  if (equalIgnoringCase(format, "FP32")) return { vector: readFloats(word), words: 2 };
  if (!equalIgnoringCase(format, "VALUES")) throw invalidVector();
  const dimensions = Number(parseInt64(word) ?? 0);
  if (dimensions < 1 || argv.length < at + 2 + dimensions) throw invalidVector();
  const numbers = argv.slice(at + 2, at + 2 + dimensions).map((each) => {
    const number = parseDouble(each);
    if (number === undefined) throw invalidVector();
    return number;
  });
  return { vector: Float32Array.from(numbers), words: 2 + dimensions };
}

function readFloats(bytes: Bytes): Float32Array {
  if (bytes.length === 0 || bytes.length % 4 !== 0) throw invalidVector();
  return new Float32Array(toUint8Array(bytes).buffer);
}

/** REDUCE at a word: the number of components that are to be left, in 32 bits, 0 for all; and the words that it took. */
export function readReduction(argv: readonly Bytes[], at: number): { readonly reduced: number; readonly words: 0 | 2 } {
  if (!equalIgnoringCase(argv[at]!, "REDUCE")) return { reduced: 0, words: 0 };
  const asked = parseInt64(argv[at + 1]!) ?? 0;
  const reduced = Number(BigInt.asUintN(32, BigInt(asked)));
  if (asked < 1 || reduced > MOST_REDUCED) throw invalidVector();
  return { reduced, words: 2 };
}

/** A vector with as many components as a set takes, made to have as many as it keeps. */
export function project(vector: Float32Array, set: VectorSet): Float32Array {
  const { projection } = set.shape;
  if (projection === undefined) return vector;
  if (vector.length !== projection.inputDimensions) {
    throw new ReplyError(
      `ERR Input dimension mismatch for projection - got ${vector.length} but projection expects ${projection.inputDimensions}`,
    );
  }
  return projection.apply(vector);
}

/** The vector to look for: one that has the kept number of components already is left as it is. */
export function queryVector(vector: Float32Array, set: VectorSet): Float32Array {
  const { dimensions, projection } = set.shape;
  if (projection !== undefined && vector.length !== dimensions) return project(vector, set);
  if (vector.length !== dimensions) throw dimensionMismatch(vector.length, set);
  return vector;
}
