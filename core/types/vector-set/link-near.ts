// Which of the nodes near a new one become its neighbours, so that links lead in many directions and nobody is left behind
// (hnsw.c: select_neighbors).
import type { Graph } from "./graph.ts";
import type { GraphNode, Layer } from "./graph-node.ts";
import type { Found } from "./nearest-queue.ts";

export interface Linking {
  readonly level: number;
  /** As many links as the node is to have. */
  readonly wanted: number;
  /**
   * What is given up for them: nothing; that links lead in different directions; or that whoever loses a link for it keeps
   * enough of them.
   */
  readonly pressure: "none" | "some" | "great";
}

/** Links a node with candidates, the nearest first. */
export function linkNear(
  { breadth }: Pick<Graph, "breadth">,
  node: GraphNode,
  candidates: readonly Found[],
  { level, wanted, pressure }: Linking,
): void {
  const own = node.layers[level]!;
  const few = Math.floor(breadth / (pressure === "none" ? 2 : 4));
  for (const { node: candidate, distance: apart } of candidates) {
    const theirs = candidate.layers[level];
    if (candidate === node || theirs === undefined) continue;
    if (own.isFull || own.links.length >= wanted) return;
    if (pressure !== "none" && own.links.includes(candidate)) continue;
    if (pressure === "none" && own.links.some((linked) => candidate.distanceTo(linked) < apart)) continue;
    if (theirs.isFull) {
      if (pressure === "none" && apart >= theirs.farthest) continue;
      const freed = placeFor(candidate, { level, few, breadth, pressure });
      if (freed === "none") continue;
      if (freed === "taken") {
        const { links, farthestAt } = theirs;
        const dropped = links[farthestAt]!;
        dropped.layers[level]?.remove(candidate, dropped);
        theirs.replaceFarthest(node, candidate);
        own.add(candidate, apart);
        continue;
      }
    }
    theirs.add(node, apart);
    own.add(candidate, apart);
  }
}

interface Placing {
  readonly level: number;
  /** Who has no more links than these is not to lose one. */
  readonly few: number;
  readonly breadth: number;
  readonly pressure: Linking["pressure"];
}

/** How a node whose links are full takes another one: in the place of its farthest, in a new place, or not at all. */
function placeFor(full: GraphNode, { level, few, breadth, pressure }: Placing): "taken" | "new" | "none" {
  const layer = full.layers[level]!;
  const mayLose = (neighbour: GraphNode): boolean => neighbour.linksOn(level).length > few;
  if (mayLose(layer.links[layer.farthestAt]!)) return "taken";
  if (pressure !== "great") return "none";
  if (chooseFarthest(full, layer, mayLose)) return "taken";
  if (layer.capacity >= (level === 0 ? 3 : 2) * breadth) return "none";
  layer.capacity++;
  return "new";
}

/** Makes the farthest of some neighbours the one whose place is taken; false where there is none. */
function chooseFarthest(full: GraphNode, layer: Layer, mayLose: (neighbour: GraphNode) => boolean): boolean {
  let chosen: number | undefined;
  let farthest = 0;
  for (const [at, neighbour] of layer.links.entries()) {
    if (!mayLose(neighbour)) continue;
    const apart = full.distanceTo(neighbour);
    if (chosen !== undefined && apart <= farthest) continue;
    chosen = at;
    farthest = apart;
  }
  if (chosen === undefined) return false;
  layer.noteFarthest(chosen, farthest);
  return true;
}
