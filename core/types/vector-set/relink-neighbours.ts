// The neighbours of a node that went have each lost a link: they are linked with each other in pairs, and whoever finds no
// partner among them looks farther (hnsw.c: hnsw_reconnect_nodes).
import type { Graph } from "./graph.ts";
import type { GraphNode } from "./graph-node.ts";
import { linkNear } from "./link-near.ts";
import { NearestQueue } from "./nearest-queue.ts";

const { fround } = Math;

/** How much it counts that two are near, and that others would find other partners. */
const NEARNESS = fround(0.7);
const PROSPECTS = fround(0.3);

/** A pair that must not be: the two are linked already, or are one. */
const NO_PAIR = -1;

export function relinkNeighbours(graph: Graph, nodes: readonly GraphNode[], level: number): void {
  const table = distancesOf(nodes);
  const paired = linkPairs(nodes, { level, table, scores: scoresOf(nodes, level, table) });
  for (const [at, node] of nodes.entries()) {
    if (!paired.has(at) && !node.layers[level]!.isFull) linkAlone(graph, nodes, { at, level, distances: table[at]! });
  }
}

type Table = readonly Float32Array[];

function distancesOf(nodes: readonly GraphNode[]): Table {
  const table = nodes.map(() => new Float32Array(nodes.length));
  for (const [i, node] of nodes.entries()) {
    for (let j = i + 1; j < nodes.length; j++) table[i]![j] = table[j]![i] = node.distanceTo(nodes[j]!);
  }
  return table;
}

/** How good each pair is: its own nearness, and how far from them are those that it leaves without them. */
function scoresOf(nodes: readonly GraphNode[], level: number, table: Table): Table {
  const { length: count } = nodes;
  const means = table.map((row, i) => {
    let sum = 0;
    for (const [j, apart] of row.entries()) if (i !== j) sum = fround(sum + apart);
    return count > 1 ? fround(sum / (count - 1)) : 0;
  });
  const others = (i: number, apart: number): number =>
    count > 2 ? fround(fround(fround(means[i]! * (count - 1)) - apart) / (count - 2)) : 0;
  return nodes.map((node, i) =>
    Float32Array.from(nodes, (other, j) => {
      if (i === j || node.linksOn(level).includes(other)) return NO_PAIR;
      const apart = table[i]![j]!;
      const left = fround(fround(others(i, apart) + others(j, apart)) / 2);
      return fround(fround(NEARNESS * fround(2 - apart)) + fround(PROSPECTS * left));
    }),
  );
}

interface Pairing {
  readonly level: number;
  readonly table: Table;
  readonly scores: Table;
}

/** Links the best pair, then the best of the rest, and so on; gives the places of those that have a partner. */
function linkPairs(nodes: readonly GraphNode[], { level, table, scores }: Pairing): ReadonlySet<number> {
  const paired = new Set<number>();
  const isFree = (at: number): boolean => !paired.has(at) && !nodes[at]!.layers[level]!.isFull;
  for (;;) {
    let best: readonly [number, number] | undefined;
    let highest = NO_PAIR;
    for (let i = 0; i < nodes.length; i++) {
      if (!isFree(i)) continue;
      for (let j = 0; j < nodes.length; j++) {
        const score = scores[i]![j]!;
        if (i === j || !(score >= 0 && score > highest) || !isFree(j)) continue;
        highest = score;
        best = [i, j];
      }
    }
    if (best === undefined) return paired;
    const [i, j] = best;
    const apart = table[i]![j]!;
    nodes[i]!.layers[level]!.add(nodes[j]!, apart);
    nodes[j]!.layers[level]!.add(nodes[i]!, apart);
    paired.add(i).add(j);
  }
}

interface Lonely {
  readonly at: number;
  readonly level: number;
  readonly distances: Float32Array;
}

/** One link more: with one of the others that has room, or else with whoever is near. */
function linkAlone(graph: Graph, nodes: readonly GraphNode[], { at, level, distances }: Lonely): void {
  const node = nodes[at]!;
  const links = node.linksOn(level);
  const wanted = links.length + 1;
  const others = new NearestQueue(nodes.length);
  for (const [i, other] of nodes.entries()) {
    if (i !== at && !other.layers[level]!.isFull) others.push(other, distances[i]!);
  }
  linkNear(graph, node, others.found(), { level, wanted, pressure: "some" });
  if (links.length === wanted) return;
  const pressure = links.length > Math.floor(graph.breadth / 2) ? "some" : "great";
  linkNear(graph, node, graph.nearOn(level, node), { level, wanted, pressure });
}
