// Vector sets in the RDB format: a module's value, each piece behind the number of its kind (rdb.c: module2; vset.c:
// VectorSetRdbSave, VectorSetRdbLoad).
import { toUint8Array, type Bytes } from "../kernel/bytes.ts";
import { badDataFormat } from "../resp/errors.ts";
import { VectorSet } from "../types/vector-set.ts";
import type { GraphNode, Layer, NodeId } from "../types/vector-set/graph-node.ts";
import { Projection } from "../types/vector-set/projection.ts";
import {
  bytesOf,
  vectorBytes,
  vectorOfBytes,
  vectorSizeBytes,
  type Quantization,
} from "../types/vector-set/stored-vector.ts";
import type { CodecContext } from "./codec-context.ts";
import type { RdbReader } from "./rdb-reader.ts";
import { RDB } from "./rdb-types.ts";
import type { RdbWriter } from "./rdb-writer.ts";

/** `vectorset` in 54 bits, six for each letter, and the version of the encoding behind it, 0. */
const MODULE_TYPE = 0xbde72da2bb1eb400n;

/** What a piece is. */
const PIECE = { end: 0, unsigned: 2, string: 5 } as const;

const QUANTIZATIONS: readonly Quantization[] = ["f32", "int8", "bin"];

const HAS_PROJECTION = 1;
const HAS_ATTRIBUTES = 2;

export function writeVectorSet(writer: RdbWriter, set: VectorSet): void {
  const { dimensions, quantization, breadth, projection } = set.shape;
  const unsigned = (value: number | bigint): void => {
    writer.length(PIECE.unsigned);
    writer.length(value);
  };
  const string = (value: Bytes): void => {
    writer.length(PIECE.string);
    writer.string(value);
  };
  writer.byte(RDB.module2);
  writer.length(MODULE_TYPE);
  unsigned(dimensions);
  unsigned(set.length);
  unsigned(QUANTIZATIONS.indexOf(quantization) | (breadth << 8));
  unsigned((projection === undefined ? 0 : HAS_PROJECTION) | (set.attributed === 0 ? 0 : HAS_ATTRIBUTES));
  if (projection !== undefined) {
    unsigned(projection.inputDimensions);
    string(bytesOf(projection.matrix));
  }
  for (const node of set.nodes()) {
    string(node.element);
    if (set.attributed > 0) string(node.attributes ?? "");
    string(vectorBytes(node.vector));
    const parameters = parametersOf(node);
    unsigned(parameters.length);
    for (const parameter of parameters) unsigned(parameter);
  }
  writer.length(PIECE.end);
}

/** Its id and level, its links on each level by their ids, and the two scales of its vector in 64 bits. */
function parametersOf({ id, level, layers, vector }: GraphNode): readonly (number | bigint)[] {
  const links = layers.flatMap(({ links, capacity }) => [links.length, capacity, ...links.map((node) => node.id)]);
  const scales = new DataView(new ArrayBuffer(8));
  scales.setFloat32(0, vector.norm, true);
  scales.setFloat32(4, vector.range, true);
  return [id, level, ...links, scales.getBigUint64(0, true)];
}

export function readVectorSet(reader: RdbReader, type: number, { vectorSetUid }: CodecContext): VectorSet | undefined {
  if (type !== RDB.module2 || vectorSetUid === undefined) return undefined;
  if (BigInt(reader.uint64()) !== MODULE_TYPE) throw badDataFormat();
  const pieces = new Pieces(reader);
  const dimensions = pieces.number();
  const length = pieces.number();
  const shape = pieces.number();
  const quantization = QUANTIZATIONS[shape & 0xff];
  const breadth = (shape >>> 8) & 0xffff || USUAL_BREADTH;
  if (quantization === undefined) throw badDataFormat();
  const flags = pieces.number();
  const projection = flags & HAS_PROJECTION ? readProjection(pieces, dimensions) : undefined;
  const set = new VectorSet({ uid: vectorSetUid(), dimensions, quantization, breadth, projection });
  const unlinked: Unlinked[] = [];
  for (let left = length; left > 0; left--) {
    readElement(pieces, set, { hasAttributes: (flags & HAS_ATTRIBUTES) !== 0, unlinked });
  }
  link(set, unlinked);
  if (reader.length() !== PIECE.end) throw badDataFormat();
  return set;
}

const USUAL_BREADTH = 16;

class Pieces {
  readonly #reader: RdbReader;

  constructor(reader: RdbReader) {
    this.#reader = reader;
  }

  /** As exactly as it came. */
  unsigned(): number | bigint {
    if (this.#reader.length() !== PIECE.unsigned) throw badDataFormat();
    return this.#reader.uint64();
  }

  number(): number {
    return Number(this.unsigned());
  }

  string(): Bytes {
    if (this.#reader.length() !== PIECE.string) throw badDataFormat();
    return this.#reader.string();
  }
}

function readProjection(pieces: Pieces, outputDimensions: number): Projection {
  const inputDimensions = pieces.number();
  const bytes = pieces.string();
  if (inputDimensions < 1 || bytes.length !== 4 * inputDimensions * outputDimensions) throw badDataFormat();
  return new Projection(inputDimensions, outputDimensions, new Float32Array(toUint8Array(bytes).buffer));
}

/** Links whose other ends may not have been read yet. */
interface Unlinked {
  readonly layer: Layer;
  readonly ids: readonly NodeId[];
}

interface Reading {
  readonly hasAttributes: boolean;
  readonly unlinked: Unlinked[];
}

function readElement(pieces: Pieces, set: VectorSet, { hasAttributes, unlinked }: Reading): void {
  const { quantization, dimensions } = set.shape;
  const element = pieces.string();
  const attributes = (hasAttributes && pieces.string()) || undefined;
  const bytes = pieces.string();
  if (bytes.length !== vectorSizeBytes(quantization, dimensions)) throw badDataFormat();
  const parameters: (number | bigint)[] = [];
  for (let left = pieces.number(); left > 0; left--) parameters.push(pieces.unsigned());
  const { id, layers, scales } = readParameters(parameters, set, unlinked);
  const vector = vectorOfBytes(bytes, { quantization, dimensions, ...scales });
  if (!set.restore({ id, element, vector, attributes, layers })) throw badDataFormat();
}

function readParameters(
  parameters: readonly (number | bigint)[],
  set: VectorSet,
  unlinked: Unlinked[],
): { readonly id: NodeId; readonly layers: readonly Layer[]; readonly scales: Scales } {
  let at = 0;
  const next = (): number | bigint => {
    const value = parameters[at++];
    if (value === undefined) throw badDataFormat();
    return value;
  };
  const id = next();
  const level = Number(next());
  const layers: Layer[] = [];
  for (let i = 0; i <= level; i++) {
    const [links, capacity] = [Number(next()), Number(next())];
    const layer = set.layer(i, capacity);
    if (links > layer.capacity) throw badDataFormat();
    layers.push(layer);
    unlinked.push({ layer, ids: Array.from({ length: links }, next) });
  }
  return { id, layers, scales: readScales(next()) };
}

interface Scales {
  readonly norm: number;
  readonly range: number;
}

function readScales(bits: number | bigint): Scales {
  const view = new DataView(new ArrayBuffer(8));
  view.setBigUint64(0, BigInt(bits), true);
  return { norm: view.getFloat32(0, true), range: view.getFloat32(4, true) };
}

/** Gives links their other ends, which must be there. */
function link(set: VectorSet, unlinked: readonly Unlinked[]): void {
  const nodes = new Map<NodeId, GraphNode>();
  for (const node of set.nodes()) if (!nodes.has(node.id)) nodes.set(node.id, node);
  for (const { layer, ids } of unlinked) {
    for (const id of ids) {
      const node = nodes.get(id);
      if (node === undefined) throw badDataFormat();
      layer.links.push(node);
    }
  }
}
