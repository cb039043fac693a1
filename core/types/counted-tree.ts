// An ordered tree of (score, member) that knows how many entries lie below each branch: rank and range by rank in O(log N).
// A B+tree with arrays, because a skiplist of objects is many times slower in JavaScript.
import type { Bytes } from "../kernel/bytes.ts";

/** A member and its score. */
export interface Entry {
  readonly member: Bytes;
  readonly score: number;
}

/** Entries of a leaf, and children of a branch, at most. */
const WIDTH = 64;

interface Leaf {
  readonly leaf: true;
  readonly scores: number[];
  readonly members: Bytes[];
}

interface Branch {
  readonly leaf: false;
  readonly children: Node[];
  /** Entries below each child. */
  readonly counts: number[];
  /** The least entry that a child may hold; the first child's is never looked at. */
  readonly scores: number[];
  readonly members: Bytes[];
}

type Node = Leaf | Branch;

/** Whether an entry comes before a place in the order. */
export type Before = (score: number, member: Bytes) => boolean;

/** A right half that was split off, and its least entry. */
interface Split {
  readonly node: Node;
  readonly score: number;
  readonly member: Bytes;
}

export class CountedTree {
  #root: Node = emptyLeaf();
  #size = 0;

  /** A tree of entries that are in order and all different. */
  static of(entries: readonly Entry[]): CountedTree {
    const tree = new CountedTree();
    for (const { score, member } of entries) tree.insert(score, member);
    return tree;
  }

  get size(): number {
    return this.#size;
  }

  /** Adds an entry that is not there yet. */
  insert(score: number, member: Bytes): void {
    const split = insertInto(this.#root, score, member);
    this.#size++;
    if (split === undefined) return;
    const left = this.#root;
    this.#root = {
      leaf: false,
      children: [left, split.node],
      counts: [countOf(left), countOf(split.node)],
      scores: [0, split.score],
      members: ["", split.member],
    };
  }

  /** Removes an entry; false when it is not there. */
  delete(score: number, member: Bytes): boolean {
    if (!deleteFrom(this.#root, score, member)) return false;
    this.#shrink();
    return true;
  }

  /** Takes out the entry at a rank that exists. */
  takeAt(rank: number): Entry {
    const entry = takeFrom(this.#root, rank);
    this.#shrink();
    return entry;
  }

  #shrink(): void {
    this.#size--;
    while (!this.#root.leaf && this.#root.children.length === 1) this.#root = this.#root.children[0]!;
    if (this.#size === 0) this.#root = emptyLeaf();
  }

  /** How many entries come before a place; `before` must hold for the first so many and for no other. */
  countBefore(before: Before): number {
    let node = this.#root;
    let count = 0;
    while (!node.leaf) {
      const at = lastBefore(node, before);
      for (let i = 0; i < at; i++) count += node.counts[i]!;
      node = node.children[at]!;
    }
    let low = 0;
    let high = node.members.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (before(node.scores[middle]!, node.members[middle]!)) low = middle + 1;
      else high = middle;
    }
    return count + low;
  }

  /** The place of an entry, counted from 0. */
  rank(score: number, member: Bytes): number {
    let node = this.#root;
    let count = 0;
    while (!node.leaf) {
      const at = childFor(node, score, member);
      for (let i = 0; i < at; i++) count += node.counts[i]!;
      node = node.children[at]!;
    }
    return count + seek(node, score, member);
  }

  /** The entry at a rank. */
  at(rank: number): Entry {
    let node = this.#root;
    while (!node.leaf) {
      let at = 0;
      while (rank >= node.counts[at]!) rank -= node.counts[at++]!;
      node = node.children[at]!;
    }
    return { score: node.scores[rank]!, member: node.members[rank]! };
  }

  /** The entries with ranks in [from, to), in order. */
  range(from: number, to: number): IterableIterator<Entry> {
    return walk(this.#root, from, to);
  }

  /** The same from the greatest to the least. */
  rangeBackwards(from: number, to: number): IterableIterator<Entry> {
    return walkBackwards(this.#root, from, to);
  }
}

function emptyLeaf(): Leaf {
  return { leaf: true, scores: [], members: [] };
}

function countOf(node: Node): number {
  return node.leaf ? node.members.length : node.counts.reduce((sum, count) => sum + count, 0);
}

/** The place of the first entry of a leaf that is not smaller. */
function seek({ scores, members }: Leaf, score: number, member: Bytes): number {
  let low = 0;
  let high = members.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    const other = scores[middle]!;
    if (other < score || (other === score && members[middle]! < member)) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** The child in which an entry is, or belongs. */
function childFor({ scores, members }: Branch, score: number, member: Bytes): number {
  let low = 1;
  let high = members.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    const other = scores[middle]!;
    if (other < score || (other === score && members[middle]! <= member)) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}

/** The last child whose least entry comes before a place. */
function lastBefore({ scores, members }: Branch, before: Before): number {
  let low = 1;
  let high = members.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (before(scores[middle]!, members[middle]!)) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}

function insertInto(node: Node, score: number, member: Bytes): Split | undefined {
  if (node.leaf) return insertIntoLeaf(node, score, member);
  const at = childFor(node, score, member);
  const split = insertInto(node.children[at]!, score, member);
  if (split === undefined) {
    node.counts[at]!++;
    return undefined;
  }
  const moved = countOf(split.node);
  node.counts[at]! += 1 - moved;
  node.children.splice(at + 1, 0, split.node);
  node.counts.splice(at + 1, 0, moved);
  node.scores.splice(at + 1, 0, split.score);
  node.members.splice(at + 1, 0, split.member);
  return node.children.length > WIDTH ? splitBranch(node) : undefined;
}

function insertIntoLeaf(leaf: Leaf, score: number, member: Bytes): Split | undefined {
  const at = seek(leaf, score, member);
  if (at === leaf.members.length) {
    leaf.scores.push(score);
    leaf.members.push(member);
  } else {
    leaf.scores.splice(at, 0, score);
    leaf.members.splice(at, 0, member);
  }
  if (leaf.members.length <= WIDTH) return undefined;
  const half = leaf.members.length >> 1;
  const node: Leaf = { leaf: true, scores: leaf.scores.splice(half), members: leaf.members.splice(half) };
  return { node, score: node.scores[0]!, member: node.members[0]! };
}

function splitBranch(branch: Branch): Split {
  const half = branch.children.length >> 1;
  const node: Branch = {
    leaf: false,
    children: branch.children.splice(half),
    counts: branch.counts.splice(half),
    scores: branch.scores.splice(half),
    members: branch.members.splice(half),
  };
  return { node, score: node.scores[0]!, member: node.members[0]! };
}

/** Emptied nodes go; others stay as they are, however few are left in them. */
function deleteFrom(node: Node, score: number, member: Bytes): boolean {
  if (node.leaf) {
    const at = seek(node, score, member);
    if (node.members[at] !== member || node.scores[at] !== score) return false;
    removeAt(node.scores, at);
    removeAt(node.members, at);
    return true;
  }
  const at = childFor(node, score, member);
  if (!deleteFrom(node.children[at]!, score, member)) return false;
  lostOne(node, at);
  return true;
}

function takeFrom(node: Node, rank: number): Entry {
  if (node.leaf) {
    const entry = { score: node.scores[rank]!, member: node.members[rank]! };
    removeAt(node.scores, rank);
    removeAt(node.members, rank);
    return entry;
  }
  let at = 0;
  while (rank >= node.counts[at]!) rank -= node.counts[at++]!;
  const entry = takeFrom(node.children[at]!, rank);
  lostOne(node, at);
  return entry;
}

/** A child has lost an entry; an empty one goes. */
function lostOne(node: Branch, at: number): void {
  if (--node.counts[at]! > 0) return;
  node.children.splice(at, 1);
  node.counts.splice(at, 1);
  node.scores.splice(at, 1);
  node.members.splice(at, 1);
}

/** As `splice`, without a row of what went; at the ends it costs nothing. */
function removeAt(row: unknown[], at: number): void {
  if (at === 0) row.shift();
  else if (at === row.length - 1) row.pop();
  else row.splice(at, 1);
}

function* walk(node: Node, from: number, to: number): IterableIterator<Entry> {
  if (node.leaf) {
    const end = Math.min(to, node.members.length);
    for (let i = Math.max(from, 0); i < end; i++) yield { score: node.scores[i]!, member: node.members[i]! };
    return;
  }
  let start = 0;
  for (let i = 0; i < node.children.length && start < to; i++) {
    const count = node.counts[i]!;
    if (start + count > from) yield* walk(node.children[i]!, from - start, to - start);
    start += count;
  }
}

function* walkBackwards(node: Node, from: number, to: number): IterableIterator<Entry> {
  if (node.leaf) {
    const start = Math.max(from, 0);
    for (let i = Math.min(to, node.members.length) - 1; i >= start; i--)
      yield { score: node.scores[i]!, member: node.members[i]! };
    return;
  }
  let end = node.counts.reduce((sum, count) => sum + count, 0);
  for (let i = node.children.length - 1; i >= 0 && end > from; i--) {
    const start = end - node.counts[i]!;
    if (start < to) yield* walkBackwards(node.children[i]!, from - start, to - start);
    end = start;
  }
}
