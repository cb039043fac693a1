// What XREAD and XREADGROUP do once they know what is asked: which streams have something, for whom, and who waits.
import type { Bytes } from "../../kernel/bytes.ts";
import { ReplyError } from "../../resp/errors.ts";
import { Stream } from "../../types/stream.ts";
import { increment, type Consumer, type ConsumerGroup } from "../../types/stream/consumer-group.ts";
import { pass } from "../../types/stream/progress.ts";
import {
  compareIds,
  GREATEST_ID,
  LEAST_ID,
  nextId,
  previousId,
  printId,
  type StreamId,
} from "../../types/stream/stream-id.ts";
import type { StreamEntry } from "../../types/stream/stream-node.ts";
import type { CommandContext } from "../context.ts";
import { readAs } from "../values.ts";
import { noGroup, seenConsumer, sendClaim, sendPosition, type FoundGroup } from "./consumers.ts";
import { replyEntry, take } from "./entries.ts";
import { readId } from "./ids.ts";

export interface Request {
  readonly streams: readonly { readonly name: Bytes; readonly id: Bytes }[];
  /** Of XREADGROUP. */
  readonly reader?: { readonly group: Bytes; readonly consumer: Bytes };
  /** The most entries of each stream; 0: all. */
  readonly count: number;
  /** Nothing waits to be acknowledged. */
  readonly noAck: boolean;
  /** How long to wait where there is nothing, 0 for ever; undefined: not at all. */
  readonly blockMs?: number;
}

/** A stream to be read behind an id; for a group the greatest id stands for what no consumer has been given. */
interface Source {
  readonly name: Bytes;
  readonly after: StreamId;
  readonly group: ConsumerGroup | undefined;
}

/** An entry, or the id of one that is gone and waits for the consumer all the same. */
interface Delivered {
  readonly id: StreamId;
  readonly entry: StreamEntry | undefined;
}

/** Replies at once what there is; otherwise waits, where that was asked for and is possible. */
export function serve(context: CommandContext, request: Request): void {
  const { reply, mayBlock, block } = context;
  const sources = request.streams.map((stream) => sourceOf(context, request, stream));
  if (deliver(context, request, sources)) return;
  if (request.blockMs === undefined || !mayBlock) {
    reply.nullArray();
    return;
  }
  const meant = settled(request, sources);
  block({
    again: [...context.argv.slice(0, -sources.length), ...meant.streams.map(({ id }) => id)],
    keys: request.streams.map(({ name }) => name),
    type: "stream",
    heedsLoss: request.reader !== undefined,
    timeoutMs: request.blockMs,
    retry: (name) => wake(context, meant, name),
    timedOut: () => reply.nullArray(),
  });
}

/** The request once it waits: what was meant by `$` is meant for good. */
function settled(request: Request, sources: readonly Source[]): Request {
  const settle = (id: Bytes, at: number): Bytes => (id === "$" ? printId(sources[at]!.after) : id);
  return { ...request, streams: request.streams.map(({ name, id }, at) => ({ name, id: settle(id, at) })) };
}

/** A stream was written to, or is gone: replies if that concerns the client, were it only by an error. */
function wake(context: CommandContext, request: Request, name: Bytes): boolean {
  if (context.profile.can.servesWrittenKeyAlone) return wakeFrom(context, request, name);
  return deliver(
    context,
    request,
    request.streams.map((each) => sourceOf(context, request, each)),
  );
}

/** The same from one stream alone, where an entry may be one that came and went. */
function wakeFrom(context: CommandContext, request: Request, name: Bytes): boolean {
  const value = context.db.look(name);
  const stream = value instanceof Stream ? value : undefined;
  const group = request.reader && stream?.group(request.reader.group);
  if (request.reader !== undefined && group === undefined) throw nothingToWaitFor(stream);
  // Named twice, a stream is waited for where it stands first.
  const asked = request.streams.find((each) => each.name === name)!;
  return deliver(context, request, [sourceOf(context, request, asked)], lastEver);
}

const nothingToWaitFor = (stream: Stream | undefined): ReplyError =>
  new ReplyError(
    stream === undefined
      ? "UNBLOCKED the stream key no longer exists"
      : "NOGROUP the consumer group this client was blocked on no longer exists",
  );

function sourceOf(context: CommandContext, { reader }: Request, { name, id }: Request["streams"][number]): Source {
  const stream = readAs(context, name, Stream);
  const group = reader && stream?.group(reader.group);
  if (reader !== undefined && group === undefined) {
    throw noGroup(name, reader.group, " in XREADGROUP with GROUP option");
  }
  return { name, group, after: startOf(context, stream, id, group !== undefined) };
}

function startOf(context: CommandContext, stream: Stream | undefined, id: Bytes, asGroup: boolean): StreamId {
  if (id === "$") {
    if (asGroup) throw meaningless("$");
    return stream?.lastId ?? LEAST_ID;
  }
  if (id === "+" && context.profile.can.readsLastEntry !== false) {
    if (asGroup) throw meaningless("+");
    return stream === undefined ? LEAST_ID : beforeLast(context, stream);
  }
  if (id !== ">") return readId(id);
  if (asGroup) return GREATEST_ID;
  throw new ReplyError(
    "ERR The > ID can be specified only when calling XREADGROUP using the GROUP <group> <consumer> option.",
  );
}

/** The id behind which the last entry comes. */
function beforeLast({ profile }: CommandContext, stream: Stream): StreamId {
  if (profile.can.readsLastEntry === "there") return previousId(stream.last()?.id ?? LEAST_ID) ?? LEAST_ID;
  const before = previousId(stream.lastId);
  if (before === undefined) throw new ReplyError("ERR the stream last element ID is 0-0");
  return before;
}

const meaningless = (id: Bytes): ReplyError =>
  new ReplyError(
    `ERR The ${id} ID is meaningless in the context of XREADGROUP: you want to read the history of this consumer by specifying a proper ID, or use the > ID to get new messages. The ${id} ID would just return an empty result set.`,
  );

/** Replies what the sources have; false where they have nothing. */
function deliver(
  context: CommandContext,
  request: Request,
  sources: readonly Source[],
  newestOf: NewestOf = lastThere,
): boolean {
  const { reply } = context;
  const served = sources.flatMap((source) => {
    const stream = readAs(context, source.name, Stream);
    const delivered = stream && entriesOf(context, request, { ...source, stream, newest: newestOf(stream) });
    return delivered === undefined ? [] : [{ name: source.name, delivered }];
  });
  if (served.length === 0) return false;
  if (reply.protocol === 3) reply.map(served.length);
  else reply.array(served.length);
  for (const { name, delivered } of served) {
    if (reply.protocol === 2) reply.array(2);
    reply.bulk(name);
    reply.array(delivered.length);
    for (const each of delivered) replyDelivered(context, each);
  }
  return true;
}

function replyDelivered({ reply }: CommandContext, { id, entry }: Delivered): void {
  if (entry !== undefined) {
    replyEntry(reply, entry);
    return;
  }
  reply.array(2);
  reply.bulk(printId(id));
  reply.nullArray();
}

/** Up to which id a stream has entries, where it has any. */
type NewestOf = (stream: Stream) => StreamId | undefined;

const lastThere: NewestOf = (stream) => stream.last()?.id;

/** The last that ever was, even if it is gone. */
const lastEver: NewestOf = ({ lastId }) => lastId;

function isBehind(id: StreamId, newest: StreamId | undefined): boolean {
  return newest !== undefined && compareIds(id, newest) < 0;
}

/** What a source has; undefined where it has nothing to serve, which is less than an empty history. */
function entriesOf(
  context: CommandContext,
  request: Request,
  { name, after, group, stream, newest }: Source & { readonly stream: Stream; readonly newest: StreamId | undefined },
): readonly Delivered[] | undefined {
  if (group === undefined) {
    if (!isBehind(after, newest)) return undefined;
    return asDelivered(take(stream.range(nextId(after)!, GREATEST_ID), request.count));
  }
  const found = { key: name, stream, group };
  const isHistory = compareIds(after, GREATEST_ID) !== 0;
  const isNew = !isHistory && isBehind(group.lastId, newest);
  if (!isHistory && !isNew && !context.profile.can.tracksConsumers) return undefined;
  const consumer = seenConsumer(context, found, request.reader!.consumer, request.noAck);
  if (isHistory) return historyOf(context, request, found, consumer, after);
  return isNew ? newEntries(context, request, found, consumer) : undefined;
}

function asDelivered(entries: readonly StreamEntry[]): Delivered[] {
  return entries.map((entry) => ({ id: entry.id, entry }));
}

/** What waits for a consumer behind an id, delivered once more. */
function historyOf(
  context: CommandContext,
  { count }: Request,
  { stream }: FoundGroup,
  consumer: Consumer,
  after: StreamId,
): Delivered[] {
  if (context.profile.can.countsRedelivery) context.propagate.changed(1);
  return take(consumer.pending.from(nextId(after)), count).map(([id, pending]) => {
    const entry = stream.entry(id);
    if (entry !== undefined) {
      pending.deliveredAt = context.now;
      pending.deliveries = increment(pending.deliveries);
    }
    return { id, entry };
  });
}

/** What no consumer of the group was given before. */
function newEntries(
  context: CommandContext,
  { count, noAck }: Request,
  found: FoundGroup,
  consumer: Consumer,
): Delivered[] {
  const { now, profile, propagate } = context;
  const { stream, group } = found;
  const entries = take(stream.range(nextId(group.lastId)!, GREATEST_ID), count);
  for (const { id } of entries) {
    pass(stream, group, id, profile.can.streamCounting);
    if (noAck) continue;
    const pending = { consumer, deliveredAt: now, deliveries: 1 };
    group.put(id, pending);
    consumer.activeAt = now;
    sendClaim(context, found, printId(id), pending);
  }
  const sendsPosition = noAck || profile.can.sendsGroupPosition;
  if (sendsPosition) sendPosition(context, found);
  propagate.changed(1 - (noAck ? 0 : entries.length) - (sendsPosition ? 1 : 0));
  return asDelivered(entries);
}
