// The list: a chain of nodes that each hold a row of elements, cut and joined exactly where Redis's quicklist cuts and joins them,
// because DUMP and MEMORY USAGE show the seams (quicklist.c, t_list.c).
import type { Bytes } from "../kernel/bytes.ts";
import type { EncodingLimits } from "./encoding-limits.ts";
import { ListNode } from "./list-node.ts";
import { EMPTY_LISTPACK_BYTES, entryBytes, listpackBytes } from "./listpack.ts";

export type ListEnd = "head" | "tail";

/** What Redis assumes that one more entry costs, before it knows. */
const ENTRY_OVERHEAD_BYTES = 8;
/** No node that is limited by its number of entries grows beyond it. */
const SAFETY_LIMIT_BYTES = 8192;
/** What list-max-listpack-size -1 to -5 stand for. */
const NODE_BYTES = [4096, 8192, 16384, 32768, 65536] as const;
/** A quicklist keeps its node size in 16 bits. */
const LEAST_FILL = -5;
const MOST_FILL = 32768;

/** The most bytes of a node; Infinity where its entries are limited (quicklist.c: quicklistNodeLimit). */
function mostBytes(fill: number): number {
  return fill >= 0 ? Infinity : NODE_BYTES[Math.min(-fill, NODE_BYTES.length) - 1]!;
}

/** The most entries of a node; Infinity where its bytes are limited. */
function mostEntries(fill: number): number {
  return fill < 0 ? Infinity : fill === 0 ? 1 : fill;
}

/** quicklist.c: quicklistNodeExceedsLimit */
function exceeds(fill: number, sizeBytes: number, entries: number): boolean {
  if (fill < 0) return sizeBytes > mostBytes(fill);
  return sizeBytes > SAFETY_LIMIT_BYTES || entries > mostEntries(fill);
}

/** Where an element is: its node and its place there. */
interface Place {
  readonly node: number;
  readonly offset: number;
}

export class List {
  #nodes: ListNode[] = [];
  #length = 0;
  /** A single listpack (7.2), or a quicklist. */
  #small: boolean;
  /** The size of a quicklist's nodes, as it was configured when the quicklist was made. */
  #fill: number;
  #compressDepth: number;

  constructor(limits: EncodingLimits) {
    this.#small = limits.smallLists;
    this.#fill = fillOf(limits);
    this.#compressDepth = limits.listCompressDepth;
  }

  get type() {
    return "list" as const;
  }

  /** As OBJECT ENCODING names it. */
  get encoding() {
    return this.#small ? ("listpack" as const) : ("quicklist" as const);
  }

  get length(): number {
    return this.#length;
  }

  /** `list-max-listpack-size` of its making. */
  get fill(): number {
    return this.#fill;
  }

  /** `list-compress-depth` of its making. */
  get compressDepth(): number {
    return this.#compressDepth;
  }

  /** The nodes from head to tail; a listpack is one node. */
  get nodes(): readonly ListNode[] {
    return this.#nodes;
  }

  /** A list of nodes as RESTORE finds them; it becomes a listpack where one would hold it. */
  static ofNodes(nodes: readonly Pick<ListNode, "elements" | "plain">[], limits: EncodingLimits): List {
    const list = new List(limits);
    list.#small = false;
    for (const { elements, plain } of nodes)
      list.#nodes.push(plain ? ListNode.plain(elements[0]!) : ListNode.packed(elements));
    list.#length = nodes.reduce((sum, { elements }) => sum + elements.length, 0);
    list.#becomeSmall(limits, 1);
    return list;
  }

  /** A list of elements whose size nobody knew before: a quicklist, until one listpack turns out to hold it (sort.c). */
  static of(elements: Iterable<Bytes>, limits: EncodingLimits): List {
    const list = new List(limits);
    list.#small = false;
    for (const element of elements) list.push("tail", element, limits);
    list.#becomeSmall(limits, 1);
    return list;
  }

  copy(limits: EncodingLimits): List {
    const copy = new List(limits);
    copy.#small = this.#small;
    copy.#fill = this.#fill;
    copy.#compressDepth = this.#compressDepth;
    copy.#length = this.#length;
    copy.#nodes = this.#nodes.map((node) => node.copy());
    return copy;
  }

  /** Makes room: a listpack that could not hold what comes becomes a quicklist (t_list.c: listTypeTryConversionAppend). */
  grow(coming: readonly Bytes[], limits: EncodingLimits): void {
    if (!this.#small) return;
    const [node] = this.#nodes;
    const bytes = coming.reduce((sum, { length }) => sum + length, node?.sizeBytes ?? EMPTY_LISTPACK_BYTES);
    if (!exceeds(limits.listNodeSize, bytes, this.#length + coming.length)) return;
    this.#small = false;
    this.#fill = fillOf(limits);
    this.#compressDepth = limits.listCompressDepth;
  }

  /** Once elements are gone, a short quicklist becomes a listpack again (7.2). */
  shrink(limits: EncodingLimits): void {
    this.#becomeSmall(limits, 2);
  }

  #becomeSmall(limits: EncodingLimits, divisor: number): void {
    const [node] = this.#nodes;
    if (this.#small || !limits.smallLists || this.#nodes.length !== 1 || node!.plain) return;
    const entries = Math.floor(mostEntries(limits.listNodeSize) / divisor);
    if (node!.sizeBytes > mostBytes(limits.listNodeSize) / divisor || this.#length > entries) return;
    this.#small = true;
  }

  /** Adds an element at an end; `grow` was asked before. */
  push(end: ListEnd, element: Bytes, limits: EncodingLimits): void {
    this.#length++;
    const at = end === "head" ? 0 : this.#nodes.length;
    if (this.#isLarge(element, limits)) {
      this.#nodes.splice(at, 0, ListNode.plain(element));
      return;
    }
    const node = this.#nodes[end === "head" ? 0 : at - 1];
    if (!this.#hasRoom(node, element, limits)) this.#nodes.splice(at, 0, ListNode.packed([element]));
    else node!.add(end === "head" ? 0 : node!.length, element);
  }

  /** Takes an element from an end. */
  pop(end: ListEnd): Bytes | undefined {
    const node = end === "head" ? 0 : this.#nodes.length - 1;
    const last = this.#nodes[node];
    if (last === undefined) return undefined;
    this.#length--;
    if (last.length === 1) this.#nodes.splice(node, 1);
    return last.take(end === "head" ? 0 : last.length - 1);
  }

  /** The element at an index from the head. */
  at(index: number): Bytes | undefined {
    const place = this.#place(index);
    return place && this.#nodes[place.node]!.elements[place.offset];
  }

  /** The elements in [from, to), one by one, for whoever may stop before the end. */
  *range(from: number, to: number): IterableIterator<Bytes> {
    let left = to - from;
    const place = left > 0 ? this.#place(from) : undefined;
    if (place === undefined) return;
    let { offset } = place;
    for (let node = place.node; left > 0 && node < this.#nodes.length; node++, offset = 0) {
      const { elements } = this.#nodes[node]!;
      for (; offset < elements.length && left > 0; offset++, left--) yield elements[offset]!;
    }
  }

  /** The same in one row, which costs less. */
  slice(from: number, to: number): Bytes[] {
    const place = from < to ? this.#place(from) : undefined;
    if (place === undefined) return [];
    const first = this.#nodes[place.node]!.elements;
    let left = Math.min(to, this.#length) - from - (first.length - place.offset);
    if (left <= 0) return first.slice(place.offset, first.length + left);
    const rows = [first.slice(place.offset)];
    for (let at = place.node + 1; left > 0; at++) {
      const { elements } = this.#nodes[at]!;
      rows.push(left < elements.length ? elements.slice(0, left) : elements);
      left -= elements.length;
    }
    return rows.flat();
  }

  /** The elements from the tail to the head. */
  *backwards(): IterableIterator<Bytes> {
    for (let node = this.#nodes.length - 1; node >= 0; node--) {
      const { elements } = this.#nodes[node]!;
      for (let offset = elements.length - 1; offset >= 0; offset--) yield elements[offset]!;
    }
  }

  /** Inserts beside the first element that equals the pivot; false when there is none. `grow` was asked before. */
  insert(pivot: Bytes, { element, after }: { element: Bytes; after: boolean }, limits: EncodingLimits): boolean {
    for (let node = 0; node < this.#nodes.length; node++) {
      const offset = this.#nodes[node]!.elements.indexOf(pivot);
      if (offset < 0) continue;
      this.#insertBeside({ node, offset }, { element, after }, limits);
      return true;
    }
    return false;
  }

  /** quicklist.c: _quicklistInsert */
  #insertBeside(
    { node: at, offset }: Place,
    { element, after }: { element: Bytes; after: boolean },
    limits: EncodingLimits,
  ): void {
    this.#length++;
    const node = this.#nodes[at]!;
    const side = after ? at + 1 : at;
    const neighbour = this.#nodes[after ? at + 1 : at - 1];
    const atEdge = offset === (after ? node.length - 1 : 0);
    if (this.#isLarge(element, limits)) {
      if (node.plain || atEdge) this.#nodes.splice(side, 0, ListNode.plain(element));
      else this.#nodes.splice(side, 0, ...inOrder(after, [ListNode.plain(element), split(node, offset, after)]));
    } else if (this.#hasRoom(node, element, limits)) {
      node.add(after ? offset + 1 : offset, element);
    } else if (atEdge && this.#hasRoom(neighbour, element, limits)) {
      neighbour!.add(after ? 0 : neighbour!.length, element);
    } else if (atEdge) {
      this.#nodes.splice(side, 0, ListNode.packed([element]));
    } else {
      const part = split(node, offset, after);
      part.add(after ? 0 : part.length, element);
      this.#nodes.splice(side, 0, part);
      this.#mergeAround(node);
    }
  }

  /** Puts another element at an index that exists; `grow` was asked before (quicklist.c: quicklistReplaceEntry). */
  replace(index: number, element: Bytes, limits: EncodingLimits): void {
    const place = this.#place(index)!;
    const node = this.#nodes[place.node]!;
    const large = this.#isLarge(element, limits);
    if (!node.plain && !large) {
      node.sizeBytes += entryBytes(element) - entryBytes(node.elements[place.offset]!);
      node.elements[place.offset] = element;
    } else if (node.plain && large) {
      this.#nodes[place.node] = ListNode.plain(element);
    } else if (node.plain) {
      this.#insertBeside(place, { element, after: true }, limits);
      this.#removeAt(place);
    } else {
      const rest = place.offset === node.length - 1 ? [] : [split(node, place.offset, true)];
      const own = ListNode.plain(element);
      this.#nodes.splice(place.node + 1, 0, own, ...rest);
      this.#length++;
      const merges = node.length > 1;
      this.#removeAt(place);
      if (merges && limits.smallLists) this.#mergeAround(own);
    }
  }

  /** Removes up to `count` elements that equal `element` (all where it is Infinity), from an end on; gives how many. */
  remove(element: Bytes, { from, count }: { from: ListEnd; count: number }): number {
    let removed = 0;
    const step = from === "head" ? 1 : -1;
    for (
      let node = from === "head" ? 0 : this.#nodes.length - 1;
      node >= 0 && node < this.#nodes.length && removed < count;
    ) {
      const found = this.#removeFrom(this.#nodes[node]!, element, { from, count: count - removed });
      removed += found;
      if (this.#nodes[node]!.length > 0) node += step;
      else {
        this.#nodes.splice(node, 1);
        if (step < 0) node--;
      }
    }
    return removed;
  }

  #removeFrom(node: ListNode, element: Bytes, { from, count }: { from: ListEnd; count: number }): number {
    let removed = 0;
    const { elements } = node;
    for (let next = seek(elements, element, from); next >= 0 && removed < count; next = seek(elements, element, from)) {
      elements.splice(next, 1);
      removed++;
    }
    node.sizeBytes -= removed * entryBytes(element);
    this.#length -= removed;
    return removed;
  }

  /** Removes the elements in [from, from + count). */
  removeRange(from: number, count: number): void {
    let left = Math.min(count, this.#length - from);
    const place = left > 0 ? this.#place(from) : undefined;
    if (place === undefined) return;
    this.#length -= left;
    const gone: number[] = [];
    let { offset } = place;
    for (let at = place.node; left > 0; at++, offset = 0) {
      const node = this.#nodes[at]!;
      const taken = node.elements.splice(offset, left);
      left -= taken.length;
      if (node.length === 0) gone.push(at);
      else node.sizeBytes -= listpackBytes(taken) - EMPTY_LISTPACK_BYTES;
    }
    if (gone.length > 0) this.#nodes.splice(gone[0]!, gone.length);
  }

  /** Walks from the nearer end, node by node. */
  #place(index: number): Place | undefined {
    if (index < 0 || index >= this.#length) return undefined;
    if (index < this.#length / 2) {
      let node = 0;
      while (index >= this.#nodes[node]!.length) index -= this.#nodes[node++]!.length;
      return { node, offset: index };
    }
    let node = this.#nodes.length - 1;
    let start = this.#length - this.#nodes[node]!.length;
    while (index < start) start -= this.#nodes[--node]!.length;
    return { node, offset: index - start };
  }

  #removeAt({ node: at, offset }: Place): void {
    const node = this.#nodes[at]!;
    this.#length--;
    if (node.length === 1) this.#nodes.splice(at, 1);
    else node.take(offset);
  }

  /** Whether an element must have a node of its own (quicklist.c: isLargeElement). */
  #isLarge({ length }: Bytes, { packedThresholdBytes }: EncodingLimits): boolean {
    if (this.#small) return false;
    if (packedThresholdBytes !== 0) return length >= packedThresholdBytes;
    return length > (this.#fill >= 0 ? SAFETY_LIMIT_BYTES : mostBytes(this.#fill));
  }

  /** quicklist.c: _quicklistNodeAllowInsert */
  #hasRoom(node: ListNode | undefined, element: Bytes, limits: EncodingLimits): boolean {
    if (node === undefined || node.plain) return false;
    if (this.#small) return true;
    if (this.#isLarge(element, limits)) return false;
    return !exceeds(this.#fill, node.sizeBytes + element.length + ENTRY_OVERHEAD_BYTES, node.length + 1);
  }

  /** Joins small neighbours on both sides of a node (quicklist.c: _quicklistMergeNodes). */
  #mergeAround(center: ListNode): void {
    const at = this.#nodes.indexOf(center);
    const next = at + 1;
    if (this.#canMerge(next, next + 1)) this.#merge(next);
    const before = at >= 2 && this.#canMerge(at - 2, at - 1);
    if (before) this.#merge(at - 2);
    let own = before ? at - 1 : at;
    if (this.#canMerge(own - 1, own)) this.#merge(--own);
    if (this.#canMerge(own, own + 1)) this.#merge(own);
  }

  #canMerge(left: number, right: number): boolean {
    const [a, b] = [this.#nodes[left], this.#nodes[right]];
    if (a === undefined || b === undefined || a.plain || b.plain) return false;
    const bytes = a.sizeBytes + b.sizeBytes - EMPTY_LISTPACK_BYTES;
    return !exceeds(this.#fill, bytes, a.length + b.length);
  }

  #merge(left: number): void {
    const [a, b] = this.#nodes.splice(left, 2, ListNode.packed([]));
    this.#nodes[left] = ListNode.packed([...a!.elements, ...b!.elements]);
  }
}

function fillOf({ listNodeSize }: EncodingLimits): number {
  return Math.max(LEAST_FILL, Math.min(MOST_FILL, listNodeSize));
}

/** Cuts a node at an offset; gives what lies after it, or before it (quicklist.c: _quicklistSplitNode). */
function split(node: ListNode, offset: number, after: boolean): ListNode {
  const part = ListNode.packed(after ? node.elements.splice(offset + 1) : node.elements.splice(0, offset));
  node.sizeBytes -= part.sizeBytes - EMPTY_LISTPACK_BYTES;
  return part;
}

function inOrder<T>(after: boolean, row: readonly T[]): readonly T[] {
  return after ? row : row.toReversed();
}

function seek(elements: readonly Bytes[], element: Bytes, from: ListEnd): number {
  return from === "head" ? elements.indexOf(element) : elements.lastIndexOf(element);
}
