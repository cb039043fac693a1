// How far a group has read its stream, told from counts alone where that is possible (t_stream.c: streamReplyWithCGLag).
import { subtractInt64, type Int64 } from "../../kernel/integers.ts";
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

/** Redis has learnt to count better. */
export type CountingRule = "7.0" | "modern";

/** The entries that a group has yet to read; undefined where nobody can know. */
export function lagOf(stream: StreamMemory, group: ConsumerGroup, rule: CountingRule): Int64 | undefined {
  if (stream.entriesAdded === 0) return 0;
  const { lastId, entriesRead } = group;
  const counts =
    entriesRead !== undefined &&
    (rule === "7.0" || compareIds(lastId, stream.firstId) >= 0) &&
    !hasDeletedFrom(stream, lastId, rule);
  const read = counts ? entriesRead : entriesUpTo(stream, lastId, rule);
  return read === undefined ? undefined : subtractInt64(stream.entriesAdded, read);
}

/** A group is given an entry: it is the last that it has read, and one more where that can be counted. */
export function pass(stream: StreamMemory, group: ConsumerGroup, id: StreamId, rule: CountingRule): void {
  const { lastId, entriesRead } = group;
  const counts =
    entriesRead !== undefined &&
    (rule === "7.0" || compareIds(lastId, stream.firstId) >= 0) &&
    !hasDeletedFrom(stream, rule === "7.0" ? id : lastId, rule);
  group.entriesRead = counts ? increment(entriesRead) : entriesUpTo(stream, id, rule);
  group.lastId = id;
}

/** Whether an entry was deleted from an id on (streamRangeHasTombstones). */
function hasDeletedFrom({ length, firstId, maxDeletedId }: StreamMemory, id: StreamId, rule: CountingRule): boolean {
  if (length === 0 || compareIds(maxDeletedId, LEAST_ID) === 0) return false;
  if (rule !== "7.0" && compareIds(firstId, maxDeletedId) > 0) return false;
  return compareIds(id, maxDeletedId) <= 0;
}

/** How many entries were ever added up to an id, where that can be told (streamEstimateDistanceFromFirstEverEntry). */
function entriesUpTo(stream: StreamMemory, id: StreamId, rule: CountingRule): Int64 | undefined {
  const { length, firstId, lastId, maxDeletedId, entriesAdded } = stream;
  if (entriesAdded === 0) return 0;
  const fromLast = compareIds(id, lastId);
  if (length === 0 && fromLast <= 0) return entriesAdded;
  if (rule !== "7.0" && compareIds(id, LEAST_ID) !== 0 && compareIds(id, maxDeletedId) < 0) return undefined;
  if (fromLast === 0) return entriesAdded;
  if (fromLast > 0) return undefined;
  if (compareIds(maxDeletedId, LEAST_ID) !== 0 && compareIds(maxDeletedId, firstId) >= 0) return undefined;
  const fromFirst = compareIds(id, firstId);
  if (fromFirst > 0) return undefined;
  const gone = subtractInt64(entriesAdded, length)!;
  return fromFirst < 0 ? gone : increment(gone);
}
