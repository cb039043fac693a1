// The vector set: elements by name, each with a vector and perhaps attributes, and the graph that finds those that are near
// (Redis 8.0's module vectorset, vset.c).
import type { Bytes } from "../kernel/bytes.ts";
import type { Random } from "../kernel/random.ts";
import { Graph, type NodeFilter } from "./vector-set/graph.ts";
import { Layer, type GraphNode, type NodeId } from "./vector-set/graph-node.ts";
import type { Filter } from "./vector-set/filter.ts";
import type { Found } from "./vector-set/nearest-queue.ts";
import type { Projection } from "./vector-set/projection.ts";
import { store, type Quantization, type StoredVector } from "./vector-set/stored-vector.ts";

export interface VectorSetShape {
  /** A number of its own in its server. */
  readonly uid: number;
  /** Of the vectors that are kept. */
  readonly dimensions: number;
  readonly quantization: Quantization;
  /** Links that an element gets on each level; VADD's M. */
  readonly breadth: number;
  /** What makes them of those that come; undefined where they are kept as they come. */
  readonly projection: Projection | undefined;
}

export interface NewElement {
  readonly element: Bytes;
  readonly vector: Float32Array;
  /** JSON; empty takes away what an element has, undefined leaves it. */
  readonly attributes: Bytes | undefined;
  /** As many elements are considered as neighbours on each level; VADD's EF. */
  readonly effort: number;
}

export interface Search {
  /** How many to find at most. */
  readonly most: number;
  readonly filter: Filter | undefined;
  /** After so many looks a search with a filter is given up; 0: never. */
  readonly filterEffort: number;
  /** All elements are looked at, not those that the graph leads to. */
  readonly exhaustive: boolean;
}

export class VectorSet {
  readonly shape: VectorSetShape;
  readonly #graph: Graph;
  readonly #nodes = new Map<Bytes, GraphNode>();
  #attributed = 0;

  constructor(shape: VectorSetShape) {
    this.shape = shape;
    this.#graph = new Graph(shape.breadth);
  }

  get type() {
    return "vectorset" as const;
  }

  /** As OBJECT ENCODING names what belongs to modules. */
  get encoding() {
    return "raw" as const;
  }

  get length(): number {
    return this.#graph.size;
  }

  /** The highest level on which there are elements. */
  get topLevel(): number {
    return this.#graph.topLevel;
  }

  /** The greatest id that an element has had. */
  get lastId(): NodeId {
    return this.#graph.lastId;
  }

  /** How many elements have attributes. */
  get attributed(): number {
    return this.#attributed;
  }

  /** An element with all that is known of it. */
  get(element: Bytes): GraphNode | undefined {
    return this.#nodes.get(element);
  }

  /** The elements, the one that came last first. */
  nodes(): IterableIterator<GraphNode> {
    return this.#graph.nodes();
  }

  /** Adds an element, or gives it another vector: true when it is new. */
  add({ element, vector, attributes, effort }: NewElement, random: Random): boolean {
    const old = this.#nodes.get(element);
    if (old !== undefined) this.#graph.delete(old);
    const parts = {
      element,
      vector: store(vector, this.shape.quantization),
      attributes: old?.attributes ?? attributes,
    };
    this.#nodes.set(element, this.#graph.insert(parts, effort, random));
    if (old === undefined) this.#attributed += attributes === undefined ? 0 : 1;
    else if (attributes !== undefined) this.setAttributes(element, attributes);
    return old === undefined;
  }

  /** An element as a payload has it; false where there is one of its name. Elements come in the order of `nodes`, turned round. */
  restore(parts: RestoredElement): boolean {
    if (this.#nodes.has(parts.element)) return false;
    this.#nodes.set(parts.element, this.#graph.restore(parts));
    if (parts.attributes !== undefined) this.#attributed++;
    return true;
  }

  /** Links on a level of an element that is being restored. */
  layer(level: number, capacity: number): Layer {
    return new Layer(Math.max(capacity, this.#graph.capacity(level)));
  }

  delete(element: Bytes): boolean {
    const node = this.#nodes.get(element);
    if (node === undefined) return false;
    this.#nodes.delete(element);
    if (node.attributes !== undefined) this.#attributed--;
    this.#graph.delete(node);
    return true;
  }

  /** Says something of an element; an empty text says nothing any more. False where there is none. */
  setAttributes(element: Bytes, attributes: Bytes): boolean {
    const node = this.#nodes.get(element);
    if (node === undefined) return false;
    if (node.attributes !== undefined) this.#attributed--;
    node.attributes = attributes === "" ? undefined : attributes;
    if (node.attributes !== undefined) this.#attributed++;
    return true;
  }

  /** The elements nearest to a vector, which has as many components as those that are kept. */
  search(vector: Float32Array, { most, filter, filterEffort, exhaustive }: Search): Found[] {
    const query = store(vector, this.shape.quantization);
    const passes = ({ attributes }: GraphNode): boolean => attributes !== undefined && filter!.passes(attributes);
    if (exhaustive) return this.#graph.scan(query, most, filter === undefined ? () => true : passes);
    const nodeFilter: NodeFilter | undefined = filter && { passes, effort: filterEffort };
    return this.#graph.search(query, most, nodeFilter);
  }

  /** An element at which a walk through the graph ends; undefined where there is none. */
  random(random: Random): Bytes | undefined {
    return this.#graph.walk(random)?.element;
  }

  /** Different elements; many of them are neighbours in time, as in VRANDMEMBER of Redis. */
  sample(count: number, random: Random): Bytes[] {
    const most = Math.min(count, this.length);
    if (most <= this.length * FEW) {
      const drawn = new Set<Bytes>();
      for (let tries = most * MOST_TRIES; tries > 0 && drawn.size < most; tries--) drawn.add(this.random(random)!);
      // Where the graph has fallen apart no walk leads to the rest: a real server looks for ever.
      for (const { element } of this.nodes()) if (drawn.size < most) drawn.add(element);
      return [...drawn];
    }
    const all = Array.from(this.nodes(), ({ element }) => element);
    const start = all.indexOf(this.random(random) ?? "");
    return [...all.slice(start), ...all.slice(0, start)].slice(0, most);
  }
}

/** So few, as a part of all, are drawn one by one. */
const FEW = 0.2;
/** So often, for each of them. */
const MOST_TRIES = 1000;

export interface RestoredElement {
  readonly id: NodeId;
  readonly element: Bytes;
  readonly vector: StoredVector;
  readonly attributes: Bytes | undefined;
  readonly layers: readonly Layer[];
}
