// A node of a stream: a row of entries that lie in one listpack, relative to the first that was there (t_stream.c).
import type { Bytes } from "../../kernel/bytes.ts";
import { parseInt64 } from "../../kernel/integers.ts";
import { EMPTY_LISTPACK_BYTES, entryBytes, integerEntryBytes } from "../listpack.ts";
import { addDifference, difference, type StreamId, type Uint64 } from "./stream-id.ts";

/** An entry; a deleted one keeps its place until its node goes. */
export interface StreamEntry {
  readonly id: StreamId;
  /** The node's own row where they are the same. */
  readonly fields: readonly Bytes[];
  readonly values: readonly Bytes[];
  readonly deleted: boolean;
}

/** Flags of an entry as the listpack holds them. */
const DELETED = 1;
const SAME_FIELDS = 2;
/** As an entry of the listpack, whichever they are. */
const FLAGS_BYTES = 2;

/** Entries lie in columns, as much of each as it has of its own: as objects they would weigh twice as much. */
export class StreamNode {
  /** What the ids of its entries are kept relative to. */
  readonly masterId: StreamId;
  /** The names of fields that entries need not repeat. */
  readonly fields: readonly Bytes[];
  readonly #times: Uint64[] = [];
  readonly #sequences: Uint64[] = [];
  /** The values of all entries, one after the other, and where each entry's end. */
  readonly #values: Bytes[] = [];
  readonly #ends: number[] = [];
  /** Of entries whose fields are not the node's, by their index. */
  readonly #otherFields = new Map<number, readonly Bytes[]>();
  readonly #deleted = new Set<number>();
  /** Of the listpack without the two counts. */
  #restBytes: number;

  constructor(masterId: StreamId, fields: readonly Bytes[]) {
    this.masterId = masterId;
    this.fields = fields;
    this.#restBytes = EMPTY_LISTPACK_BYTES + bytesOf([String(fields.length), ...fields, "0"]);
  }

  /** A node as DUMP and RDB hold it; undefined where the entries of the listpack do not make one. */
  static ofListpack(masterId: StreamId, listpack: readonly Bytes[]): StreamNode | undefined {
    const fieldCount = Number(listpack[2]);
    const node = new StreamNode(masterId, listpack.slice(3, 3 + fieldCount));
    let at = 4 + fieldCount;
    while (at < listpack.length) {
      const [flags, ms, seq] = listpack.slice(at, at + 3).map(parseInt64);
      if (flags === undefined || ms === undefined || seq === undefined) return undefined;
      const id = { ms: addDifference(masterId.ms, ms), seq: addDifference(masterId.seq, seq) };
      const same = (Number(flags) & SAME_FIELDS) !== 0;
      at += same ? 3 : 4;
      const row = listpack.slice(at, at + (same ? fieldCount : 2 * Number(listpack[at - 1])));
      const fields = same ? node.fields : row.filter((_, i) => i % 2 === 0);
      const values = same ? row : row.filter((_, i) => i % 2 === 1);
      at += row.length + 1;
      node.#push({ id, fields, values, deleted: (Number(flags) & DELETED) !== 0 });
    }
    const [count, deleted] = listpack;
    return at === listpack.length && String(node.count) === count && String(node.#deleted.size) === deleted
      ? node
      : undefined;
  }

  copy(): StreamNode {
    const copy = new StreamNode(this.masterId, this.fields);
    for (const entry of this.#entries()) copy.#push(entry);
    return copy;
  }

  /** Entries that are not deleted. */
  get count(): number {
    return this.size - this.#deleted.size;
  }

  /** Entries, deleted ones included. */
  get size(): number {
    return this.#ends.length;
  }

  /** Of the listpack. */
  get sizeBytes(): number {
    return this.#restBytes + integerEntryBytes(this.count) + integerEntryBytes(this.#deleted.size);
  }

  /** The last id, whether its entry is deleted or not. */
  get lastId(): StreamId {
    return { ms: this.#times.at(-1)!, seq: this.#sequences.at(-1)! };
  }

  /** Appends an entry; its id is greater than all before. */
  append(id: StreamId, fields: readonly Bytes[], values: readonly Bytes[]): void {
    const same = fields.length === this.fields.length && fields.every((field, i) => field === this.fields[i]);
    this.#push({ id, fields: same ? this.fields : fields, values, deleted: false });
  }

  #push(entry: StreamEntry): void {
    const { id, fields, values, deleted } = entry;
    if (fields !== this.fields) this.#otherFields.set(this.size, fields);
    if (deleted) this.#deleted.add(this.size);
    this.#times.push(id.ms);
    this.#sequences.push(id.seq);
    for (const value of values) this.#values.push(value);
    this.#ends.push(this.#values.length);
    this.#restBytes += this.#rowBytes(entry);
  }

  /** Of `#rowOf`, without making it. */
  #rowBytes({ id, fields, values }: StreamEntry): number {
    const { masterId } = this;
    const same = fields === this.fields;
    const length = same ? 3 + values.length : 4 + 2 * values.length;
    return (
      FLAGS_BYTES +
      integerEntryBytes(difference(id.ms, masterId.ms)) +
      integerEntryBytes(difference(id.seq, masterId.seq)) +
      (same ? 0 : integerEntryBytes(fields.length) + bytesOf(fields)) +
      bytesOf(values) +
      integerEntryBytes(length)
    );
  }

  /** Marks an entry as deleted; false where there is none. */
  delete(id: StreamId): boolean {
    const at = this.indexOf(id);
    if (at === this.size || this.#deleted.has(at) || this.#compare(at, id) !== 0) return false;
    this.#deleted.add(at);
    return true;
  }

  /** The index of the first entry whose id is not less; `size` where there is none. */
  indexOf(id: StreamId): number {
    let low = 0;
    let high = this.size;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.#compare(middle, id) < 0) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  /** Negative where the entry's id is less, positive where it is greater. */
  #compare(at: number, { ms, seq }: StreamId): number {
    const time = this.#times[at]!;
    const sequence = this.#sequences[at]!;
    if (time !== ms) return time < ms ? -1 : 1;
    if (sequence !== seq) return sequence < seq ? -1 : 1;
    return 0;
  }

  /** The entry at an index, which may be deleted. */
  at(index: number): StreamEntry | undefined {
    const end = this.#ends[index];
    if (end === undefined) return undefined;
    return {
      id: { ms: this.#times[index]!, seq: this.#sequences[index]! },
      fields: this.#otherFields.get(index) ?? this.fields,
      values: this.#values.slice(index === 0 ? 0 : this.#ends[index - 1], end),
      deleted: this.#deleted.has(index),
    };
  }

  #entries(): StreamEntry[] {
    return Array.from(this.#ends, (_, at) => this.at(at)!);
  }

  /** The entries of the listpack: counts and fields of the node, then each row, its length behind it to be read backwards. */
  listpack(): Bytes[] {
    const { count, fields } = this;
    const header = [String(count), String(this.#deleted.size), String(fields.length), ...fields, "0"];
    return [...header, ...this.#entries().flatMap((entry) => this.#rowOf(entry))];
  }

  #rowOf({ id, fields, values, deleted }: StreamEntry): Bytes[] {
    const { masterId } = this;
    const same = fields === this.fields;
    const row = [
      String((same ? SAME_FIELDS : 0) | (deleted ? DELETED : 0)),
      String(difference(id.ms, masterId.ms)),
      String(difference(id.seq, masterId.seq)),
    ];
    if (same) row.push(...values);
    else row.push(String(fields.length), ...fields.flatMap((field, i) => [field, values[i]!]));
    row.push(String(row.length));
    return row;
  }
}

function bytesOf(entries: readonly Bytes[]): number {
  let sum = 0;
  for (const entry of entries) sum += entryBytes(entry);
  return sum;
}
