// How slots move from node to node: the orders that `redis-cli --cluster reshard` gives, one by one, and whose slots are taken.
import type { Random, Server, World } from "../core/index.ts";
import { order } from "./order.ts";
import { serverNamed } from "./processes.ts";

/** A node of a cluster, which knows that it is one. */
type Node = Server & { readonly cluster: NonNullable<Server["cluster"]> };

export interface Move {
  readonly slot: number;
  readonly source: Node;
  readonly target: Node;
}

/** The nodes that take orders. */
export function nodesOf(world: World): readonly Node[] {
  return world.servers.filter((server): server is Node => server.cluster !== undefined && takesOrders(server));
}

/** Who owns slots, by the nodes' own words. */
export function ownersOf(world: World): readonly Node[] {
  return nodesOf(world).filter(({ cluster: { myself } }) => !myself.isReplica && myself.slots.size > 0);
}

/** Gives a node an order about slots; false where it refuses. */
export function orderSlot(node: Server, subcommand: string, slot: number, ...words: readonly string[]): boolean {
  return order(node, ["CLUSTER", subcommand, String(slot), ...words]).startsWith("+");
}

/** The move of one slot from its owner to a node, or to the owner's neighbour; undefined where it cannot move there. */
export function moveOf(world: World, slot: number, to: string | undefined): Move | undefined {
  const owners = ownersOf(world);
  const source = owners.find(({ cluster }) => cluster.slots.owners[slot] === cluster.myself);
  if (source === undefined) return undefined;
  const wanted = to === undefined ? undefined : serverNamed(world, to);
  const target = nodesOf(world).find((node) => node === (wanted ?? neighbour(owners, source)));
  if (target === undefined || target === source || target.cluster.myself.isReplica) return undefined;
  return { slot, source, target };
}

/** So many moves of slots, drawn by chance and in an order of chance, each to its owner's neighbour. */
export function drawMoves(world: World, random: Random, count: number): readonly Move[] {
  const owners = ownersOf(world);
  if (owners.length < 2) return [];
  const all = owners
    .flatMap((source) => [...source.cluster.myself.slots].map((slot) => ({ source, slot })))
    .sort((a, b) => a.slot - b.slot);
  const drawn = Math.min(count, all.length);
  for (let at = 0; at < drawn; at++) {
    const other = random.int(at, all.length - 1);
    [all[at], all[other]] = [all[other]!, all[at]!];
  }
  return all.slice(0, drawn).map(({ source, slot }) => ({ slot, source, target: neighbour(owners, source)! }));
}

function neighbour(owners: readonly Node[], node: Node): Node | undefined {
  return owners[(owners.indexOf(node) + 1) % owners.length];
}

/** How far a slot has come: what is to be done next, as both sides tell it. */
export type MoveStep = "import" | "migrate" | "key" | "give" | "release" | "done";

export function nextStep({ slot, source, target }: Move): MoveStep {
  const [from, to] = [source.cluster, target.cluster];
  if (from.slots.owners[slot] !== from.myself) return "done";
  if (to.slots.owners[slot] === to.myself) return "release";
  if (!to.slots.importing.has(slot)) return "import";
  if (!from.slots.migrating.has(slot)) return "migrate";
  return from.slots.keysIn(slot).length > 0 ? "key" : "give";
}

/** Takes the next step; false where there is none, or where it leads nowhere because a node does not do its part. */
export function takeStep(move: Move): boolean {
  return advance(move, nextStep(move)) !== undefined;
}

/** Takes every step until one is at hand that is not to be taken. */
export function takeSteps(move: Move, until: MoveStep = "done"): void {
  let step: MoveStep | undefined = nextStep(move);
  while (step !== undefined && step !== until) step = advance(move, step);
}

/** Takes the step that is at hand, and gives the one behind it; undefined where it led nowhere. */
function advance(move: Move, step: MoveStep): MoveStep | undefined {
  const { slot, source, target } = move;
  if (step === "done" || !takesOrders(source) || !takesOrders(target)) return undefined;
  const keysLeft = (): number => (step === "key" ? source.cluster.slots.keysIn(slot).length : 0);
  const before = keysLeft();
  give(move, step);
  const next = nextStep(move);
  return next !== step || keysLeft() < before ? next : undefined;
}

const MIGRATE_TIMEOUT_MS = "5000";

function give({ slot, source, target }: Move, step: MoveStep): void {
  const [from, to] = [source.cluster, target.cluster];
  switch (step) {
    case "import":
      orderSlot(target, "SETSLOT", slot, "IMPORTING", from.myself.id);
      return;
    case "migrate":
      orderSlot(source, "SETSLOT", slot, "MIGRATING", to.myself.id);
      return;
    case "key": {
      const { host, port } = target.doors.processAddress;
      order(source, ["MIGRATE", host, String(port), from.slots.keysIn(slot)[0]!, "0", MIGRATE_TIMEOUT_MS]);
      return;
    }
    case "give":
      orderSlot(target, "SETSLOT", slot, "NODE", to.myself.id);
      return;
    case "release":
      orderSlot(source, "SETSLOT", slot, "NODE", to.myself.id);
      return;
    case "done":
  }
}

/**
 * One move after the other, each in an event of its own: what nodes tell each other of the one arrives before the next begins, or
 * one of them would take a slot back for which it has missed the news. Call what it gives to leave the rest.
 */
export function moveInTurn(world: World, moves: readonly Move[]): () => void {
  let at = 0;
  const moveNext = (): void => {
    const move = moves[at++];
    if (move === undefined) return;
    takeSteps(move);
    if (nextStep(move) !== "done") giveUp(move);
    world.schedule(world.now, moveNext);
  };
  moveNext();
  return () => {
    at = moves.length;
  };
}

/** Nodes that do not reach each other cannot move a slot: it is not left half open, or a failover meanwhile would leave it to nobody. */
function giveUp({ slot, source, target }: Move): void {
  for (const node of [source, target]) if (takesOrders(node)) orderSlot(node, "SETSLOT", slot, "STABLE");
}

function takesOrders({ listens, stalled }: Server): boolean {
  return listens && !stalled;
}
