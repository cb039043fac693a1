// Streams in the RDB format: nodes by their ids, what the stream remembers, then the groups with what waits in them.
import type { Bytes } from "../kernel/bytes.ts";
import { parseInt64 } from "../kernel/integers.ts";
import { badDataFormat } from "../resp/errors.ts";
import { decodeListpack, encodeListpack } from "../types/listpack.ts";
import { ConsumerGroup } from "../types/stream/consumer-group.ts";
import { LEAST_ID, type StreamId, type Uint64 } from "../types/stream/stream-id.ts";
import { StreamNode } from "../types/stream/stream-node.ts";
import { Stream } from "../types/stream.ts";
import type { CodecContext } from "./codec-context.ts";
import { RdbReader } from "./rdb-reader.ts";
import { RDB } from "./rdb-types.ts";
import type { RdbWriter } from "./rdb-writer.ts";

/** A consumer that was never given anything; a group that does not know how many entries it has read. */
const NEVER = -1;
const UNKNOWN: Uint64 = 18446744073709551615n;
/** From this version of the format on, consumers remember when they were last given something. */
const ACTIVE_TIMES_FROM = 11;

export function writeStream(writer: RdbWriter, stream: Stream, { version }: CodecContext): void {
  const nodes = stream.nodes();
  writer.byte(version >= ACTIVE_TIMES_FROM ? RDB.streamListpacks3 : RDB.streamListpacks2);
  writer.length(nodes.length);
  for (const node of nodes) {
    writer.string(packId(node.masterId));
    writer.string(encodeListpack(node.listpack()));
  }
  writer.length(stream.length);
  writeId(writer, stream.lastId);
  writeId(writer, stream.firstId);
  writeId(writer, stream.maxDeletedId);
  writer.length(asUnsigned(stream.entriesAdded));
  const groups = stream.groups();
  writer.length(groups.length);
  for (const group of groups) writeGroup(writer, group, version);
}

function writeGroup(writer: RdbWriter, group: ConsumerGroup, version: number): void {
  writer.string(group.name);
  writeId(writer, group.lastId);
  writer.length(group.entriesRead === undefined ? UNKNOWN : asUnsigned(group.entriesRead));
  writer.length(group.pending.size);
  for (const [id, { deliveredAt, deliveries }] of group.pending.from()) {
    writer.raw(packId(id));
    writer.milliseconds(deliveredAt);
    writer.length(asUnsigned(deliveries));
  }
  const consumers = group.consumers();
  writer.length(consumers.length);
  for (const { name, seenAt, activeAt, pending } of consumers) {
    writer.string(name);
    writer.milliseconds(seenAt);
    if (version >= ACTIVE_TIMES_FROM) writer.milliseconds(activeAt ?? NEVER);
    writer.length(pending.size);
    for (const [id] of pending.from()) writer.raw(packId(id));
  }
}

function writeId(writer: RdbWriter, { ms, seq }: StreamId): void {
  writer.length(ms);
  writer.length(seq);
}

/** Sixteen bytes, the highest first. */
function packId({ ms, seq }: StreamId): Bytes {
  let bytes = "";
  for (const half of [ms, seq]) {
    const hex = BigInt(half).toString(16).padStart(16, "0");
    for (let i = 0; i < 16; i += 2) bytes += String.fromCharCode(Number.parseInt(hex.slice(i, i + 2), 16));
  }
  return bytes;
}

function unpackId(bytes: Bytes): StreamId {
  if (bytes.length !== 16) throw badDataFormat();
  const reader = new RdbReader(`\x81${bytes.slice(0, 8)}\x81${bytes.slice(8)}`);
  return { ms: reader.uint64(), seq: reader.uint64() };
}

function asUnsigned(value: Uint64): Uint64 {
  return value < 0 ? BigInt.asUintN(64, BigInt(value)) : value;
}

export function readStream(reader: RdbReader, type: number, _context: CodecContext): Stream | undefined {
  if (type !== RDB.streamListpacks && type !== RDB.streamListpacks2 && type !== RDB.streamListpacks3) return undefined;
  const nodes = Array.from({ length: reader.length() }, () => readNode(reader));
  const length = reader.length();
  const lastId = readId(reader);
  const remembers = type !== RDB.streamListpacks;
  const firstId = remembers ? readId(reader) : firstOf(nodes);
  const maxDeletedId = remembers ? readId(reader) : LEAST_ID;
  const entriesAdded = remembers ? reader.int64() : length;
  const groups = Array.from({ length: reader.length() }, () => readGroup(reader, type));
  const stream = Stream.of({ nodes, groups, lastId, firstId, maxDeletedId, entriesAdded });
  if (stream.length !== length) throw badDataFormat();
  return stream;
}

function readNode(reader: RdbReader): StreamNode {
  const masterId = unpackId(reader.string());
  const entries = decodeListpack(reader.pack());
  if (entries === undefined || entries.length === 0 || parseInt64(entries[0]!) === undefined) throw badDataFormat();
  const node = StreamNode.ofListpack(masterId, entries);
  if (node === undefined) throw badDataFormat();
  return node;
}

function readId(reader: RdbReader): StreamId {
  return { ms: reader.uint64(), seq: reader.uint64() };
}

/** The first entry that is not deleted. */
function firstOf(nodes: readonly StreamNode[]): StreamId {
  for (const node of nodes) {
    for (let i = 0; i < node.size; i++) {
      const { id, deleted } = node.at(i)!;
      if (!deleted) return id;
    }
  }
  return LEAST_ID;
}

function readGroup(reader: RdbReader, type: number): ConsumerGroup {
  const name = reader.string();
  const lastId = readId(reader);
  const entriesRead = type === RDB.streamListpacks ? NEVER : reader.int64();
  const group = new ConsumerGroup(name, lastId, entriesRead === NEVER ? undefined : entriesRead);
  const waiting = new Map<Bytes, { readonly deliveredAt: number; readonly deliveries: number | bigint }>();
  for (let left = reader.length(); left > 0; left--) {
    const id = reader.raw(16);
    if (waiting.has(id)) throw badDataFormat();
    waiting.set(id, { deliveredAt: reader.milliseconds(), deliveries: reader.int64() });
  }
  for (let left = reader.length(); left > 0; left--) readConsumer(reader, group, { type, waiting });
  if (group.pending.size !== waiting.size) throw badDataFormat();
  return group;
}

interface ConsumerSource {
  readonly type: number;
  readonly waiting: ReadonlyMap<Bytes, { readonly deliveredAt: number; readonly deliveries: number | bigint }>;
}

/** What waits for a consumer must wait in the group. */
function readConsumer(reader: RdbReader, group: ConsumerGroup, { type, waiting }: ConsumerSource): void {
  const name = reader.string();
  const seenAt = reader.milliseconds();
  const activeAt = type === RDB.streamListpacks3 ? reader.milliseconds() : seenAt;
  if (group.consumer(name) !== undefined) throw badDataFormat();
  const consumer = group.addConsumer(name, seenAt);
  consumer.activeAt = activeAt === NEVER ? undefined : activeAt;
  for (let left = reader.length(); left > 0; left--) {
    const packed = reader.raw(16);
    const pending = waiting.get(packed);
    if (pending === undefined) throw badDataFormat();
    group.put(unpackId(packed), { ...pending, consumer });
  }
}
