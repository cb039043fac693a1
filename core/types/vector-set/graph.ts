// The graph by which a vector set finds what is near without looking at everything: levels of links, each sparser than the one
// below (HNSW, after Malkov and Yashunin; hnsw.c). With the same levels drawn it links as Redis does.
import type { Bytes } from "../../kernel/bytes.ts";
import type { Random } from "../../kernel/random.ts";
import { GraphNode, Layer, nextId, type NodeId } from "./graph-node.ts";
import { linkNear } from "./link-near.ts";
import { NearestQueue, type Found } from "./nearest-queue.ts";
import { relinkNeighbours } from "./relink-neighbours.ts";
import { distance, type StoredVector } from "./stored-vector.ts";

/** The chance of being on the next level too. */
const CLIMB = 0.25;
const TOP_LEVEL = 16;
/** Candidates whose neighbours are still to be looked at; the farthest are given up. */
const MOST_CANDIDATES = 256;
/** How many are looked for where a node lost a link. */
const RELINK_EFFORT = 200;
/** Steps of a walk at random, for each doubling of the number of nodes. */
const STEPS = 3;

/** Which nodes count, and after how many candidates a search is given up; 0: never. */
export interface NodeFilter {
  readonly passes: (node: GraphNode) => boolean;
  readonly effort: number;
}

export interface NewNode {
  readonly element: Bytes;
  readonly vector: StoredVector;
  readonly attributes: Bytes | undefined;
}

export class Graph {
  /** Links that a node gets on each level; on the lowest it may come to have twice as many. */
  readonly breadth: number;
  /** The node on the highest level, where searches begin. */
  #entry: GraphNode | undefined;
  #topLevel = 0;
  #size = 0;
  #lastId: NodeId = 0;
  #newest: GraphNode | undefined;
  #searches = 0;

  constructor(breadth: number) {
    this.breadth = breadth;
  }

  get size(): number {
    return this.#size;
  }

  get topLevel(): number {
    return this.#topLevel;
  }

  /** The greatest id that was given. */
  get lastId(): NodeId {
    return this.#lastId;
  }

  /** The nodes, the one that came last first. */
  *nodes(): IterableIterator<GraphNode> {
    for (let node = this.#newest; node !== undefined; node = node.older) yield node;
  }

  /** How many links there may be on a level, at first. */
  capacity(level: number): number {
    return level === 0 ? 2 * this.breadth : this.breadth;
  }

  /** @param effort as many nodes are considered as neighbours on each level */
  insert(parts: NewNode, effort: number, random: Random): GraphNode {
    const layers = Array.from({ length: drawLevel(random) + 1 }, (_, level) => new Layer(this.capacity(level)));
    this.#lastId = nextId(this.#lastId);
    const node = new GraphNode({ id: this.#lastId, ...parts, layers });
    if (this.#entry !== undefined) this.#link(node, this.#entry, effort);
    if (this.#entry === undefined || node.level > this.#topLevel) {
      this.#entry = node;
      this.#topLevel = node.level;
    }
    this.#append(node);
    return node;
  }

  /** A node as a payload has it, whose links are made. The first on the highest level is where searches begin. */
  restore(parts: NewNode & { readonly id: NodeId; readonly layers: readonly Layer[] }): GraphNode {
    if (parts.id > this.#lastId) this.#lastId = parts.id;
    if (parts.id === 0) this.#lastId = nextId(this.#lastId);
    const node = new GraphNode({ ...parts, id: parts.id === 0 ? this.#lastId : parts.id });
    this.#append(node);
    if (this.#entry === undefined || node.level > this.#topLevel) {
      this.#entry = node;
      this.#topLevel = node.level;
    }
    return node;
  }

  #append(node: GraphNode): void {
    node.older = this.#newest;
    if (this.#newest !== undefined) this.#newest.newer = node;
    this.#newest = node;
    this.#size++;
  }

  #link(node: GraphNode, entry: GraphNode, effort: number): void {
    const top = Math.min(node.level, this.#topLevel);
    const near: NearestQueue[] = [];
    let from = this.#descend(node.vector, { from: entry, to: node.level });
    for (let level = top; level >= 0; level--) {
      near[level] = this.#searchLevel(node.vector, { from, level, most: effort });
      from = near[level]!.nearest ?? from;
    }
    for (let level = top; level >= 0; level--) {
      const wanted = this.breadth;
      const linked = (): number => node.linksOn(level).length;
      linkNear(this, node, near[level]!.found(), { level, wanted, pressure: "none" });
      if (level > 0 || linked() >= Math.floor(wanted / 2)) continue;
      linkNear(this, node, near[level]!.found(), { level, wanted, pressure: "some" });
      const least = Math.floor(wanted / 4);
      if (linked() < least) linkNear(this, node, near[level]!.found(), { level, wanted: least, pressure: "great" });
    }
  }

  delete(node: GraphNode): void {
    for (const [level, { links }] of node.layers.entries()) {
      for (const neighbour of links) neighbour.layers[level]?.remove(node, neighbour);
    }
    if (node.newer === undefined) this.#newest = node.older;
    else node.newer.older = node.older;
    if (node.older !== undefined) node.older.newer = node.newer;
    this.#size--;
    if (node === this.#entry) this.#replaceEntry(node);
    for (const [level, { links }] of node.layers.entries()) relinkNeighbours(this, links, level);
  }

  /** A neighbour on the highest level that has one, or where there is none whatever node is highest. */
  #replaceEntry(gone: GraphNode): void {
    this.#entry = gone.layers.findLast(({ links }) => links.length > 0)?.links[0];
    if (this.#entry === undefined) {
      for (const node of this.nodes()) if (node.level >= (this.#entry?.level ?? 0)) this.#entry = node;
    }
    this.#topLevel = this.#entry?.level ?? 0;
  }

  /** The nodes nearest to a vector, as far as the search finds them; `most` is its effort too. */
  search(vector: StoredVector, most: number, filter?: NodeFilter): Found[] {
    if (this.#entry === undefined) return [];
    const from = this.#descend(vector, { from: this.#entry, to: 0 });
    return this.#searchLevel(vector, { from, level: 0, most, filter }).found();
  }

  /** The nodes that truly are the nearest: all are looked at. */
  scan(vector: StoredVector, most: number, passes: (node: GraphNode) => boolean): Found[] {
    const nearest = new NearestQueue(most);
    for (const node of this.nodes()) if (passes(node)) nearest.push(node, distance(vector, node.vector));
    return nearest.found();
  }

  /** Candidates for a node that lost a link on a level and got none in its place. */
  nearOn(level: number, node: GraphNode): Found[] {
    if (this.#entry === undefined) return [];
    const from = this.#descend(node.vector, { from: this.#entry, to: level });
    return this.#searchLevel(node.vector, { from, level, most: RELINK_EFFORT }).found();
  }

  /** From level to level down to one, each time to the nearest node. */
  #descend(vector: StoredVector, { from, to }: { readonly from: GraphNode; readonly to: number }): GraphNode {
    let at = from;
    for (let level = this.#topLevel; level > to; level--) {
      at = this.#searchLevel(vector, { from: at, level, most: 1 }).nearest ?? at;
    }
    return at;
  }

  /** Goes from neighbour to neighbour, the nearest first, until none can be nearer than those that were found. */
  #searchLevel(vector: StoredVector, { from, level, most, filter }: LevelSearch): NearestQueue {
    const search = ++this.#searches;
    const candidates = new NearestQueue(MOST_CANDIDATES);
    const found = new NearestQueue(most);
    const start = distance(vector, from.vector);
    from.visitedBy = search;
    candidates.push(from, start);
    if (filter === undefined || filter.passes(from)) found.push(from, start);
    for (let looked = 1; !(filter !== undefined && filter.effort > 0 && looked >= filter.effort); looked++) {
      const current = candidates.pop();
      if (current === undefined || (found.size >= most && current.distance > found.farthest)) break;
      for (const node of current.node.linksOn(level)) {
        if (node.visitedBy === search) continue;
        node.visitedBy = search;
        const apart = distance(vector, node.vector);
        const isNearer = apart < found.farthest;
        const passes = filter === undefined || filter.passes(node);
        const isFound = passes && (isNearer || found.size < most);
        // What does not pass may still lead to what does.
        if (filter === undefined ? isFound : isNearer || candidates.size < most) candidates.push(node, apart);
        if (isFound) found.push(node, apart);
      }
    }
    return found;
  }

  /** A node at which a walk at random ends: nearly any, those with many links more often. */
  walk(random: Random): GraphNode | undefined {
    let at = this.#entry;
    if (at === undefined) return undefined;
    const draw = (links: readonly GraphNode[]): GraphNode | undefined => links[random.int(0, links.length - 1)];
    for (let level = this.#topLevel; level > 0; level--) {
      const links = at.linksOn(level);
      if (links.length > 0) at = draw(links) ?? at;
    }
    for (let steps = Math.floor(Math.log2(this.#size + 1) * STEPS); steps > 0; steps--) {
      const links = at.linksOn(0);
      if (links.length === 0) break;
      at = draw(links) ?? at;
    }
    return at;
  }
}

interface LevelSearch {
  readonly from: GraphNode;
  readonly level: number;
  readonly most: number;
  readonly filter?: NodeFilter | undefined;
}

function drawLevel(random: Random): number {
  let level = 0;
  while (random.chance(CLIMB) && level < TOP_LEVEL) level++;
  return level;
}
