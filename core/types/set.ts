// The set: sorted integers, a short row in the order of coming (7.2), or a dictionary; it changes from one to the next where
// Redis's does, and not back (t_set.c, intset.c).
import type { Bytes } from "../kernel/bytes.ts";
import { Dict } from "../kernel/dict.ts";
import { parseInt64, type Int64 } from "../kernel/integers.ts";
import type { Random } from "../kernel/random.ts";
import type { EncodingLimits } from "./encoding-limits.ts";
import { EMPTY_LISTPACK_BYTES, entryBytes, fitsListpack } from "./listpack.ts";

export type SetEncoding = "intset" | "listpack" | "hashtable";

/** Bytes of an integer in an intset: all have the width of the widest that ever came. */
export type IntegerWidth = 2 | 4 | 8;

export class MemberSet {
  #encoding: SetEncoding = "intset";
  #integers: Int64[] = [];
  #width: IntegerWidth = 2;
  #row: Bytes[] = [];
  #rowBytes = EMPTY_LISTPACK_BYTES;
  #table: Dict<undefined> | undefined;
  #presizedFor = 0;

  /** An empty set for a first member and as many as are expected to come (t_set.c: setTypeCreate). */
  static sized(first: Bytes, expected: number, limits: EncodingLimits): MemberSet {
    const set = new MemberSet();
    if (parseInt64(first) !== undefined && expected <= limits.intsetEntries) return set;
    if (limits.setEntries !== undefined && expected <= limits.setEntries) set.#encoding = "listpack";
    else if (parseInt64(first) === undefined || limits.setEntries !== undefined)
      set.#becomeTable(limits.setEntries === undefined ? 0 : expected);
    return set;
  }

  /** An empty set in a given encoding, for results that are stored. */
  static encoded(encoding: SetEncoding): MemberSet {
    const set = new MemberSet();
    if (encoding === "hashtable") set.#becomeTable();
    else set.#encoding = encoding;
    return set;
  }

  /** Sorted integers as RESTORE finds them. */
  static ofIntegers(integers: readonly Int64[], width: IntegerWidth, limits: EncodingLimits): MemberSet {
    const set = new MemberSet();
    set.#integers = [...integers];
    set.#width = width;
    if (integers.length > limits.intsetEntries) set.#becomeTable();
    return set;
  }

  /** A listpack's members as RESTORE finds them. */
  static ofRow(members: readonly Bytes[], limits: EncodingLimits): MemberSet {
    const set = MemberSet.encoded("listpack");
    for (const member of members) set.#append(member);
    if (members.length > (limits.setEntries ?? 0)) set.#becomeTable();
    return set;
  }

  get type() {
    return "set" as const;
  }

  /** As OBJECT ENCODING names it. */
  get encoding(): SetEncoding {
    return this.#encoding;
  }

  get length(): number {
    if (this.#table) return this.#table.size;
    return this.#encoding === "intset" ? this.#integers.length : this.#row.length;
  }

  /** Of an intset's integers, in bytes. */
  get integerWidth(): IntegerWidth {
    return this.#width;
  }

  copy(_limits: EncodingLimits): MemberSet {
    const copy = new MemberSet();
    copy.#encoding = this.#encoding;
    copy.#integers = [...this.#integers];
    copy.#width = this.#width;
    copy.#row = [...this.#row];
    copy.#rowBytes = this.#rowBytes;
    if (this.#table) {
      copy.#table = new Dict();
      for (const member of this.#table.keys()) copy.#table.set(member, undefined);
    }
    return copy;
  }

  has(member: Bytes): boolean {
    if (this.#table) return this.#table.has(member);
    if (this.#encoding === "listpack") return this.#row.includes(member);
    const integer = parseInt64(member);
    return integer !== undefined && this.#integers[this.#seek(integer)] === integer;
  }

  /** How many members its table was made for; it grew from there. */
  get presizedFor(): number {
    return this.#presizedFor;
  }

  /** The integers of an intset, in order. */
  get integers(): readonly Int64[] {
    return this.#integers;
  }

  /** The members in the order of the encoding; the set must not change meanwhile. */
  members(): readonly Bytes[] {
    if (this.#table) return this.#table.keys();
    return this.#encoding === "listpack" ? this.#row : this.#integers.map(String);
  }

  /** The member at a place of that order. */
  at(index: number): Bytes {
    if (this.#table) return this.#table.keyAt(index)!;
    return this.#encoding === "listpack" ? this.#row[index]! : String(this.#integers[index]);
  }

  /** A member drawn uniformly from a set that is not empty. */
  random(random: Random): Bytes {
    return this.at(random.int(0, this.length - 1));
  }

  /** Expects so many members to come at once (t_set.c: setTypeMaybeConvert). */
  expect(coming: number, limits: EncodingLimits): void {
    if (limits.setEntries === undefined) return;
    const most = this.#encoding === "listpack" ? limits.setEntries : limits.intsetEntries;
    if (this.#table === undefined && coming > most) this.#becomeTable(coming);
  }

  /** Adds a member; false when it is there already (t_set.c: setTypeAddAux). */
  add(member: Bytes, limits: EncodingLimits): boolean {
    if (this.#table) return this.#table.set(member, undefined);
    if (this.#encoding === "listpack") return this.#addToRow(member, limits);
    const integer = parseInt64(member);
    if (integer !== undefined) return this.#addInteger(integer, limits);
    if (this.#fitsRow(member, limits)) {
      this.#becomeRow();
      this.#append(member);
    } else {
      this.#becomeTable();
      this.#table!.set(member, undefined);
    }
    return true;
  }

  #addToRow(member: Bytes, limits: EncodingLimits): boolean {
    if (this.#row.includes(member)) return false;
    const { setEntries = 0, setValueBytes } = limits;
    if (
      this.#row.length < setEntries &&
      member.length <= setValueBytes &&
      fitsListpack(this.#rowBytes, member.length)
    ) {
      this.#append(member);
    } else {
      this.#becomeTable();
      this.#table!.set(member, undefined);
    }
    return true;
  }

  #append(member: Bytes): void {
    this.#row.push(member);
    this.#rowBytes += entryBytes(member);
  }

  #addInteger(integer: Int64, limits: EncodingLimits): boolean {
    const at = this.#seek(integer);
    if (this.#integers[at] === integer) return false;
    this.#integers.splice(at, 0, integer);
    this.#width = Math.max(this.#width, widthOf(integer)) as IntegerWidth;
    if (this.#integers.length > limits.intsetEntries) this.#becomeTable();
    return true;
  }

  /** Whether the integers and a word beside them make a listpack; the least and the greatest are the longest. */
  #fitsRow(member: Bytes, { setEntries, setValueBytes }: EncodingLimits): boolean {
    if (setEntries === undefined) return false;
    const longest = Math.max(String(this.#integers[0] ?? "").length, String(this.#integers.at(-1) ?? "").length);
    return this.#integers.length < setEntries && member.length <= setValueBytes && longest <= setValueBytes;
  }

  /** Removes a member; false when it was not there. No encoding changes. */
  delete(member: Bytes): boolean {
    if (this.#table) return this.#table.delete(member);
    if (this.#encoding === "listpack") {
      const at = this.#row.indexOf(member);
      if (at < 0) return false;
      this.#row.splice(at, 1);
      this.#rowBytes -= entryBytes(member);
      return true;
    }
    const integer = parseInt64(member);
    if (integer === undefined) return false;
    const at = this.#seek(integer);
    if (this.#integers[at] !== integer) return false;
    this.#integers.splice(at, 1);
    return true;
  }

  /** Becomes an intset where it holds only integers and not too many (t_set.c: maybeConvertToIntset). */
  preferIntegers(limits: EncodingLimits): void {
    if (this.#encoding === "intset" || this.length > limits.intsetEntries) return;
    const integers = this.members().map(parseInt64);
    if (!integers.every((integer) => integer !== undefined)) return;
    this.#integers = integers.sort((a, b) => (a < b ? -1 : 1));
    this.#width = integers.reduce<IntegerWidth>((width, each) => Math.max(width, widthOf(each)) as IntegerWidth, 2);
    this.#encoding = "intset";
    this.#row = [];
    this.#rowBytes = EMPTY_LISTPACK_BYTES;
    this.#table = undefined;
  }

  /** See `Dict.scan`; what is small is visited at once. */
  scan(cursor: number, count: number, visit: (member: Bytes) => void): number {
    if (this.#table) return this.#table.scan(cursor, count, visit);
    for (const member of this.members()) visit(member);
    return 0;
  }

  #becomeRow(): void {
    this.#row = this.#integers.map(String);
    this.#rowBytes = this.#row.reduce((sum, member) => sum + entryBytes(member), EMPTY_LISTPACK_BYTES);
    this.#encoding = "listpack";
    this.#integers = [];
  }

  /** @param expected members that it is made for */
  #becomeTable(expected = this.length + 1): void {
    const table = new Dict<undefined>();
    for (const member of this.members()) table.set(member, undefined);
    this.#presizedFor = expected;
    this.#encoding = "hashtable";
    this.#integers = [];
    this.#row = [];
    this.#table = table;
  }

  /** The place of the first integer that is not smaller. */
  #seek(integer: Int64): number {
    let low = 0;
    let high = this.#integers.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.#integers[middle]! < integer) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}

function widthOf(integer: Int64): IntegerWidth {
  if (integer >= -32768 && integer <= 32767) return 2;
  return integer >= -2147483648 && integer <= 2147483647 ? 4 : 8;
}
