// A group of consumers that share a stream: how far it has read, and which entries wait to be acknowledged, by whom.
import type { Bytes } from "../../kernel/bytes.ts";
import { addInt64, INT64_MIN, type Int64 } from "../../kernel/integers.ts";
import { IdMap } from "./id-map.ts";
import type { StreamId } from "./stream-id.ts";

/** An entry that was delivered and not acknowledged. Redis calls it a NACK. */
export interface Pending {
  consumer: Consumer;
  /** Milliseconds of Unix time. */
  deliveredAt: number;
  deliveries: Int64;
}

export class Consumer {
  readonly name: Bytes;
  /** When it last tried to read or claim, in milliseconds of Unix time. */
  seenAt: number;
  /** When it last was given an entry. */
  activeAt: number | undefined;
  /** What waits for its acknowledgement; the same objects are in the group's map. */
  readonly pending = new IdMap<Pending>();

  constructor(name: Bytes, seenAt: number) {
    this.name = name;
    this.seenAt = seenAt;
  }
}

export class ConsumerGroup {
  readonly name: Bytes;
  /** The last entry that was delivered. */
  lastId: StreamId;
  /** How many entries of the stream it has passed; undefined where nobody can know. */
  entriesRead: Int64 | undefined;
  readonly pending = new IdMap<Pending>();
  readonly #consumers = new Map<Bytes, Consumer>();

  constructor(name: Bytes, lastId: StreamId, entriesRead: Int64 | undefined) {
    this.name = name;
    this.lastId = lastId;
    this.entriesRead = entriesRead;
  }

  copy(): ConsumerGroup {
    const copy = new ConsumerGroup(this.name, this.lastId, this.entriesRead);
    for (const { name, seenAt, activeAt } of this.#consumers.values())
      copy.addConsumer(name, seenAt).activeAt = activeAt;
    for (const [id, { consumer, deliveredAt, deliveries }] of this.pending.from()) {
      copy.put(id, { consumer: copy.consumer(consumer.name)!, deliveredAt, deliveries });
    }
    return copy;
  }

  get consumerCount(): number {
    return this.#consumers.size;
  }

  consumer(name: Bytes): Consumer | undefined {
    return this.#consumers.get(name);
  }

  /** The consumers by name, as they lie in Redis's radix tree. */
  consumers(): Consumer[] {
    return byName(this.#consumers.values());
  }

  addConsumer(name: Bytes, seenAt: number): Consumer {
    const consumer = new Consumer(name, seenAt);
    this.#consumers.set(name, consumer);
    return consumer;
  }

  /** Removes a consumer with all that waits for it. */
  removeConsumer(consumer: Consumer): void {
    for (const [id] of consumer.pending.from()) this.pending.delete(id);
    this.#consumers.delete(consumer.name);
  }

  /** An entry waits for a consumer from now on; whoever it waited for before is relieved of it. */
  put(id: StreamId, pending: Pending): void {
    const before = this.pending.get(id);
    if (before !== undefined && before.consumer !== pending.consumer) before.consumer.pending.delete(id);
    this.pending.set(id, pending);
    pending.consumer.pending.set(id, pending);
  }

  /** Nobody waits for an entry any more; false where nobody did. */
  remove(id: StreamId): boolean {
    const pending = this.pending.get(id);
    if (pending === undefined) return false;
    this.pending.delete(id);
    pending.consumer.pending.delete(id);
    return true;
  }
}

/** Rows in the order of their names' bytes. */
export function byName<T extends { readonly name: Bytes }>(rows: Iterable<T>): T[] {
  return Array.from(rows).toSorted((a, b) => (a.name < b.name ? -1 : 1));
}

/** One more, in 64 bits that wrap. */
export function increment(count: Int64): Int64 {
  return addInt64(count, 1) ?? INT64_MIN;
}
