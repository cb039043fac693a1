// Hashes in the RDB format: a listpack of fields and values, with their deadlines where the release has them, or the entries.
import type { Bytes } from "../kernel/bytes.ts";
import { badDataFormat } from "../resp/errors.ts";
import { Hash, type HashEntry } from "../types/hash.ts";
import { encodeListpack, listpackBytes, fitsListpack } from "../types/listpack.ts";
import type { CodecContext } from "./codec-context.ts";
import type { RdbReader } from "./rdb-reader.ts";
import { RDB } from "./rdb-types.ts";
import type { RdbWriter } from "./rdb-writer.ts";
import { decodeZiplist } from "./ziplist.ts";

export function writeHash(writer: RdbWriter, hash: Hash): void {
  const entries = [...hash.entries()];
  const earliest = earliestOf(entries);
  switch (hash.encoding) {
    case "listpack":
      writer.byte(RDB.hashListpack);
      writer.string(encodeListpack(entries.flatMap(({ field, value }) => [field, value])));
      return;
    case "listpackex":
      writer.byte(RDB.hashListpackEx);
      writer.milliseconds(earliest ?? 0);
      writer.string(
        encodeListpack(entries.flatMap(({ field, value, deadline }) => [field, value, String(deadline ?? 0)])),
      );
      return;
    case "hashtable":
      writer.byte(earliest === undefined ? RDB.hash : RDB.hashMetadata);
      if (earliest !== undefined) writer.milliseconds(earliest);
      writer.length(entries.length);
      for (const { field, value, deadline } of entries) {
        if (earliest !== undefined) writer.length(deadline === undefined ? 0 : Number(deadline) - earliest + 1);
        writer.string(field);
        writer.string(value);
      }
  }
}

function earliestOf(entries: readonly HashEntry[]): number | undefined {
  const deadlines = entries.map(({ deadline }) => deadline).filter((deadline) => deadline !== undefined);
  return deadlines.length === 0
    ? undefined
    : (deadlines.reduce((a, b) => Math.min(Number(a), Number(b)), Infinity) as number);
}

export function readHash(reader: RdbReader, type: number, context: CodecContext): Hash | undefined {
  switch (type) {
    case RDB.hash:
      return readEntries(reader, context);
    case RDB.hashMetadata:
      return readEntriesWithDeadlines(reader, context);
    case RDB.hashZiplist: {
      const row = decodeZiplist(reader.pack());
      if (row === undefined || row.length === 0 || row.length % 2 !== 0) throw badDataFormat();
      return ofRow(row, 2, context);
    }
    case RDB.hashListpack:
      return ofRow(reader.listpack(2), 2, context);
    case RDB.hashListpackEx:
      reader.milliseconds();
      return ofRow(reader.listpack(3), 3, context);
    default:
      return undefined;
  }
}

/** Pairs, or triples with deadlines, as a listpack has them. */
function ofRow(row: readonly Bytes[], width: 2 | 3, { limits }: CodecContext): Hash {
  const entries: HashEntry[] = [];
  for (let i = 0; i < row.length; i += width) {
    const deadline = width === 3 ? Number(row[i + 2]) : 0;
    if (!Number.isSafeInteger(deadline)) throw badDataFormat();
    entries.push({ field: row[i]!, value: row[i + 1]!, deadline: deadline === 0 ? undefined : deadline });
  }
  checkDifferent(entries);
  if (entries.length > limits.hashEntries) return Hash.from(entries, "hashtable");
  return Hash.from(entries, width === 3 ? "listpackex" : "listpack");
}

function checkDifferent(entries: readonly HashEntry[]): void {
  if (new Set(entries.map(({ field }) => field)).size !== entries.length) throw badDataFormat();
}

function readEntries(reader: RdbReader, { limits }: CodecContext): Hash {
  const row = readPairs(reader, reader.length());
  checkDifferent(row);
  const words = row.flatMap(({ field, value }) => [field, value]);
  const small =
    row.length <= limits.hashEntries &&
    words.every(({ length }) => length <= limits.hashValueBytes) &&
    fitsListpack(listpackBytes(words), 0);
  return Hash.from(row, small ? "listpack" : "hashtable");
}

function readPairs(reader: RdbReader, length: number): HashEntry[] {
  if (length === 0) throw badDataFormat();
  const entries: HashEntry[] = [];
  for (let i = 0; i < length; i++)
    entries.push({ field: reader.string(), value: reader.string(), deadline: undefined });
  return entries;
}

function readEntriesWithDeadlines(reader: RdbReader, { limits }: CodecContext): Hash {
  const earliest = reader.milliseconds();
  const length = reader.length();
  if (length === 0) throw badDataFormat();
  const entries: HashEntry[] = [];
  for (let i = 0; i < length; i++) {
    const ttl = reader.length();
    const deadline = ttl === 0 ? undefined : earliest + ttl - 1;
    entries.push({ field: reader.string(), value: reader.string(), deadline });
  }
  checkDifferent(entries);
  const small =
    length <= limits.hashEntries &&
    entries.every(({ field, value }) => Math.max(field.length, value.length) <= limits.hashValueBytes);
  return Hash.from(small ? byDeadline(entries) : entries, small ? "listpackex" : "hashtable");
}

function byDeadline(entries: readonly HashEntry[]): HashEntry[] {
  return entries.toSorted((a, b) => Number(a.deadline ?? Infinity) - Number(b.deadline ?? Infinity) || 0);
}
