// What a node says to others: pings and pongs with gossip, and what a header tells (cluster_legacy.c: clusterSendPing).
import type { Cluster } from "./cluster.ts";
import type { Gossip, Header, Message } from "./message.ts";
import type { ClusterNode } from "./node.ts";

/** Nodes to choose from for the ping that is sent once a second. */
const CANDIDATES = 5;
const LEAST_GOSSIP = 3;

export function headerOf(cluster: Cluster, { forcesVote = false } = {}): Header {
  const { myself, currentEpoch, server, manualFailover } = cluster;
  const claims = myself.primary ?? myself;
  return {
    id: myself.id,
    address: myself.address,
    shardId: myself.shardId,
    currentEpoch,
    configEpoch: claims.configEpoch,
    slots: claims.slots,
    primaryId: myself.primary?.id,
    offset: server.replication.offset,
    noFailover: server.config.flag("cluster-replica-no-failover"),
    paused: manualFailover.pauses,
    forcesVote,
  };
}

/** Ping, pong or meet, with what is worth telling of others. */
export function send(cluster: Cluster, node: ClusterNode, type: "ping" | "pong" | "meet"): void {
  if (type !== "pong" && node.pingSentAt === 0) node.pingSentAt = Math.max(1, cluster.now);
  deliver(cluster, node, { type, header: headerOf(cluster), gossip: gossipOf(cluster, node) });
}

/** A message travels between two servers of this world; one that nobody hears is lost. */
export function deliver(cluster: Cluster, node: ClusterNode, message: Message): void {
  const { network } = cluster.server.world;
  const target = network.serverAt(node.address);
  node.linked = target?.cluster !== undefined;
  if (target?.cluster === undefined) return;
  cluster.sent.set(message.type, (cluster.sent.get(message.type) ?? 0) + 1);
  const sentAt = cluster.server.world.now;
  network.carry(cluster.server.name, target.name, () => {
    // A connection on which nothing came for half the timeout was made anew, and what was under way on it is lost.
    const isLost = cluster.server.world.now - sentAt > cluster.timeoutMs / 2;
    if (target.listens && !isLost) target.cluster?.receive(message);
  });
}

/** What is worth telling a node of others. */
export function gossipOf(cluster: Cluster, to: ClusterNode): Gossip[] {
  const others = known(cluster, (node) => node !== to);
  const wanted = Math.max(LEAST_GOSSIP, Math.floor(cluster.nodes.size / 10));
  const chosen =
    others.length <= wanted ? others : cluster.random.indices(others.length, wanted).map((at) => others[at]!);
  const gossip = chosen.map(rumour);
  for (const node of others) if (node.suspected && !chosen.includes(node)) gossip.push(rumour(node));
  return gossip;
}

function rumour({ id, address, shardId, isReplica, suspected, failed, pongAt }: ClusterNode): Gossip {
  return { id, address, shardId, isReplica, suspected, failed, pongAt: Math.floor(pongAt / 1000) * 1000 };
}

/** Once a second, of a few nodes drawn by chance, the one that has been silent longest is pinged. */
export function gossipAtRandom(cluster: Cluster): void {
  const others = known(cluster, ({ pingSentAt }) => pingSentAt === 0);
  let oldest: ClusterNode | undefined;
  for (const at of cluster.random.indices(others.length, Math.min(CANDIDATES, others.length))) {
    const drawn = others[at]!;
    if (oldest === undefined || drawn.pongAt < oldest.pongAt) oldest = drawn;
  }
  if (oldest !== undefined) send(cluster, oldest, "ping");
}

/** The other nodes that it has met, as far as they are wanted. Every ping asks: no copy of them all is made first. */
function known({ nodes, myself }: Cluster, wanted: (node: ClusterNode) => boolean): ClusterNode[] {
  const others: ClusterNode[] = [];
  for (const node of nodes.values()) if (node !== myself && !node.inHandshake && wanted(node)) others.push(node);
  return others;
}
