// REDUCE: a vector of many components as one of few, by a matrix of signs that is the same everywhere (vset.c:
// createProjectionMatrix, applyProjection).
import { notANumberOf, settle } from "./not-a-number.ts";
import { bitCount } from "./stored-vector.ts";

const { fround } = Math;

export class Projection {
  readonly inputDimensions: number;
  readonly outputDimensions: number;
  /** A row for each component that comes out; undefined where signs follow from their places. */
  readonly #matrix: Float32Array | undefined;
  readonly #weight: number;

  /** @param matrix the rows, one behind the other, where a payload brings its own */
  constructor(inputDimensions: number, outputDimensions: number, matrix?: Float32Array) {
    this.inputDimensions = inputDimensions;
    this.outputDimensions = outputDimensions;
    this.#matrix = matrix;
    this.#weight = fround(1 / Math.sqrt(inputDimensions));
  }

  apply(vector: Float32Array): Float32Array {
    const projected = Float32Array.from({ length: this.outputDimensions }, (_, row) => {
      let sum = 0;
      for (let i = 0; i < vector.length; i++) sum = fround(sum + fround(this.#at(row, i) * vector[i]!));
      return sum;
    });
    const made = notANumberOf(vector);
    settle(projected, () => made);
    return projected;
  }

  /** The rows, one behind the other. */
  get matrix(): Float32Array {
    if (this.#matrix !== undefined) return this.#matrix;
    const { inputDimensions: width, outputDimensions } = this;
    return Float32Array.from({ length: width * outputDimensions }, (_, at) =>
      this.#at(Math.floor(at / width), at % width),
    );
  }

  #at(row: number, column: number): number {
    if (this.#matrix !== undefined) return this.#matrix[row * this.inputDimensions + column]!;
    return bitCount(row & column) & 1 ? -this.#weight : this.#weight;
  }
}
