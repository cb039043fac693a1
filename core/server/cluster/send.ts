// What a node says to others: pings and pongs with gossip, and what a header tells (cluster_legacy.c: clusterSendPing).
import type { Cluster } from "./cluster.ts";
import type { Arrival, Gossip, Header, Message } from "./message.ts";
import type { ClusterNode } from "./node.ts";

/** Nodes to choose from for the ping that is sent once a second. */
const CANDIDATES = 5;
const LEAST_GOSSIP = 3;

export function headerOf(cluster: Cluster, { forcesVote = false } = {}): Header {
  const { myself, currentEpoch, server, manualFailover } = cluster;
  const claims = myself.primary ?? myself;
  return {
    id: myself.id,
    address: cluster.announced,
    names: myself.names,
    shardId: myself.shardId,
    currentEpoch,
    configEpoch: claims.configEpoch,
    slots: claims.slots,
    primaryId: myself.primary?.id,
    offset: server.replication.offset,
    noFailover: myself.noFailover,
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
  const target = peerAt(cluster, node);
  node.linked = target !== undefined;
  if (target === undefined) return;
  const { link } = node;
  const sizeBytes = sizeOf(message);
  link.sent(sizeBytes);
  carry(cluster, target, message, () => {
    link.arrived(sizeBytes);
    if (link.isCut) return undefined;
    const answer = (reply: Message): void => carry(target, cluster, reply, () => ({ answer: () => {}, dialled: node }));
    return { answer, dialled: undefined };
  });
}

/** Of the header; what is told of other nodes adds little. */
const HEADER_BYTES = 2_256;

function sizeOf(message: Message): number {
  const isPublished = message.type === "publish" || message.type === "publishshard";
  return HEADER_BYTES + (isPublished ? message.channel.length + message.message.length : 0);
}

/** Who listens where a node is said to be. */
export function peerAt({ server }: Cluster, { address }: ClusterNode): Cluster | undefined {
  return server.world.network.nodeAt(address)?.cluster;
}

/** @param arrive how it arrives, or undefined where its connection is there no more */
function carry(from: Cluster, to: Cluster, message: Message, arrive: () => Arrival | undefined): void {
  from.sent.set(message.type, (from.sent.get(message.type) ?? 0) + 1);
  const { world } = from.server;
  const sentAt = world.now;
  world.network.carry(from.server.name, to.server.name, () => {
    // A connection on which nothing came for half the timeout was made anew, and what was under way on it is lost.
    const isLost = world.now - sentAt > from.timeoutMs / 2;
    const arrival = arrive();
    if (arrival !== undefined && to.server.listens && !isLost) to.receive(message, arrival);
  });
}

/** What is worth telling a node of others. */
export function gossipOf(cluster: Cluster, to: ClusterNode | undefined): Gossip[] {
  const others = known(cluster, (node) => node !== to && node.hasAddress);
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
  const others = known(cluster, ({ pingSentAt, hasAddress }) => pingSentAt === 0 && hasAddress);
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
