// The stream: entries in nodes, cut and trimmed exactly where Redis cuts and trims, because approximate trimming, XINFO and DUMP
// show the seams; and the groups that read it (t_stream.c).
import type { Bytes } from "../kernel/bytes.ts";
import type { Int64 } from "../kernel/integers.ts";
import type { EncodingLimits } from "./encoding-limits.ts";
import { byName, increment, type ConsumerGroup } from "./stream/consumer-group.ts";
import { IdMap } from "./stream/id-map.ts";
import { countRadixNodes } from "./stream/radix-tree.ts";
import { compareIds, GREATEST_ID, LEAST_ID, type StreamId } from "./stream/stream-id.ts";
import { StreamNode, type StreamEntry } from "./stream/stream-node.ts";

/** No node's listpack grows beyond it, whatever is configured. */
const MOST_NODE_BYTES = 1 << 30;

/** Where nodes end. */
export type NodeLimits = Pick<EncodingLimits, "streamNodeBytes" | "streamNodeEntries">;

/** What a trimmed stream keeps: so many entries, or those from an id on. */
export type TrimThreshold = { readonly maxLength: Int64 } | { readonly minId: StreamId };

export interface TrimOptions {
  /** Only whole nodes go. */
  readonly approximate: boolean;
  /** The most entries that go; 0: all. */
  readonly limit: Int64;
}

/** What a stream is made of, for whoever writes or reads it elsewhere. */
export interface StreamParts {
  readonly nodes: Iterable<StreamNode>;
  readonly groups: Iterable<ConsumerGroup>;
  readonly lastId: StreamId;
  readonly firstId: StreamId;
  readonly maxDeletedId: StreamId;
  readonly entriesAdded: Int64;
}

export class Stream {
  readonly #nodes = new IdMap<StreamNode>();
  readonly #groups = new Map<Bytes, ConsumerGroup>();
  #length = 0;
  /** The greatest id that was ever given; new ones must be greater. */
  lastId: StreamId = LEAST_ID;
  /** The first entry that is there, as Redis remembers it; 0-0 where there is none. */
  #firstId: StreamId = LEAST_ID;
  /** The greatest id that was deleted one by one. */
  maxDeletedId: StreamId = LEAST_ID;
  /** Entries that were ever added. */
  entriesAdded: Int64 = 0;

  get type() {
    return "stream" as const;
  }

  /** As OBJECT ENCODING names it. */
  get encoding() {
    return "stream" as const;
  }

  get length(): number {
    return this.#length;
  }

  get firstId(): StreamId {
    return this.#firstId;
  }

  /** The first id that lies in a node, be its entry deleted or not. */
  get firstKeptId(): StreamId | undefined {
    return this.#nodes.first()?.[0];
  }

  /** A stream of given parts, which it keeps. */
  static of(parts: StreamParts): Stream {
    const stream = new Stream();
    for (const node of parts.nodes) {
      stream.#nodes.set(node.masterId, node);
      stream.#length += node.count;
    }
    for (const group of parts.groups) stream.#groups.set(group.name, group);
    stream.lastId = parts.lastId;
    stream.#firstId = parts.firstId;
    stream.maxDeletedId = parts.maxDeletedId;
    stream.entriesAdded = parts.entriesAdded;
    return stream;
  }

  copy(_limits: EncodingLimits): Stream {
    return Stream.of({
      nodes: this.nodes().map((node) => node.copy()),
      groups: this.groups().map((group) => group.copy()),
      lastId: this.lastId,
      firstId: this.#firstId,
      maxDeletedId: this.maxDeletedId,
      entriesAdded: this.entriesAdded,
    });
  }

  /** The nodes in order. */
  nodes(): StreamNode[] {
    return Array.from(this.#nodes.from(), ([, node]) => node);
  }

  /** Nodes, which are the keys of Redis's radix tree. */
  get nodeCount(): number {
    return this.#nodes.size;
  }

  /** The nodes of that tree. */
  get radixNodeCount(): number {
    return countRadixNodes(this.nodes().map(({ masterId }) => masterId));
  }

  /** Appends an entry; its id is greater than `lastId` (streamAppendItem). */
  append(id: StreamId, fields: readonly Bytes[], values: readonly Bytes[], limits: NodeLimits): void {
    let node = this.#nodes.last()?.[1];
    if (node === undefined || isFull(node, weigh(fields) + weigh(values), limits)) {
      node = new StreamNode(id, fields);
      this.#nodes.set(id, node);
    }
    node.append(id, fields, values);
    this.#length++;
    this.entriesAdded = increment(this.entriesAdded);
    this.lastId = id;
    if (this.#length === 1) this.#firstId = id;
  }

  /** The entry with an id. */
  entry(id: StreamId): StreamEntry | undefined {
    const node = this.#nodes.atOrBefore(id)?.[1];
    const found = node?.at(node.indexOf(id));
    return found === undefined || found.deleted || compareIds(found.id, id) !== 0 ? undefined : found;
  }

  /** The entries from one id to another, both included. */
  *range(from: StreamId, to: StreamId): IterableIterator<StreamEntry> {
    const first = this.#nodes.atOrBefore(from)?.[0];
    for (const [, node] of this.#nodes.from(first)) {
      for (let at = node.indexOf(from), entry = node.at(at); entry !== undefined; entry = node.at(++at)) {
        if (compareIds(entry.id, to) > 0) return;
        if (!entry.deleted) yield entry;
      }
    }
  }

  /** The entries from one id to another, both included, the greatest first. */
  *backwards(from: StreamId, to: StreamId): IterableIterator<StreamEntry> {
    for (const [, node] of this.#nodes.backwardsFrom(to)) {
      const above = node.indexOf(to);
      const start = node.at(above) !== undefined && compareIds(node.at(above)!.id, to) === 0 ? above : above - 1;
      for (let at = start; at >= 0; at--) {
        const entry = node.at(at)!;
        if (compareIds(entry.id, from) < 0) return;
        if (!entry.deleted) yield entry;
      }
    }
  }

  /** The first entry that is there. */
  first(): StreamEntry | undefined {
    for (const entry of this.range(LEAST_ID, GREATEST_ID)) return entry;
    return undefined;
  }

  /** The last entry that is there. */
  last(): StreamEntry | undefined {
    for (const entry of this.backwards(LEAST_ID, GREATEST_ID)) return entry;
    return undefined;
  }

  /** Deletes the entries with these ids; gives how many there were (xdelCommand). */
  delete(ids: readonly StreamId[]): number {
    const before = this.#length;
    let losesFirst = false;
    for (const id of ids) {
      if (!this.#deleteOne(id)) continue;
      if (compareIds(id, this.#firstId) === 0) losesFirst = true;
      if (compareIds(id, this.maxDeletedId) > 0) this.maxDeletedId = id;
    }
    if (losesFirst) this.#findFirst();
    return before - this.#length;
  }

  #deleteOne(id: StreamId): boolean {
    const found = this.#nodes.atOrBefore(id);
    if (found === undefined || !found[1].delete(id)) return false;
    this.#length--;
    if (found[1].count === 0) this.#nodes.delete(found[0]);
    return true;
  }

  #findFirst(): void {
    this.#firstId = this.first()?.id ?? LEAST_ID;
  }

  /** Removes the oldest entries until the threshold is met, or the limit; gives how many went (streamTrim). */
  trim(threshold: TrimThreshold, { approximate, limit }: TrimOptions): number {
    let removed = 0;
    for (let first = this.#nodes.first(); first !== undefined; first = this.#nodes.first()) {
      const [id, node] = first;
      const { count } = node;
      if ("maxLength" in threshold && this.#length <= threshold.maxLength) break;
      if (limit !== 0 && removed + count > limit) break;
      if (!this.#goesAsWhole(node, threshold)) {
        if (!approximate) removed += this.#trimWithin(node, threshold);
        break;
      }
      this.#nodes.delete(id);
      this.#length -= count;
      removed += count;
    }
    if (removed > 0) this.#findFirst();
    return removed;
  }

  #goesAsWhole(node: StreamNode, threshold: TrimThreshold): boolean {
    if ("maxLength" in threshold) return this.#length - node.count >= threshold.maxLength;
    return compareIds(node.lastId, threshold.minId) < 0;
  }

  #trimWithin(node: StreamNode, threshold: TrimThreshold): number {
    const before = this.#length;
    for (let at = 0; at < node.size; at++) {
      const { id } = node.at(at)!;
      if ("maxLength" in threshold ? this.#length <= threshold.maxLength : compareIds(id, threshold.minId) >= 0) break;
      if (node.delete(id)) this.#length--;
    }
    return before - this.#length;
  }

  get groupCount(): number {
    return this.#groups.size;
  }

  group(name: Bytes): ConsumerGroup | undefined {
    return this.#groups.get(name);
  }

  /** The groups by name, as they lie in Redis's radix tree. */
  groups(): ConsumerGroup[] {
    return byName(this.#groups.values());
  }

  addGroup(group: ConsumerGroup): void {
    this.#groups.set(group.name, group);
  }

  removeGroup(name: Bytes): boolean {
    return this.#groups.delete(name);
  }
}

function isFull(node: StreamNode, moreBytes: number, { streamNodeBytes, streamNodeEntries }: NodeLimits): boolean {
  const most = streamNodeBytes === 0 ? MOST_NODE_BYTES : Math.min(streamNodeBytes, MOST_NODE_BYTES);
  return node.sizeBytes + moreBytes >= most || (streamNodeEntries > 0 && node.size >= streamNodeEntries);
}

function weigh(row: readonly Bytes[]): number {
  let sum = 0;
  for (const { length } of row) sum += length;
  return sum;
}
