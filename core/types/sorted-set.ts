// The sorted set: members in the order of their scores, then of their bytes. A short one is a row, a long one a counted tree beside a
// dictionary; it turns where Redis's does (t_zset.c).
import type { Bytes } from "../kernel/bytes.ts";
import { Dict } from "../kernel/dict.ts";
import { printDouble, type DoubleStyle } from "../kernel/doubles.ts";
import type { Random } from "../kernel/random.ts";
import { CountedTree, type Before, type Entry } from "./counted-tree.ts";
import type { EncodingLimits } from "./encoding-limits.ts";

export type { Entry } from "./counted-tree.ts";

/** An end of a range of scores. */
export interface ScoreBound {
  readonly score: number;
  readonly exclusive: boolean;
}

/** An end of a range of members: `-`, `+`, or a member. */
export type LexBound = "lowest" | "highest" | { readonly member: Bytes; readonly exclusive: boolean };

/** Ranks [from, to). */
export interface RankRange {
  readonly from: number;
  readonly to: number;
}

interface Large {
  readonly scores: Dict<number>;
  readonly tree: CountedTree;
}

export class SortedSet {
  #row: Entry[] = [];
  #large: Large | undefined;
  #presizedFor = 0;

  /** An empty set for members that come at once (t_zset.c: zsetTypeCreate). */
  static expecting(members: readonly Bytes[], limits: EncodingLimits): SortedSet {
    const set = new SortedSet();
    const expected = limits.foresight === "first" ? 1 : members.length;
    const longest = limits.foresight === "count-and-length" ? longestOf(members) : members[0]!.length;
    if (expected > limits.sortedSetEntries || longest > limits.sortedSetValueBytes) {
      set.#becomeLarge();
      if (limits.foresight !== "first") set.#presizedFor = expected;
    }
    return set;
  }

  /** A set of entries, as small as it can be: what commands store (t_zset.c: zsetConvertToListpackIfNeeded). */
  static of(entries: Iterable<Entry>, limits: EncodingLimits): SortedSet {
    const sorted = [...entries].sort(inOrder);
    const set = new SortedSet();
    const small =
      sorted.length <= limits.sortedSetEntries &&
      sorted.every(({ member }) => member.length <= limits.sortedSetValueBytes);
    if (small) set.#row = sorted.map(packed);
    else set.#becomeLarge(sorted);
    return set;
  }

  /** A listpack's entries as RESTORE finds them, in their order. */
  static ofRow(entries: readonly Entry[], limits: EncodingLimits): SortedSet {
    const set = new SortedSet();
    set.#row = entries.map(packed);
    if (entries.length > limits.sortedSetEntries) set.#becomeLarge();
    return set;
  }

  get type() {
    return "zset" as const;
  }

  /** As OBJECT ENCODING names it. */
  get encoding() {
    return this.#large ? ("skiplist" as const) : ("listpack" as const);
  }

  /** How many members its table was made for; it grew from there. */
  get presizedFor(): number {
    return this.#presizedFor;
  }

  get length(): number {
    return this.#large?.tree.size ?? this.#row.length;
  }

  copy(_limits: EncodingLimits): SortedSet {
    const copy = new SortedSet();
    copy.#row = [...this.#row];
    if (this.#large) copy.#becomeLarge([...this.range({ from: 0, to: this.length })]);
    return copy;
  }

  score(member: Bytes): number | undefined {
    if (this.#large) return this.#large.scores.get(member);
    return this.#row.find((entry) => entry.member === member)?.score;
  }

  /** Members come at once, though some may be there already (t_zset.c: zsetTypeMaybeConvert). */
  expect(members: readonly Bytes[], limits: EncodingLimits): void {
    if (this.#large !== undefined || limits.foresight === "first") return;
    const tooMany = members.length > limits.sortedSetEntries;
    const tooLong = limits.foresight === "count-and-length" && longestOf(members) > limits.sortedSetValueBytes;
    if (!tooMany && !tooLong) return;
    this.#becomeLarge();
    this.#presizedFor = members.length;
  }

  /** Becomes a skiplist, however short: SORT reads no other (sort.c). */
  enlarge(): void {
    if (this.#large === undefined) this.#becomeLarge();
  }

  /** Gives a member a score, whether it is new or not. */
  set(member: Bytes, score: number, limits: EncodingLimits): void {
    if (this.#large) {
      this.#setLarge(this.#large, member, score);
      return;
    }
    const at = this.#row.findIndex((entry) => entry.member === member);
    if (at >= 0) this.#row.splice(at, 1);
    else if (this.#row.length + 1 > limits.sortedSetEntries || member.length > limits.sortedSetValueBytes) {
      if (limits.foresight !== "first") this.#presizedFor = this.#row.length + 1;
      this.#setLarge(this.#becomeLarge(), member, score);
      return;
    }
    const entry = packed({ member, score });
    this.#row.splice(
      this.countBefore((s, m) => s < score || (s === score && m < member)),
      0,
      entry,
    );
  }

  #setLarge({ scores, tree }: Large, member: Bytes, score: number): void {
    const before = scores.get(member);
    if (before !== undefined) {
      if (Object.is(before, score)) return;
      tree.delete(before, member);
    }
    scores.set(member, score);
    tree.insert(score, member);
  }

  /** Removes a member; false when it was not there. */
  delete(member: Bytes): boolean {
    if (this.#large) {
      const score = this.#large.scores.get(member);
      if (score === undefined) return false;
      this.#large.scores.delete(member);
      return this.#large.tree.delete(score, member);
    }
    const at = this.#row.findIndex((entry) => entry.member === member);
    if (at < 0) return false;
    this.#row.splice(at, 1);
    return true;
  }

  /** Takes the least or the greatest entry out of a set that is not empty. */
  pop(which: "min" | "max"): Entry {
    if (this.#large === undefined) return which === "min" ? this.#row.shift()! : this.#row.pop()!;
    const { scores, tree } = this.#large;
    const entry = tree.takeAt(which === "min" ? 0 : this.length - 1);
    scores.delete(entry.member);
    return entry;
  }

  /** The place of a member, counted from the least score. */
  rank(member: Bytes): number | undefined {
    if (this.#large) {
      const score = this.#large.scores.get(member);
      return score === undefined ? undefined : this.#large.tree.rank(score, member);
    }
    const at = this.#row.findIndex((entry) => entry.member === member);
    return at < 0 ? undefined : at;
  }

  /** The entry at a rank that exists. */
  at(rank: number): Entry {
    return this.#large ? this.#large.tree.at(rank) : this.#row[rank]!;
  }

  /** The entries of ranks, in order or backwards; the set must not change meanwhile. */
  range({ from, to }: RankRange, backwards = false): Iterable<Entry> {
    if (this.#large) {
      return backwards ? this.#large.tree.rangeBackwards(from, to) : this.#large.tree.range(from, to);
    }
    const part = this.#row.slice(from, to);
    return backwards ? part.reverse() : part;
  }

  /** The ranks of the scores between two bounds. */
  byScore(min: ScoreBound, max: ScoreBound): RankRange {
    return notBackwards({
      from: this.countBefore((score) => score < min.score || (min.exclusive && score === min.score)),
      to: this.countBefore((score) => score < max.score || (!max.exclusive && score === max.score)),
    });
  }

  /**
   * The ranks of the members between two bounds, where all scores are the same. Where they are not, a row is looked through as
   * Redis does it: from the end at which the range is read (t_zset.c: zzlFirstInLexRange, zzlLastInLexRange).
   */
  byLex(min: LexBound, max: LexBound, backwards = false): RankRange {
    if (this.#large) {
      return notBackwards({
        from: this.countBefore((_score, member) => isBefore(member, min, true)),
        to: this.countBefore((_score, member) => isBefore(member, max, false)),
      });
    }
    const members = this.#row.map(({ member }) => member);
    const reaches = (member: Bytes): boolean => !isBefore(member, min, true);
    const stays = (member: Bytes): boolean => isBefore(member, max, false);
    if (members.length === 0 || !reaches(members.at(-1)!) || !stays(members[0]!)) return { from: 0, to: 0 };
    if (backwards) {
      const last = members.findLastIndex(stays);
      const before = members.findLastIndex((member, i) => i <= last && !reaches(member));
      return { from: before + 1, to: last + 1 };
    }
    const first = members.findIndex(reaches);
    const behind = members.findIndex((member, i) => i >= first && !stays(member));
    return { from: first, to: behind < 0 ? members.length : behind };
  }

  countBefore(before: Before): number {
    if (this.#large) return this.#large.tree.countBefore(before);
    const at = this.#row.findIndex(({ score, member }) => !before(score, member));
    return at < 0 ? this.#row.length : at;
  }

  /** An entry drawn uniformly from a set that is not empty. */
  random(random: Random): Entry {
    return this.at(random.int(0, this.length - 1));
  }

  /** See `Dict.scan`; what is small is visited at once. */
  scan(cursor: number, count: number, visit: (entry: Entry) => void): number {
    if (this.#large) {
      const { scores } = this.#large;
      return scores.scan(cursor, count, (member) => visit({ member, score: scores.get(member)! }));
    }
    for (const entry of this.#row) visit(entry);
    return 0;
  }

  #becomeLarge(entries: readonly Entry[] = this.#row): Large {
    const scores = new Dict<number>();
    for (const { member, score } of entries) scores.set(member, score);
    this.#row = [];
    this.#large = { scores, tree: CountedTree.of(entries) };
    return this.#large;
  }
}

/** Whole scores up to it are integers in a listpack (util.c: double2ll). */
const PACKED_UP_TO = 2 ** 62;

/** A score as a listpack holds it. */
export function packedScore(score: number, style: DoubleStyle): Bytes {
  const whole = Number.isInteger(score) && Math.abs(score) <= PACKED_UP_TO;
  return whole ? String(BigInt(score)) : printDouble(score, style);
}

/** A listpack keeps a whole score as an integer: minus zero loses its sign there. */
function packed(entry: Entry): Entry {
  return Object.is(entry.score, -0) ? { ...entry, score: 0 } : entry;
}

function longestOf(members: readonly Bytes[]): number {
  return members.reduce((longest, { length }) => Math.max(longest, length), 0);
}

function inOrder(a: Entry, b: Entry): number {
  if (a.score !== b.score) return a.score < b.score ? -1 : 1;
  return a.member < b.member ? -1 : 1;
}

function isBefore(member: Bytes, bound: LexBound, lower: boolean): boolean {
  if (bound === "lowest") return false;
  if (bound === "highest") return true;
  return member < bound.member || (member === bound.member && bound.exclusive === lower);
}

function notBackwards({ from, to }: RankRange): RankRange {
  return from < to ? { from, to } : { from, to: from };
}
