// What a vector set weighs by its module's own reckoning, which takes the first elements for all (vset.c: VectorSetMemUsage).
import { allocated, sdsBytes } from "../kernel/allocation.ts";
import type { Bytes } from "../kernel/bytes.ts";
import type { VectorSet } from "../types/vector-set.ts";
import { vectorSizeBytes } from "../types/vector-set/stored-vector.ts";

const SET_BYTES = 112;
const GRAPH_BYTES = 1672;
const NODE_BYTES = 312;
const LAYER_BYTES = 24;
const POINTER_BYTES = 8;
/** Elements that are looked at. */
const SAMPLES = 20;
/** Attributes weigh so much where none was seen. */
const UNSEEN_ATTRIBUTES_BYTES = 64;

export function vectorSetBytes(set: VectorSet): number {
  const { length, attributed, shape } = set;
  const { dimensions, quantization, projection } = shape;
  const matrix = projection === undefined ? 0 : 4 * projection.inputDimensions * dimensions;
  const base = SET_BYTES + GRAPH_BYTES + matrix;
  const first = [];
  for (const node of set.nodes()) {
    first.push(node);
    if (first.length === SAMPLES) break;
  }
  const [newest] = first;
  if (newest === undefined) return base;
  const { capacity } = newest.layers[0]!;
  const vectors = length * (NODE_BYTES + vectorSizeBytes(quantization, dimensions));
  const layers = Math.floor((LAYER_BYTES * length * 4) / 3);
  const higherLinks = Math.floor((POINTER_BYTES * Math.floor(capacity / 2) * length) / 3);
  const links = POINTER_BYTES * capacity * length + higherLinks;
  const names = length * meanBytes(first.map(({ element }) => element));
  const texts = first.map(({ attributes }) => attributes).filter((text) => text !== undefined);
  const attributes = attributed * (texts.length === 0 ? UNSEEN_ATTRIBUTES_BYTES : meanBytes(texts));
  return base + vectors + layers + links + names + attributes + 2 * POINTER_BYTES * length;
}

function meanBytes(texts: readonly Bytes[]): number {
  return Math.floor(texts.reduce((sum, text) => sum + stringBytes(text), 0) / texts.length);
}

const OBJECT_BYTES = 16;
const LONGEST_EMBEDDED = 44;

/** A string as it came in a request. */
function stringBytes({ length }: Bytes): number {
  return length <= LONGEST_EMBEDDED ? allocated(OBJECT_BYTES + 3 + length + 1) : OBJECT_BYTES + sdsBytes(length);
}
