// An element in the graph of a vector set: its vector, and on each of its levels the neighbours that it is linked with.
import type { Bytes } from "../../kernel/bytes.ts";
import { distance, type StoredVector } from "./stored-vector.ts";

/** Links on one level. Both ends know a link. */
export class Layer {
  readonly links: GraphNode[] = [];
  /** As many as there may be. */
  capacity: number;
  /** How far the farthest neighbour is, and where it stands. */
  #farthest = 0;
  #farthestAt = 0;

  constructor(capacity: number) {
    this.capacity = capacity;
  }

  get isFull(): boolean {
    return this.links.length >= this.capacity;
  }

  get farthest(): number {
    return this.#farthest;
  }

  get farthestAt(): number {
    return this.#farthestAt;
  }

  add(neighbour: GraphNode, apart: number): void {
    this.links.push(neighbour);
    if (this.links.length === 1 || apart > this.#farthest) this.noteFarthest(this.links.length - 1, apart);
  }

  /** Another neighbour takes the place of the farthest. */
  replaceFarthest(neighbour: GraphNode, owner: GraphNode): void {
    this.links[this.#farthestAt] = neighbour;
    this.#seekFarthest(owner);
  }

  remove(neighbour: GraphNode, owner: GraphNode): void {
    const at = this.links.indexOf(neighbour);
    if (at < 0) return;
    this.links.splice(at, 1);
    if (this.links.length === 0) this.noteFarthest(0, 0);
    else if (at === this.#farthestAt) this.#seekFarthest(owner);
    else if (at < this.#farthestAt) this.#farthestAt--;
  }

  noteFarthest(at: number, apart: number): void {
    this.#farthest = apart;
    this.#farthestAt = at;
  }

  #seekFarthest(owner: GraphNode): void {
    this.noteFarthest(0, 0);
    for (const [at, neighbour] of this.links.entries()) {
      const apart = distance(owner.vector, neighbour.vector);
      if (apart > this.#farthest) this.noteFarthest(at, apart);
    }
  }
}

/** Counted up in each set; an element whose vector changes gets a new one. A bigint beyond 2^53. */
export type NodeId = number | bigint;

/** The one that follows, in 64 bits. */
export function nextId(id: NodeId): NodeId {
  return typeof id === "number" && id < Number.MAX_SAFE_INTEGER ? id + 1 : BigInt.asUintN(64, BigInt(id) + 1n);
}

export class GraphNode {
  readonly id: NodeId;
  readonly element: Bytes;
  readonly vector: StoredVector;
  /** One for each level from 0 up. */
  readonly layers: readonly Layer[];
  /** What a JSON text says of it, which filters read. */
  attributes: Bytes | undefined;
  /** The number of the search that came by last. */
  visitedBy = 0;
  /** The one that came before it, and the one that came behind. */
  older: GraphNode | undefined;
  newer: GraphNode | undefined;

  constructor({ id, element, vector, attributes, layers }: GraphNodeParts) {
    this.id = id;
    this.element = element;
    this.vector = vector;
    this.attributes = attributes;
    this.layers = layers;
  }

  /** The highest that it is on. */
  get level(): number {
    return this.layers.length - 1;
  }

  linksOn(level: number): readonly GraphNode[] {
    return this.layers[level]?.links ?? [];
  }

  distanceTo(other: GraphNode): number {
    return distance(this.vector, other.vector);
  }
}

export interface GraphNodeParts {
  readonly id: NodeId;
  readonly element: Bytes;
  readonly vector: StoredVector;
  readonly attributes: Bytes | undefined;
  readonly layers: readonly Layer[];
}
