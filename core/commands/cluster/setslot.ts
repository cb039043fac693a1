// CLUSTER SETSLOT: a slot moves from one primary to another, step by step (cluster_legacy.c: clusterCommandSetSlot).
import { equalIgnoringCase, lower, type Bytes } from "../../kernel/bytes.ts";
import { ReplyError, tooFewReplicas } from "../../resp/errors.ts";
import type { Cluster } from "../../server/cluster/cluster.ts";
import type { ClusterNode } from "../../server/cluster/node.ts";
import { arg } from "../args.ts";
import { defineCommand } from "../command.ts";
import type { CommandContext } from "../context.ts";
import { readTimeoutMs } from "../timeout.ts";
import { adminFacts, clusterOf, nodeOf, readSlot } from "./facts.ts";

/** So long replicas may take, unless the command says otherwise. */
const TIMEOUT_MS = 2_000;

export const setslot = defineCommand({
  ...adminFacts,
  name: "SETSLOT",
  arity: -4,
  summary: "Moves a slot, step by step.",
  args: [
    arg.lateInteger("slot"),
    arg.oneOf("subcommand", [
      arg.string("importing", { token: "IMPORTING", name70: "node-id", display: "node-id" }),
      arg.string("migrating", { token: "MIGRATING", name70: "node-id", display: "node-id" }),
      arg.string("node", { token: "NODE", name70: "node-id", display: "node-id" }),
      arg.token("stable", "STABLE"),
    ]),
    arg.optional(arg.lateInteger("timeout", { token: "TIMEOUT", since: { valkey: "8.0.0" } })),
  ],
  ignoresArguments: true,
  run(context) {
    const cluster = clusterOf(context);
    const { client, reply, profile } = context;
    const fromPrimary = client.kind === "primary";
    if (cluster.myself.isReplica && !fromPrimary) throw new ReplyError("ERR Please use SETSLOT only with masters.");
    const change = readChange(cluster, context);
    const timeoutMs = profile.can.replicatesSlotMoves ? readTimeout(context) : 0;
    const apply = (): void => {
      change();
      cluster.updateState();
      cluster.slots.changed = true;
      cluster.redirectWaiting();
      reply.ok();
    };
    if (profile.can.replicatesSlotMoves && !fromPrimary) tellReplicas(context, { cluster, timeoutMs, apply });
    else apply();
  },
});

/** Replicas know first of what moves, so that one of them can go on with it (Valkey 8.0). */
function tellReplicas(
  context: CommandContext,
  { cluster, timeoutMs, apply }: { readonly cluster: Cluster; readonly timeoutMs: number; readonly apply: () => void },
): void {
  const { argv, block, mayBlock, propagate, reply, server } = context;
  const replicas = cluster.myself.replicas.size;
  if (replicas === 0 || !mayBlock) {
    propagate.verbatim();
    apply();
    return;
  }
  const offset = cluster.feedReplicas(argv);
  const retry = (): boolean => {
    if (server.acknowledged(offset).replicas < replicas) return false;
    apply();
    return true;
  };
  block({ keys: [], awaitsReplicas: true, timeoutMs, retry, timedOut: () => reply.error(tooFewReplicas()) });
}

/** What the command asks for, where it may be. */
function readChange(cluster: Cluster, { argv, profile }: CommandContext): () => void {
  const { myself } = cluster;
  const { owners, migrating, importing } = cluster.slots;
  const slot = readSlot(argv[2]!);
  const action = lower(argv[3]!);
  const id = argv[4];
  // Valkey lets anything follow.
  const { replicatesSlotMoves: loose } = profile.can;
  const named = id !== undefined && (loose || argv.length === 5) ? id : undefined;
  if (action === "migrating" && named !== undefined) {
    if (owners[slot] !== (myself.primary ?? myself)) throw new ReplyError(`ERR I'm not the owner of hash slot ${slot}`);
    const target = knownPrimary(cluster, named);
    return () => void migrating.set(slot, target);
  }
  if (action === "importing" && named !== undefined) {
    if (owners[slot] === (myself.primary ?? myself))
      throw new ReplyError(`ERR I'm already the owner of hash slot ${slot}`);
    const source = knownPrimary(cluster, named);
    return () => void importing.set(slot, source);
  }
  if (action === "stable" && (loose || argv.length === 4)) {
    return () => {
      importing.delete(slot);
      migrating.delete(slot);
    };
  }
  if (action === "node" && named !== undefined) return giving(cluster, slot, named);
  throw new ReplyError("ERR Invalid CLUSTER SETSLOT action or number of arguments. Try CLUSTER HELP");
}

function knownPrimary(cluster: Cluster, id: Bytes): ClusterNode {
  const node = cluster.nodes.get(id);
  if (node === undefined) throw new ReplyError(`ERR I don't know about node ${id}`);
  if (node.isReplica) throw new ReplyError("ERR Target node is not a master");
  return node;
}

/** The last step of a move: on the receiving side it is a new epoch, so that the others believe it. */
function giving(cluster: Cluster, slot: number, id: Bytes): () => void {
  const { owners, migrating, importing } = cluster.slots;
  const node = nodeOf(cluster, id);
  const { myself } = cluster;
  if (node.isReplica) throw new ReplyError("ERR Target node is not a master");
  if (owners[slot] === myself && node !== myself && cluster.slots.keysIn(slot).length > 0) {
    throw new ReplyError(
      `ERR Can't assign hashslot ${slot} to a different node while I still hold keys for this hash slot.`,
    );
  }
  return () => {
    if (cluster.slots.keysIn(slot).length === 0) migrating.delete(slot);
    const received = node === (myself.primary ?? myself) && importing.has(slot);
    const wasMine = owners[slot] === myself;
    cluster.slots.assign([slot], node);
    // Whoever has given its last slot away follows the new owner.
    if (wasMine && myself.slots.size === 0 && cluster.mayChangePrimary) cluster.follow(node);
    if (!received) return;
    importing.delete(slot);
    if (myself.isReplica) return;
    cluster.bumpEpoch();
    cluster.broadcast("pong");
  };
}

/** The last of them counts; what else follows is nobody's. */
function readTimeout(context: CommandContext): number {
  const { argv } = context;
  let timeoutMs = TIMEOUT_MS;
  for (let at = equalIgnoringCase(argv[3]!, "STABLE") ? 4 : 5; at < argv.length; at++) {
    if (!equalIgnoringCase(argv[at]!, "TIMEOUT")) continue;
    const word = argv[++at];
    if (word === undefined) throw new ReplyError("ERR Missing timeout value");
    timeoutMs = readTimeoutMs(word, context);
  }
  return timeoutMs;
}
