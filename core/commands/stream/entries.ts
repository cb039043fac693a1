// How entries of streams are replied.
import type { Reply } from "../../resp/reply.ts";
import { printId } from "../../types/stream/stream-id.ts";
import type { StreamEntry } from "../../types/stream/stream-node.ts";

/** An id, and its fields with their values. */
export function replyEntry(reply: Reply, { id, fields, values }: StreamEntry): void {
  reply.array(2);
  reply.bulk(printId(id));
  reply.array(2 * fields.length);
  for (let i = 0; i < fields.length; i++) {
    reply.bulk(fields[i]!);
    reply.bulk(values[i]!);
  }
}

export function replyEntries(reply: Reply, entries: readonly StreamEntry[]): void {
  reply.array(entries.length);
  for (const entry of entries) replyEntry(reply, entry);
}

/** The first so many of a row; all where the count is 0. */
export function take<T>(row: Iterable<T>, count: number): T[] {
  if (count === 0) return Array.from(row);
  const taken: T[] = [];
  for (const each of row) {
    taken.push(each);
    if (taken.length >= count) break;
  }
  return taken;
}
