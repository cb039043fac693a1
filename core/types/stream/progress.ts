// How far a group has read its stream, told from counts alone where that is possible (t_stream.c: streamReplyWithCGLag).
import { fitInt64, type Int64 } from "../../kernel/integers.ts";
import { increment, type ConsumerGroup } from "./consumer-group.ts";
import { compareIds, LEAST_ID, type StreamId } from "./stream-id.ts";

/** What a stream remembers of itself. */
export interface StreamMemory {
  readonly length: number;
  readonly firstId: StreamId;
  readonly lastId: StreamId;
  readonly maxDeletedId: StreamId;
  readonly entriesAdded: Int64;
}

/** Where counts are trusted; servers differ. */
export interface CountingRule {
  /** A group counts on only from the first entry that is left (Redis 7.4, Valkey 8). */
  readonly countsFromFirst: boolean;
  /** Its lag follows from its count only there, and an empty stream has none (Redis 7.4). */
  readonly lagFromFirst: boolean;
  /** An entry that was deleted makes counts below it uncertain even when nothing is left there (Valkey 8). */
  readonly deletedAlwaysMatter: boolean;
}

/** The entries that a group has yet to read; undefined where nobody can know. */
export function lagOf(stream: StreamMemory, group: ConsumerGroup, rule: CountingRule): Int64 | undefined {
  const { lastId, entriesRead } = group;
  if (stream.entriesAdded === 0 || (rule.lagFromFirst && stream.length === 0)) return 0;
  const counts = entriesRead !== undefined && isCounted(stream, lastId, rule, rule.lagFromFirst);
  const read = counts ? entriesRead : entriesUpTo(stream, lastId, rule);
  return read === undefined ? undefined : difference(stream.entriesAdded, read);
}

/** A group is given an entry: it is the last that it has read, and one more where that can be counted. */
export function pass(stream: StreamMemory, group: ConsumerGroup, id: StreamId, rule: CountingRule): void {
  const { lastId, entriesRead } = group;
  const counts =
    entriesRead !== undefined && isCounted(stream, rule.countsFromFirst ? lastId : id, rule, rule.countsFromFirst);
  group.entriesRead = counts ? increment(entriesRead) : entriesUpTo(stream, id, rule);
  group.lastId = id;
}

/** Whether nothing was deleted from an id on; `fromFirst`: nor was anything before the first entry skipped. */
function isCounted(stream: StreamMemory, id: StreamId, rule: CountingRule, fromFirst: boolean): boolean {
  return (!fromFirst || compareIds(id, stream.firstId) >= 0) && !hasDeletedFrom(stream, id, rule);
}

/** Whether an entry was deleted from an id on, and matters (streamRangeHasTombstones). */
function hasDeletedFrom({ length, firstId, maxDeletedId }: StreamMemory, id: StreamId, rule: CountingRule): boolean {
  if (length === 0 || compareIds(maxDeletedId, LEAST_ID) === 0) return false;
  if (!rule.deletedAlwaysMatter && compareIds(firstId, maxDeletedId) > 0) return false;
  return compareIds(id, maxDeletedId) <= 0;
}

/** How many entries were ever added up to an id, where that can be told (streamEstimateDistanceFromFirstEverEntry). */
function entriesUpTo(stream: StreamMemory, id: StreamId, rule: CountingRule): Int64 | undefined {
  const { length, firstId, lastId, maxDeletedId, entriesAdded } = stream;
  const fromLast = compareIds(id, lastId);
  if (length === 0 && fromLast <= 0) return entriesAdded;
  if (rule.deletedAlwaysMatter && compareIds(id, LEAST_ID) !== 0 && compareIds(id, maxDeletedId) < 0) return undefined;
  if (fromLast === 0) return entriesAdded;
  if (fromLast > 0 || compareIds(maxDeletedId, firstId) >= 0) return undefined;
  const fromFirst = compareIds(id, firstId);
  if (fromFirst > 0) return undefined;
  const gone = difference(entriesAdded, length);
  return fromFirst < 0 ? gone : increment(gone);
}

/** In 64 bits that wrap. */
function difference(a: Int64, b: Int64): Int64 {
  return fitInt64(BigInt.asIntN(64, BigInt(a) - BigInt(b)))!;
}
