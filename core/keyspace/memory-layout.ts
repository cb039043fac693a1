// The sizes that memory accounting is made of: hash tables, skiplists, radix trees.
import { allocated, sdsBytes, sdsHeaderBytes } from "../kernel/allocation.ts";
import { countRadixNodes } from "../types/stream/radix-tree.ts";
import type { StreamId } from "../types/stream/stream-id.ts";

/** The list's own structure and its first node, which has all 32 levels. */
export const SKIPLIST_BYTES = 32 + 640;

/** A node has a level more with one chance in four, and its size is rounded up for each. */
export const expectedSkiplistNodeBytes = (() => {
  let bytes = 0;
  for (let levels = 1; levels <= 32; levels++) bytes += 0.75 * 0.25 ** (levels - 1) * allocated(24 + 16 * levels);
  return bytes;
})();

/** What a new node of a stream is given in advance. */
export const STREAM_NODE_FIRST_BYTES = 4096;

/** How a release keeps hash tables. */
export interface TableModel {
  /** The table itself, for so many entries; `presized` of them were expected when it was made. */
  bytes(entries: number, presized: number): number;
  /** An entry with a string of a size. */
  entryBytes(stringBytes: number): number;
  /** An entry with a field and a value of these lengths. */
  pairBytes(field: number, value: number): number;
  /** An entry that only points to something. */
  readonly pointerBytes: number;
  /** A radix tree with these ids. */
  radixBytes(ids: readonly StreamId[]): number;
}

function powerFrom(least: number, count: number): number {
  let size = least;
  while (size < count) size *= 2;
  return size;
}

/** The share of a table's buckets that hold anything while it is full: moving to a larger table takes a step for each. */
const FILLED_SHARE = 1 - 1 / Math.E;
const RADIX_ENTRY_BYTES = 16;
/** What Redis takes a node of a radix tree to cost. */
const RADIX_NODE_BYTES = 4 + 30 * 8;

const dict: TableModel = {
  bytes(entries, presized) {
    const size = powerFrom(4, Math.max(entries, presized));
    const half = size / 2;
    const moving = size > powerFrom(4, presized) && entries < half + half * FILLED_SHARE;
    return 56 + 8 * (size + (moving ? half : 0));
  },
  entryBytes: (stringBytes) => stringBytes + 24,
  pairBytes: (field, value) => 24 + sdsBytes(field) + sdsBytes(value),
  pointerBytes: 24,
  radixBytes: (ids) => RADIX_ENTRY_BYTES * ids.length + RADIX_NODE_BYTES * countRadixNodes(ids),
};

/** A bucket of Valkey's has seven places; one that is full gives its last place for a further bucket. */
const PLACES = 7;
const BUCKET_BYTES = 64;
/** Field and value lie in one piece while it is not larger. */
const MOST_EMBEDDED_BYTES = 128;

const buckets: TableModel = {
  bytes(entries, presized) {
    const size = powerFrom(1, Math.max(entries, presized) / PLACES);
    const half = size / 2;
    const moving = half >= 1 && size > powerFrom(1, presized / PLACES) && entries <= PLACES * half + half;
    return 72 + BUCKET_BYTES * (size + (moving ? half : 0) + size * shareOverfull(entries / size));
  },
  entryBytes: (stringBytes) => stringBytes,
  pairBytes(field, value) {
    const own = sdsHeaderBytes(field) + field + 2;
    const held = sdsHeaderBytes(Math.max(value, 32)) + value + 1;
    const together = own - 1 + held;
    if (together <= MOST_EMBEDDED_BYTES) return allocated(together);
    return allocated(own + 8) + sdsBytes(value);
  },
  pointerBytes: 0,
  radixBytes: (ids) => 24 + 28 * countRadixNodes(ids),
};

/** The chance that more entries than a bucket has places fall into it, when entries fall by chance (Poisson). */
function shareOverfull(mean: number): number {
  let term = Math.exp(-mean);
  let within = term;
  for (let i = 1; i <= PLACES; i++) {
    term *= mean / i;
    within += term;
  }
  return Math.max(0, 1 - within);
}

export const tableModels = { dict, buckets } as const;
