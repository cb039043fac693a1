// The cluster as a node sees it: INFO, NODES, SLOTS, SHARDS, LINKS, REPLICAS, SLAVES (cluster.c, cluster_legacy.c).
import type { Bytes } from "../../kernel/bytes.ts";
import { ReplyError } from "../../resp/errors.ts";
import type { Reply } from "../../resp/reply.ts";
import type { Cluster } from "../../server/cluster/cluster.ts";
import type { ClusterNode } from "../../server/cluster/node.ts";
import { rangesOf } from "../../kernel/slot-ranges.ts";
import { arg } from "../args.ts";
import type { CommandContext } from "../context.ts";
import { endpointOf, hostFor } from "./endpoint.ts";
import { adminFacts, clusterFacts, defineClusterCommand, nodeOf, untold } from "./facts.ts";

export const info = defineClusterCommand({
  ...clusterFacts,
  ...untold,
  name: "INFO",
  arity: 2,
  summary: "Replies whether the cluster serves, and what the node has seen of it.",
  in: { valkey: { flags: ["loading", "stale"] } },
  run: ({ cluster, reply }) => reply.verbatim("txt", infoText(cluster)),
});

const MESSAGE_NAMES: Readonly<Record<string, string>> = { "auth-request": "auth-req", publishshard: "publishshard" };

function infoText(cluster: Cluster): Bytes {
  const { slots, nodes, myself, currentEpoch } = cluster;
  const assigned = slots.owners.filter((owner) => owner !== undefined);
  const failed = assigned.filter((owner) => owner.failed).length;
  const suspected = assigned.filter((owner) => owner.suspected).length;
  const claims = myself.primary ?? myself;
  const counts = (map: ReadonlyMap<string, number>, direction: string): string[] => [
    ...[...map].map(([type, count]) => `cluster_stats_messages_${MESSAGE_NAMES[type] ?? type}_${direction}:${count}`),
    `cluster_stats_messages_${direction}:${[...map.values()].reduce((sum, count) => sum + count, 0)}`,
  ];
  const lines = [
    `cluster_state:${cluster.isUp ? "ok" : "fail"}`,
    `cluster_slots_assigned:${assigned.length}`,
    `cluster_slots_ok:${assigned.length - failed - suspected}`,
    `cluster_slots_pfail:${suspected}`,
    `cluster_slots_fail:${failed}`,
    `cluster_known_nodes:${nodes.size}`,
    `cluster_size:${cluster.size}`,
    `cluster_current_epoch:${currentEpoch}`,
    `cluster_my_epoch:${claims.configEpoch}`,
    ...counts(cluster.sent, "sent"),
    ...counts(cluster.received, "received"),
    `total_cluster_links_buffer_limit_exceeded:${cluster.linksCut}`,
  ];
  return lines.map((line) => `${line}\r\n`).join("");
}

export const nodes = defineClusterCommand({
  ...clusterFacts,
  ...untold,
  name: "NODES",
  arity: 2,
  summary: "Replies every node, a line each.",
  in: { valkey: { flags: ["loading", "stale"] } },
  run({ client, cluster, reply }) {
    const lines = [...cluster.nodes.values()].map((node) => `${lineOf({ client, cluster }, node)}\n`);
    reply.verbatim("txt", lines.join(""));
  },
});

/** Who looks at what: clients of different kinds may be shown different addresses. */
type View = Pick<CommandContext, "client"> & { readonly cluster: Cluster };

/** What is on its way from this node or to it, by slots. */
function movesOf({ slots: { migrating, importing } }: Cluster): Bytes[] {
  const moves = [
    ...[...migrating].map(([slot, to]) => ({ slot, text: `[${slot}->-${to.id}]` })),
    ...[...importing].map(([slot, from]) => ({ slot, text: `[${slot}-<-${from.id}]` })),
  ];
  return moves.sort((a, b) => a.slot - b.slot).map(({ text }) => text);
}

/** clusterGenNodeDescription */
function lineOf({ client, cluster }: View, node: ClusterNode): Bytes {
  const { myself } = cluster;
  const { address, names, primary } = node;
  const flags = [
    node === myself && "myself",
    node.inHandshake ? false : node.isReplica ? "slave" : "master",
    node.suspected && "fail?",
    node.failed && "fail",
    node.inHandshake && "handshake",
    !node.hasAddress && "noaddr",
    node.noFailover && "nofailover",
  ].filter((flag) => flag !== false);
  const ranges = rangesOf(node.slots).map(([from, to]) => (from === to ? String(from) : `${from}-${to}`));
  const moving = node === myself ? movesOf(cluster) : [];
  const epoch = (primary ?? node).configEpoch;
  const linked = node === myself || cluster.isLinked(node) ? "connected" : "disconnected";
  return [
    node.id,
    `${hostFor(client, node)}:${cluster.portFor(client, node)}@${address.busPort}${names.hostname && `,${names.hostname}`}`,
    flags.join(","),
    primary?.id ?? "-",
    node === myself ? 0 : node.pingSentAt,
    node === myself ? 0 : node.pongAt,
    epoch,
    linked,
    ...ranges,
    ...moving,
  ].join(" ");
}

function replicasOf(view: View, id: Bytes, reply: Reply): void {
  const primary = nodeOf(view.cluster, id);
  if (primary.isReplica) throw new ReplyError("ERR The specified node is not a master");
  reply.bulks(Array.from(primary.replicas, (node) => lineOf(view, node)));
}

export const replicas = defineClusterCommand({
  ...adminFacts,
  ...untold,
  name: "REPLICAS",
  since: "5.0.0",
  arity: 3,
  flags: ["admin", "stale"],
  summary: "Replies the replicas of a primary.",
  args: [arg.string("node-id")],
  run: ({ client, cluster, reply }, { "node-id": id }) => replicasOf({ client, cluster }, id, reply),
});

export const slaves = defineClusterCommand({
  ...adminFacts,
  ...untold,
  name: "SLAVES",
  arity: 3,
  flags: ["admin", "stale"],
  summary: "Replies the replicas of a primary.",
  deprecated: { since: "5.0.0", replacedBy: "`CLUSTER REPLICAS`" },
  args: [arg.string("node-id")],
  run: ({ client, cluster, reply }, { "node-id": id }) => replicasOf({ client, cluster }, id, reply),
});

export const slots = defineClusterCommand({
  ...clusterFacts,
  ...untold,
  name: "SLOTS",
  arity: 2,
  flags: ["loading", "stale"],
  summary: "Replies ranges of slots with the nodes that serve them.",
  deprecated: { since: "7.0.0", replacedBy: "`CLUSTER SHARDS`" },
  in: { "redis-7.0": { flags: ["stale"] }, valkey: { deprecated: undefined } },
  run({ client, cluster, reply }) {
    const rows = [...cluster.nodes.values()]
      .filter((node) => !node.isReplica)
      .flatMap((node) => rangesOf(node.slots).map((range) => ({ node, range })))
      .sort((a, b) => a.range[0] - b.range[0]);
    reply.array(rows.length);
    for (const { node, range } of rows) {
      const serving = [node, ...[...node.replicas].filter((replica) => isAvailable(cluster, replica))];
      reply.array(2 + serving.length);
      reply.integer(range[0]);
      reply.integer(range[1]);
      for (const each of serving) replySlotsNode({ client, cluster }, reply, each);
    }
  },
});

/** Where to reach a node, and by which other ways: what is not the endpoint itself comes behind it. */
function replySlotsNode({ client, cluster }: View, reply: Reply, node: ClusterNode): void {
  const { id, names } = node;
  const endpoint = endpointOf(cluster, client, node);
  const preferred = cluster.server.config.text("cluster-preferred-endpoint-type");
  const others: (readonly [Bytes, Bytes])[] = [];
  if (preferred !== "ip") others.push(["ip", hostFor(client, node)]);
  if (preferred !== "hostname" && names.hostname !== "") others.push(["hostname", names.hostname]);
  reply.array(4);
  if (endpoint === undefined) reply.null();
  else reply.bulk(endpoint);
  reply.integer(cluster.portFor(client, node));
  reply.bulk(id);
  reply.map(others.length);
  for (const [name, value] of others) {
    reply.bulk(name);
    reply.bulk(value);
  }
}

/** A replica of which nobody knows how far it is has not got its data yet. */
function isAvailable(cluster: Cluster, node: ClusterNode): boolean {
  return !node.failed && offsetOf(cluster, node) !== 0;
}

function offsetOf({ myself, server }: Cluster, node: ClusterNode): number {
  return node === myself ? server.replication.offset : node.offset;
}

export const shards = defineClusterCommand({
  ...clusterFacts,
  ...untold,
  name: "SHARDS",
  since: "7.0.0",
  arity: 2,
  flags: ["loading", "stale"],
  summary: "Replies the shards: their slots, and their nodes.",
  in: { "redis-7.0": { flags: ["stale"] } },
  run({ client, cluster, reply }) {
    const primaries = [...cluster.nodes.values()].filter((node) => !node.isReplica && !node.inHandshake);
    reply.array(primaries.length);
    for (const primary of primaries) {
      const ranges = rangesOf(primary.slots);
      const members = [primary, ...primary.replicas];
      reply.map(2);
      reply.bulk("slots");
      reply.array(2 * ranges.length);
      for (const [from, to] of ranges) {
        reply.integer(from);
        reply.integer(to);
      }
      reply.bulk("nodes");
      reply.array(members.length);
      for (const node of members) replyShardNode({ client, cluster }, reply, node);
    }
  },
});

function replyShardNode({ client, cluster }: View, reply: Reply, node: ClusterNode): void {
  const offset = offsetOf(cluster, node);
  const health = node.failed ? "fail" : node.isReplica && offset === 0 ? "loading" : "online";
  const { names } = node;
  const facts: readonly (readonly [Bytes, Bytes | number])[] = [
    ["id", node.id],
    ...node.ports,
    ["ip", hostFor(client, node)],
    ["endpoint", endpointOf(cluster, client, node) ?? ""],
    ...(names.hostname === "" ? [] : [["hostname", names.hostname] as const]),
    ["role", node.isReplica ? "replica" : "master"],
    ["replication-offset", offset],
    ["health", health],
  ];
  reply.map(facts.length);
  for (const [name, value] of facts) {
    reply.bulk(name);
    if (typeof value === "number") reply.integer(value);
    else reply.bulk(value);
  }
}

export const links = defineClusterCommand({
  ...clusterFacts,
  ...untold,
  name: "LINKS",
  since: "7.0.0",
  arity: 2,
  summary: "Replies the connections to other nodes, two each.",
  run({ cluster, profile, reply }) {
    const peers = [...cluster.nodes.values()].filter((node) => node !== cluster.myself && cluster.isLinked(node));
    reply.array(2 * peers.length);
    for (const node of peers) {
      for (const direction of ["to", "from"]) {
        const bufferBytes = profile.can.emptyLinkBufferBytes + (direction === "to" ? node.link.waitingBytes : 0);
        const facts: readonly (readonly [Bytes, Bytes | number])[] = [
          ["direction", direction],
          ["node", node.id],
          ["create-time", node.link.createdAt],
          ["events", "r"],
          ["send-buffer-allocated", bufferBytes],
          ["send-buffer-used", bufferBytes],
        ];
        reply.map(facts.length);
        for (const [name, value] of facts) {
          reply.bulk(name);
          if (typeof value === "number") reply.integer(value);
          else reply.bulk(value);
        }
      }
    }
  },
});
