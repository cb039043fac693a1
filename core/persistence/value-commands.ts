// Values as the commands that make them: the rewritten append-only file where it is no RDB file (aof.c: rewriteAppendOnlyFileRio).
import type { Bytes } from "../kernel/bytes.ts";
import { printDigits, printDouble, type DoubleStyle } from "../kernel/doubles.ts";
import type { Int64 } from "../kernel/integers.ts";
import type { Value } from "../keyspace/value.ts";
import type { Hash } from "../types/hash.ts";
import type { ConsumerGroup } from "../types/stream/consumer-group.ts";
import { GREATEST_ID, LEAST_ID, printId } from "../types/stream/stream-id.ts";
import type { Stream } from "../types/stream.ts";
import { stringBytes } from "../types/string-value.ts";

/** As many elements as one command brings. */
const BATCH = 64;

type Words = readonly Bytes[];

/** A key, what it holds, and when it ends. */
export interface CommandedKey {
  readonly key: Bytes;
  readonly value: Value;
  /** Milliseconds of Unix time. */
  readonly deadline: Int64 | undefined;
}

/** There are no commands that make such a value: the process that was to write them dies, as it does in Redis 8.0. */
export class NoCommandsError extends Error {
  override readonly name = "NoCommandsError";
}

/** The commands after which a key is there as it was; throws a NoCommandsError where there are none. */
export function* commandsOf({ key, value, deadline }: CommandedKey, scores: DoubleStyle): IterableIterator<Words> {
  yield* valueCommands(key, value, scores);
  if (deadline !== undefined) yield ["PEXPIREAT", key, String(deadline)];
}

function* valueCommands(key: Bytes, value: Value, scores: DoubleStyle): IterableIterator<Words> {
  if (typeof value === "string" || value.type === "string") {
    yield ["SET", key, stringBytes(value)];
    return;
  }
  switch (value.type) {
    case "list":
      yield* batches(["RPUSH", key], rows(value.range(0, value.length)));
      return;
    case "set":
      yield* batches(["SADD", key], rows(value.members()));
      return;
    case "zset": {
      const entries = [...value.range({ from: 0, to: value.length })];
      yield* batches(
        ["ZADD", key],
        entries.map(({ member, score }) => [
          scores === "shortest" ? printDigits(score) : printDouble(score, scores),
          member,
        ]),
      );
      return;
    }
    case "hash":
      yield* hashCommands(key, value);
      return;
    case "stream":
      yield* streamCommands(key, value);
      return;
    case "vectorset":
      throw new NoCommandsError("a vector set has no commands that make it what it is");
  }
}

function rows(elements: Iterable<Bytes>): Words[] {
  return Array.from(elements, (element) => [element]);
}

function* batches(start: Words, all: readonly Words[]): IterableIterator<Words> {
  for (let at = 0; at < all.length; at += BATCH) yield [...start, ...all.slice(at, at + BATCH).flat()];
}

/** Fields one by one where any of them has a time of its own, or had one. */
function* hashCommands(key: Bytes, hash: Hash): IterableIterator<Words> {
  const entries = [...hash.entries()];
  if (hash.encoding !== "listpackex" && entries.every(({ deadline }) => deadline === undefined)) {
    yield* batches(
      ["HMSET", key],
      entries.map(({ field, value }) => [field, value]),
    );
    return;
  }
  for (const { field, value, deadline } of entries) {
    yield ["HMSET", key, field, value];
    if (deadline !== undefined) yield ["HPEXPIREAT", key, String(deadline), "FIELDS", "1", field];
  }
}

function* streamCommands(key: Bytes, stream: Stream): IterableIterator<Words> {
  for (const { id, fields, values } of stream.range(LEAST_ID, GREATEST_ID)) {
    yield ["XADD", key, printId(id), ...fields.flatMap((field, i) => [field, values[i]!])];
  }
  // A stream without entries is made by one that does not stay.
  if (stream.length === 0) yield ["XADD", key, "MAXLEN", "0", "0-1", "x", "y"];
  const { lastId, entriesAdded, maxDeletedId } = stream;
  const facts = ["ENTRIESADDED", String(entriesAdded), "MAXDELETEDID", printId(maxDeletedId)];
  yield ["XSETID", key, printId(lastId), ...facts];
  for (const group of stream.groups()) yield* groupCommands(key, group);
}

function* groupCommands(key: Bytes, group: ConsumerGroup): IterableIterator<Words> {
  const { name, lastId, entriesRead = -1 } = group;
  yield ["XGROUP", "CREATE", key, name, printId(lastId), "ENTRIESREAD", String(entriesRead)];
  for (const consumer of group.consumers()) {
    if (consumer.pending.size === 0) yield ["XGROUP", "CREATECONSUMER", key, name, consumer.name];
    for (const [id, { deliveredAt, deliveries }] of consumer.pending.from()) {
      const facts = ["TIME", String(deliveredAt), "RETRYCOUNT", String(deliveries), "JUSTID", "FORCE"];
      yield ["XCLAIM", key, name, consumer.name, "0", printId(id), ...facts];
    }
  }
}
