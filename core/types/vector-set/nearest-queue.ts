// Nodes by their distance, no more than a number: what a search has found, and where it goes on. Which of two at the same
// distance comes first follows hnsw.c's pq_push, since replies show it.
import type { GraphNode } from "./graph-node.ts";

export class NearestQueue {
  readonly #capacity: number;
  /** The farthest first. */
  readonly #nodes: GraphNode[] = [];
  readonly #distances: number[] = [];

  /** @param capacity when so many are there the farthest give way */
  constructor(capacity: number) {
    this.#capacity = capacity;
  }

  get size(): number {
    return this.#nodes.length;
  }

  /** The distance of the farthest; infinite where there is none. */
  get farthest(): number {
    return this.#distances[0] ?? Infinity;
  }

  push(node: GraphNode, distance: number): void {
    if (this.#nodes.length < this.#capacity) this.#insert(node, distance);
    else if (!(distance >= this.#distances[0]!)) this.#replaceFarthest(node, distance);
  }

  /** Nearer than those at the same distance. */
  #insert(node: GraphNode, distance: number): void {
    const [nodes, distances] = [this.#nodes, this.#distances];
    let at = nodes.length;
    for (; at > 0 && distances[at - 1]! < distance; at--) {
      nodes[at] = nodes[at - 1]!;
      distances[at] = distances[at - 1]!;
    }
    nodes[at] = node;
    distances[at] = distance;
  }

  /** Farther than those at the same distance. */
  #replaceFarthest(node: GraphNode, distance: number): void {
    const [nodes, distances] = [this.#nodes, this.#distances];
    let at = 0;
    for (; at < nodes.length - 1 && distances[at + 1]! > distance; at++) {
      nodes[at] = nodes[at + 1]!;
      distances[at] = distances[at + 1]!;
    }
    nodes[at] = node;
    distances[at] = distance;
  }

  /** Takes the nearest out. */
  pop(): Found | undefined {
    const node = this.#nodes.pop();
    const distance = this.#distances.pop();
    return node === undefined || distance === undefined ? undefined : { node, distance };
  }

  get nearest(): GraphNode | undefined {
    return this.#nodes.at(-1);
  }

  /** All of them, the nearest first. */
  found(): Found[] {
    return this.#nodes.map((node, i) => ({ node, distance: this.#distances[i]! })).reverse();
  }
}

/** A node and how far away it is. */
export interface Found {
  readonly node: GraphNode;
  readonly distance: number;
}
