// What keys weigh in a real server: its structures, reckoned with the sizes in which its allocator gives memory
// (object.c: objectComputeSize). Nothing here looks at JavaScript's own memory.
import { allocated, sdsBytes } from "../kernel/allocation.ts";
import type { Bytes } from "../kernel/bytes.ts";
import type { DoubleStyle } from "../kernel/doubles.ts";
import type { EncodingLimits } from "../types/encoding-limits.ts";
import type { Hash } from "../types/hash.ts";
import { EMPTY_LISTPACK_BYTES, entryBytes } from "../types/listpack.ts";
import type { List } from "../types/list.ts";
import type { MemberSet } from "../types/set.ts";
import { packedScore, type SortedSet } from "../types/sorted-set.ts";
import type { ConsumerGroup } from "../types/stream/consumer-group.ts";
import type { StreamId } from "../types/stream/stream-id.ts";
import type { Stream } from "../types/stream.ts";
import type { StringValue } from "../types/string-value.ts";
import { vectorSetBytes } from "./vector-set-memory.ts";
import {
  expectedSkiplistNodeBytes,
  SKIPLIST_BYTES,
  STREAM_NODE_FIRST_BYTES,
  tableModels,
  type TableModel,
} from "./memory-layout.ts";
import type { Database } from "./database.ts";
import type { Value } from "./value.ts";

/** How a release lays values out. */
export interface MemoryModel {
  /** Redis's dict of separate entries, or Valkey 8.1's buckets; the latter keeps a key in its object. */
  readonly tables: "dict" | "buckets";
  readonly doubleStyle: DoubleStyle;
  /** Hashes become tables at `hash-max-listpack-entries`, streams have nodes of `stream-node-max-bytes`. */
  readonly limits: Pick<EncodingLimits, "hashEntries" | "streamNodeBytes">;
}

export interface MeasuredKey {
  readonly key: Bytes;
  readonly value: Value;
  /** As OBJECT ENCODING names it. */
  readonly encoding: Bytes;
  readonly expires: boolean;
  /** Elements that are looked at; the rest are taken to be like them. Infinity: all. */
  readonly samples: number;
}

const OBJECT_BYTES = 16;
const DICT_ENTRY_BYTES = 24;
const QUICKLIST_BYTES = 48;
const QUICKLIST_NODE_BYTES = 32;
const SORTED_SET_BYTES = 16;

/** Bytes of a key with its value, as MEMORY USAGE replies them. */
export function memoryUsage(measured: MeasuredKey, model: MemoryModel): number {
  const { key, value } = measured;
  const table = tableModels[model.tables];
  if (typeof value === "string" || value.type === "string") return stringUsage(value, measured, model);
  const beside = model.tables === "dict" ? DICT_ENTRY_BYTES + sdsBytes(key.length) : 0;
  return Math.floor(OBJECT_BYTES + beside + collectionBytes(value, { ...measured, table, model }));
}

/** Elements of each value that are looked at. */
const USUAL_SAMPLES = 5;

/** Bytes of a key with its value; 0 where there is none. */
export function keyBytes(db: Database, key: Bytes, model: MemoryModel): number {
  const value = db.raw(key);
  if (value === undefined) return 0;
  const expires = db.deadline(key) !== undefined;
  return memoryUsage({ key, value, encoding: db.encodingOf(key, value), expires, samples: USUAL_SAMPLES }, model);
}

/** Bytes of the tables of a database: that of its keys, and that of their deadlines. */
export interface TableBytes {
  readonly main: number;
  readonly expires: number;
}

/** What finding the keys of a database costs besides. */
export function tableBytes(db: Database, model: MemoryModel): TableBytes {
  const table = tableModels[model.tables];
  const expiring = db.deadlines.size;
  const tables = (entries: number): number => (entries === 0 ? 0 : table.bytes(entries, 0));
  return { main: tables(db.size), expires: tables(expiring) + expiring * table.pointerBytes };
}

function stringUsage(value: StringValue, { key, encoding, expires }: MeasuredKey, { tables }: MemoryModel): number {
  const beside = tables === "dict" ? DICT_ENTRY_BYTES + sdsBytes(key.length) : 0;
  if (encoding === "int") return OBJECT_BYTES + beside;
  if (encoding === "raw") {
    const reserved = typeof value === "string" ? value.length : value.reservedBytes;
    return OBJECT_BYTES + beside + sdsBytes(reserved, LEAST_RAW_LENGTH);
  }
  // In one piece: a short header, the bytes, a NUL; Valkey has the key there too, and room for a deadline.
  const own = OBJECT_BYTES + 3 + value.length + 1;
  if (tables === "dict") return allocated(own) + beside;
  const header = key.length < 32 ? 1 : 3;
  return allocated(own + 1 + header + key.length + 1 + (expires ? 8 : 0));
}

/** A string that may grow has no header for short ones. */
const LEAST_RAW_LENGTH = 32;

interface Measuring {
  readonly samples: number;
  readonly table: TableModel;
  readonly model: MemoryModel;
}

function collectionBytes(value: Exclude<Value, StringValue>, measuring: Measuring): number {
  switch (value.type) {
    case "list":
      return listBytes(value, measuring);
    case "set":
      return setBytes(value, measuring);
    case "zset":
      return sortedSetBytes(value, measuring);
    case "hash":
      return hashBytes(value, measuring);
    case "stream":
      return streamBytes(value, measuring);
    case "vectorset":
      return vectorSetBytes(value) - OBJECT_BYTES; // a module counts its object as its own
  }
}

function listBytes(list: List, { samples }: Measuring): number {
  const { nodes } = list;
  if (list.encoding === "listpack") return allocated(nodes[0]!.sizeBytes);
  const sampled = nodes.slice(0, Math.max(1, Math.min(samples, nodes.length)));
  const bytes = sampled.reduce((sum, { sizeBytes }) => sum + QUICKLIST_NODE_BYTES + allocated(sizeBytes), 0);
  const elements = sampled.reduce((sum, node) => sum + node.elements.length, 0);
  return QUICKLIST_BYTES + (bytes / elements) * list.length;
}

function setBytes(set: MemberSet, { samples, table }: Measuring): number {
  switch (set.encoding) {
    case "intset":
      return allocated(8 + set.length * set.integerWidth);
    case "listpack":
      return rowBytes(set.members());
    case "hashtable": {
      const each = mean(set.members(), samples, ({ length }) => table.entryBytes(sdsBytes(length)));
      return table.bytes(set.length, set.presizedFor) + each * set.length;
    }
  }
}

function sortedSetBytes(set: SortedSet, { samples, table, model }: Measuring): number {
  const all = { from: 0, to: set.length };
  if (set.encoding === "listpack") {
    const words = Array.from(set.range(all), ({ member, score }) => [member, packedScore(score, model.doubleStyle)]);
    return rowBytes(words.flat());
  }
  const each = mean(set.range(all), samples, ({ member }) => sdsBytes(member.length));
  const nodes = (each + table.pointerBytes + expectedSkiplistNodeBytes) * set.length;
  return SORTED_SET_BYTES + SKIPLIST_BYTES + table.bytes(set.length, set.presizedFor) + nodes;
}

function hashBytes(hash: Hash, { samples, table, model }: Measuring): number {
  switch (hash.encoding) {
    case "listpack":
      return rowBytes(Array.from(hash.entries(), ({ field, value }) => [field, value]).flat());
    case "listpackex":
      return (
        LISTPACK_EX_BYTES +
        rowBytes(
          Array.from(hash.entries(), ({ field, value, deadline }) => [field, value, String(deadline ?? 0)]).flat(),
        )
      );
    case "hashtable": {
      const each = mean(hash.entries(), samples, ({ field, value }) => table.pairBytes(field.length, value.length));
      const presized = Math.min(hash.length, model.limits.hashEntries + 1);
      return table.bytes(hash.length, presized) + each * hash.length;
    }
  }
}

/** What a listpack with deadlines is wrapped in. */
const LISTPACK_EX_BYTES = 32;

/** Every node but the last has lost what it had in reserve. */
function streamBytes(stream: Stream, { model, table }: Measuring): number {
  const nodes = stream.nodes();
  const { streamNodeBytes } = model.limits;
  const reserve = Math.min(streamNodeBytes === 0 ? Infinity : streamNodeBytes, STREAM_NODE_FIRST_BYTES);
  const packs = nodes.map(({ sizeBytes }, i) =>
    allocated(i === nodes.length - 1 ? Math.max(reserve, sizeBytes) : sizeBytes),
  );
  const groups = stream.groups().reduce((sum, group) => {
    const consumers = group
      .consumers()
      .reduce((rest, { name, pending }) => rest + 40 + name.length + table.radixBytes(idsOf(pending)), 0);
    return sum + 40 + table.radixBytes(idsOf(group.pending)) + 24 * group.pending.size + consumers;
  }, 0);
  const tree = table.radixBytes(nodes.map(({ masterId }) => masterId));
  return STREAM_BYTES + tree + packs.reduce((sum, each) => sum + each, 0) + groups;
}

const STREAM_BYTES = 80;

function idsOf(pending: ConsumerGroup["pending"]): StreamId[] {
  return Array.from(pending.from(), ([id]) => id);
}

function rowBytes(words: Iterable<Bytes>): number {
  let size = EMPTY_LISTPACK_BYTES;
  for (const word of words) size += entryBytes(word);
  return allocated(size);
}

/** The mean of the first so many. */
function mean<T>(rows: Iterable<T>, samples: number, measure: (row: T) => number): number {
  let sum = 0;
  let count = 0;
  for (const row of rows) {
    sum += measure(row);
    if (++count >= samples) break;
  }
  return count === 0 ? 0 : sum / count;
}
