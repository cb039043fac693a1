// Sorted sets in the RDB format: a listpack of members and scores, or members with binary scores from the greatest to the least.
import { readDouble } from "../kernel/doubles.ts";
import { badDataFormat } from "../resp/errors.ts";
import { encodeListpack } from "../types/listpack.ts";
import { packedScore, SortedSet, type Entry } from "../types/sorted-set.ts";
import type { CodecContext } from "./codec-context.ts";
import type { RdbReader } from "./rdb-reader.ts";
import { RDB } from "./rdb-types.ts";
import type { RdbWriter } from "./rdb-writer.ts";
import { decodeZiplist } from "./ziplist.ts";

export function writeSortedSet(writer: RdbWriter, set: SortedSet, { doubleStyle }: CodecContext): void {
  const all = { from: 0, to: set.length };
  if (set.encoding === "listpack") {
    writer.byte(RDB.zsetListpack);
    const entries = [...set.range(all)];
    writer.string(encodeListpack(entries.flatMap(({ member, score }) => [member, packedScore(score, doubleStyle)])));
    return;
  }
  writer.byte(RDB.zset2);
  writer.length(set.length);
  for (const { member, score } of set.range(all, true)) {
    writer.string(member);
    writer.double(score);
  }
}

export function readSortedSet(reader: RdbReader, type: number, { limits }: CodecContext): SortedSet | undefined {
  switch (type) {
    case RDB.zset:
      return SortedSet.of(
        readEntries(reader, () => reader.printedDouble()),
        limits,
      );
    case RDB.zset2:
      return SortedSet.of(
        readEntries(reader, () => reader.double()),
        limits,
      );
    case RDB.zsetZiplist: {
      const row = decodeZiplist(reader.pack());
      if (row === undefined || row.length === 0 || row.length % 2 !== 0) throw badDataFormat();
      return SortedSet.ofRow(pairs(row), limits);
    }
    case RDB.zsetListpack:
      return SortedSet.ofRow(pairs(reader.listpack(2)), limits);
    default:
      return undefined;
  }
}

function readEntries(reader: RdbReader, readScore: () => number): Entry[] {
  const length = reader.length();
  if (length === 0) throw badDataFormat();
  const scores = new Map<string, number>();
  for (let i = 0; i < length; i++) {
    const member = reader.string();
    const score = readScore();
    if (Number.isNaN(score) || scores.has(member)) throw badDataFormat();
    scores.set(member, score);
  }
  return [...scores].map(([member, score]) => ({ member, score }));
}

function pairs(row: readonly string[]): Entry[] {
  const entries: Entry[] = [];
  const seen = new Set<string>();
  for (let i = 0; i < row.length; i += 2) {
    const [member = "", text = ""] = [row[i], row[i + 1]];
    const score = readDouble(text);
    if (score === undefined || seen.has(member)) throw badDataFormat();
    seen.add(member);
    entries.push({ member, score });
  }
  return entries;
}
