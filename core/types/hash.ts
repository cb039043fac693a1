// The hash: fields in a short row in the order of coming, in a row ordered by their deadlines (Redis 7.4), or in a dictionary; it
// changes from one to the next where Redis's does, and not back (t_hash.c).
import type { Bytes } from "../kernel/bytes.ts";
import { Deadlines } from "../kernel/deadlines.ts";
import { Dict } from "../kernel/dict.ts";
import type { Int64 } from "../kernel/integers.ts";
import type { EncodingLimits } from "./encoding-limits.ts";

export type HashEncoding = "listpack" | "listpackex" | "hashtable";

/** A field, its value, and the millisecond of Unix time that is its last, where it has one. */
export interface HashEntry {
  readonly field: Bytes;
  readonly value: Bytes;
  readonly deadline: Int64 | undefined;
}

/** Small: three rows side by side, as a listpack has them one after the other. */
interface Row {
  readonly fields: Bytes[];
  readonly values: Bytes[];
  /** Only in `listpackex`: those with a deadline come first, the earliest at the head. */
  deadlines: (Int64 | undefined)[] | undefined;
}

/** Large. */
interface Table {
  readonly values: Dict<Bytes>;
  /** Only once a field has had one. */
  deadlines: Deadlines | undefined;
}

export class Hash {
  #row: Row | undefined = { fields: [], values: [], deadlines: undefined };
  #table: Table | undefined;

  /** A hash of these entries in their order, as `entries` gives them. */
  static from(entries: Iterable<HashEntry>, encoding: HashEncoding): Hash {
    const hash = new Hash();
    if (encoding !== "listpack") hash.expectDeadlines();
    if (encoding === "hashtable") hash.#becomeTable();
    for (const entry of entries) hash.#append(entry);
    return hash;
  }

  get type() {
    return "hash" as const;
  }

  /** As OBJECT ENCODING names it. */
  get encoding(): HashEncoding {
    if (this.#row === undefined) return "hashtable";
    return this.#row.deadlines === undefined ? "listpack" : "listpackex";
  }

  /** Fields, lapsed ones that nobody has noticed included. */
  get length(): number {
    return this.#row === undefined ? this.#table!.values.size : this.#row.fields.length;
  }

  copy(_limits: EncodingLimits): Hash {
    return Hash.from(this.entries(), this.encoding);
  }

  /** The entries in the order of the encoding; the hash must not change meanwhile. */
  *entries(): IterableIterator<HashEntry> {
    for (let i = 0; i < this.length; i++) yield this.at(i);
  }

  /** The entry at a place of that order. */
  at(index: number): HashEntry {
    if (this.#row !== undefined) {
      const { fields, values, deadlines } = this.#row;
      return { field: fields[index]!, value: values[index]!, deadline: deadlines?.[index] };
    }
    const { values, deadlines } = this.#table!;
    const field = values.keyAt(index)!;
    return { field, value: values.valueAt(index)!, deadline: deadlines?.get(field) };
  }

  has(field: Bytes): boolean {
    return this.#row === undefined ? this.#table!.values.has(field) : this.#row.fields.includes(field);
  }

  get(field: Bytes): Bytes | undefined {
    if (this.#row === undefined) return this.#table!.values.get(field);
    const at = this.#row.fields.indexOf(field);
    return at < 0 ? undefined : this.#row.values[at];
  }

  /** The deadline of a field; a field that has none, or is not there, gives undefined. */
  deadline(field: Bytes): Int64 | undefined {
    if (this.#row === undefined) return this.#table!.deadlines?.get(field);
    return this.#row.deadlines?.[this.#row.fields.indexOf(field)];
  }

  /** The earliest deadline of a field, or undefined when none has one. */
  get nextDeadline(): Int64 | undefined {
    return this.#row === undefined ? this.#table!.deadlines?.next() : this.#row.deadlines?.[0];
  }

  /** Expects the fields and values of a command, before they come (t_hash.c: hashTypeTryConversion). */
  expect(words: readonly Bytes[], { countsComingFields, hashEntries, hashValueBytes }: EncodingLimits): void {
    const tooMany = countsComingFields && words.length / 2 > hashEntries;
    if (tooMany || words.some(({ length }) => length > hashValueBytes)) this.#becomeTable();
  }

  /** Sets a field; true when it is new. Its deadline goes, unless it is to be kept (t_hash.c: hashTypeSet). */
  set(field: Bytes, value: Bytes, limits: EncodingLimits, { keepsDeadline = false } = {}): boolean {
    if (field.length > limits.hashValueBytes || value.length > limits.hashValueBytes) this.#becomeTable();
    if (this.#row === undefined) {
      if (!keepsDeadline) this.#table!.deadlines?.delete(field);
      return this.#table!.values.set(field, value);
    }
    const at = this.#row.fields.indexOf(field);
    if (at >= 0) this.#row.values[at] = value;
    else this.#append({ field, value, deadline: undefined });
    if (at >= 0 && !keepsDeadline) this.persist(field);
    if (this.length > limits.hashEntries) this.#becomeTable();
    return at < 0;
  }

  /** Removes a field; false when it was not there. No encoding changes. */
  delete(field: Bytes): boolean {
    if (this.#row === undefined) {
      this.#table!.deadlines?.delete(field);
      return this.#table!.values.delete(field);
    }
    const at = this.#row.fields.indexOf(field);
    if (at < 0) return false;
    this.#takeFromRow(at);
    return true;
  }

  /** Fields are about to be given deadlines: a listpack makes room for them, and stays so. */
  expectDeadlines(): void {
    if (this.#row === undefined) this.#table!.deadlines ??= new Deadlines();
    else this.#row.deadlines ??= this.#row.fields.map(() => undefined);
  }

  /** Gives a field that is there a deadline; only after `expectDeadlines`. In a row it comes before equal ones. */
  setDeadline(field: Bytes, when: Int64): void {
    if (this.#row === undefined) {
      this.#table!.deadlines!.set(field, when);
      return;
    }
    const value = this.#takeFromRow(this.#row.fields.indexOf(field));
    const { fields, values, deadlines } = this.#row;
    const later = deadlines!.findIndex((other) => other === undefined || other >= when);
    const at = later < 0 ? fields.length : later;
    fields.splice(at, 0, field);
    values.splice(at, 0, value);
    deadlines!.splice(at, 0, when);
  }

  /** Takes a field's deadline away; false when there was none. In a row the field moves to the end. */
  persist(field: Bytes): boolean {
    if (this.#row === undefined) return this.#table!.deadlines?.delete(field) ?? false;
    const at = this.#row.fields.indexOf(field);
    if (this.#row.deadlines?.[at] === undefined) return false;
    this.#append({ field, value: this.#takeFromRow(at), deadline: undefined });
    return true;
  }

  /** Removes fields whose deadline is before `now`, the earliest first, at most so many, and names them. */
  takeDue(now: number, atMost: number): Bytes[] {
    const taken: Bytes[] = [];
    for (let when = this.nextDeadline; when !== undefined && when < now; when = this.nextDeadline) {
      if (taken.length === atMost) break;
      const field = this.#row === undefined ? this.#table!.deadlines!.take() : this.#row.fields[0]!;
      this.delete(field);
      taken.push(field);
    }
    return taken;
  }

  /** See `Dict.scan`; what is small is visited at once. */
  scan(cursor: number, count: number, visit: (entry: HashEntry) => void): number {
    if (this.#table !== undefined) {
      const { values, deadlines } = this.#table;
      return values.scan(cursor, count, (field) =>
        visit({ field, value: values.get(field)!, deadline: deadlines?.get(field) }),
      );
    }
    for (const entry of this.entries()) visit(entry);
    return 0;
  }

  #append({ field, value, deadline }: HashEntry): void {
    if (this.#row === undefined) {
      this.#table!.values.set(field, value);
      if (deadline !== undefined) this.#table!.deadlines!.set(field, deadline);
      return;
    }
    this.#row.fields.push(field);
    this.#row.values.push(value);
    this.#row.deadlines?.push(deadline);
  }

  /** Takes the field at a place out of the row, and gives its value. */
  #takeFromRow(at: number): Bytes {
    const { fields, values, deadlines } = this.#row!;
    fields.splice(at, 1);
    deadlines?.splice(at, 1);
    return values.splice(at, 1)[0]!;
  }

  #becomeTable(): void {
    if (this.#row === undefined) return;
    const entries = [...this.entries()];
    const dated = this.#row.deadlines !== undefined;
    this.#row = undefined;
    this.#table = { values: new Dict(), deadlines: dated ? new Deadlines() : undefined };
    for (const entry of entries) this.#append(entry);
  }
}
