// Groups and consumers as commands find and make them, and how what happens to them travels to replicas.
import type { Bytes } from "../../kernel/bytes.ts";
import type { Value } from "../../keyspace/value.ts";
import { printed, ReplyError } from "../../resp/errors.ts";
import { Stream } from "../../types/stream.ts";
import type { Consumer, ConsumerGroup, Pending } from "../../types/stream/consumer-group.ts";
import { printId } from "../../types/stream/stream-id.ts";
import type { CommandContext } from "../context.ts";
import { asCollection } from "../values.ts";

/** A group in its stream, by its names. */
export interface FoundGroup {
  readonly key: Bytes;
  readonly stream: Stream;
  readonly group: ConsumerGroup;
}

/** The group of a stream, both of which must be there; `suffix` ends the error. */
export function findGroup({ db }: CommandContext, key: Bytes, name: Bytes, suffix = ""): FoundGroup {
  return groupIn(db.read(key), key, name, suffix);
}

/** The same, of a value that was read already. */
export function groupIn(value: Value | undefined, key: Bytes, name: Bytes, suffix = ""): FoundGroup {
  const stream = asCollection(value, Stream);
  const group = stream?.group(name);
  if (stream === undefined || group === undefined) throw noGroup(key, name, suffix);
  return { key, stream, group };
}

export const noGroup = (key: Bytes, name: Bytes, suffix = ""): ReplyError =>
  new ReplyError(`NOGROUP No such key '${printed(key)}' or consumer group '${printed(name)}'${suffix}`);

/** A group that a stream should have, in the words of XGROUP and XINFO. */
export const noGroupForKey = (key: Bytes, name: Bytes): ReplyError =>
  new ReplyError(`NOGROUP No such consumer group '${printed(name)}' for key name '${printed(key)}'`);

/** Makes a consumer, with the event; whoever calls tells replicas. */
export function createConsumer({ notify, now }: CommandContext, { key, group }: FoundGroup, name: Bytes): Consumer {
  notify("stream", "xgroup-createconsumer", key);
  return group.addConsumer(name, now);
}

/** The consumer of a name, made where there is none, and seen now. Replicas learn of a new one by its first entry, or at once. */
export function seenConsumer(context: CommandContext, found: FoundGroup, name: Bytes, told = false): Consumer {
  const existing = found.group.consumer(name);
  if (existing !== undefined) {
    existing.seenAt = context.now;
    return existing;
  }
  if (told) context.propagate("XGROUP", "CREATECONSUMER", found.key, found.group.name, name);
  else context.propagate.changed(1);
  return createConsumer(context, found, name);
}

/** Replicas learn who an entry waits for; its id travels as it was written. */
export function sendClaim(
  { propagate }: CommandContext,
  { key, group }: FoundGroup,
  id: Bytes,
  { consumer, deliveredAt, deliveries }: Pending,
): void {
  const head = ["XCLAIM", key, group.name, consumer.name, "0", id];
  const delivered = ["TIME", String(deliveredAt), "RETRYCOUNT", String(deliveries)];
  propagate(...head, ...delivered, "FORCE", "JUSTID", "LASTID", printId(group.lastId));
}

/** Replicas learn how far a group has read. */
export function sendPosition({ propagate }: CommandContext, { key, group }: FoundGroup): void {
  const { name, lastId, entriesRead = -1 } = group;
  propagate("XGROUP", "SETID", key, name, printId(lastId), "ENTRIESREAD", String(entriesRead));
}
