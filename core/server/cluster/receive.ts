// What a node hears from others, and what that changes (cluster_legacy.c: clusterProcessPacket, clusterUpdateSlotsConfigWith).
import type { Bytes } from "../../kernel/bytes.ts";
import type { Cluster } from "./cluster.ts";
import { declareFailed, markAsFailed, reported } from "./failure.ts";
import { NOWHERE, sameAddress, type NodeAddress } from "./announcement.ts";
import type { Arrival, Gossip, Header, Message } from "./message.ts";
import { ClusterNode } from "./node.ts";
import { deliver, gossipOf, headerOf } from "./send.ts";
import { SlotSet } from "./slot-set.ts";

/** Clocks of nodes may be so far apart that what one has seen is of use to another. */
const CLOCKS_APART_MS = 500;

export function receive(cluster: Cluster, message: Message, { answer, dialled }: Arrival): void {
  const { header } = message;
  // Whom it no longer knows it has hung up on.
  if (dialled !== undefined && cluster.nodes.get(dialled.id) !== dialled) return;
  const sender = recognize(cluster, message, dialled);
  if (sender !== undefined) sender.heardAt = cluster.now;
  if (sender !== undefined) learn(cluster, sender, message);
  switch (message.type) {
    case "ping":
    case "meet":
      cluster.learnOwnHost();
      answer({ type: "pong", header: headerOf(cluster), gossip: gossipOf(cluster, sender) });
      if (sender !== undefined) {
        settleEpochs(cluster, sender, header);
        hear(cluster, sender, message.gossip);
      }
      return;
    case "pong":
      if (sender === undefined) return;
      if (dialled !== undefined) alive(cluster, dialled);
      settleEpochs(cluster, sender, header);
      hear(cluster, sender, message.gossip);
      return;
    case "fail": {
      const failed = cluster.nodes.get(message.failedId);
      if (sender === undefined || failed === undefined || failed === cluster.myself || failed.failed) return;
      markAsFailed(cluster, failed);
      return;
    }
    case "update": {
      const node = cluster.nodes.get(message.of);
      if (sender === undefined || node === undefined || node.configEpoch >= message.configEpoch) return;
      if (cluster.viewIsHeld) return;
      node.lead();
      node.configEpoch = message.configEpoch;
      takeClaims(cluster, node, message);
      return;
    }
    case "auth-request":
      if (sender !== undefined) cluster.election.voteFor(sender, header);
      return;
    case "auth-ack":
      if (sender !== undefined) cluster.election.voted(sender, header);
      return;
    case "mfstart":
      if (sender !== undefined) cluster.manualFailover.asked(sender);
      return;
    case "publish":
      cluster.server.pubsub.publish(message.channel, message.message);
      return;
    case "publishshard":
      cluster.server.pubsub.publishToShard(message.channel, message.message);
  }
}

/** Who speaks; a handshake that is answered makes a node of it. */
function recognize(
  cluster: Cluster,
  { header, type }: Message,
  dialled: ClusterNode | undefined,
): ClusterNode | undefined {
  const known = cluster.nodes.get(header.id);
  if (dialled?.inHandshake === true) {
    if (known !== undefined) {
      cluster.remove(dialled);
      move(cluster, known, header.address);
      return undefined;
    }
    cluster.rename(dialled, header.id);
    dialled.handshakeSince = undefined;
    dialled.meets = false;
    dialled.shardId = header.shardId;
    return dialled;
  }
  if (dialled !== undefined && dialled !== known) {
    replaced(cluster, dialled);
    return undefined;
  }
  if (known !== undefined) return known.inHandshake ? undefined : known;
  if (type === "meet" && !shakesHands(cluster, header.address) && !cluster.blacklist.has(header.id)) {
    const node = new ClusterNode({
      id: cluster.random.hex(40),
      address: header.address,
      shardId: header.shardId,
      now: cluster.now,
    });
    node.handshakeSince = cluster.now;
    cluster.add(node);
    cluster.greet(node);
  }
  return undefined;
}

/** Somebody else answers where a node was. */
function replaced(cluster: Cluster, node: ClusterNode): void {
  node.address = NOWHERE;
  node.linked = false;
  if (cluster.server.profile.can.failsReplacedNodes && !node.failed) declareFailed(cluster, node);
}

function shakesHands({ nodes }: Cluster, address: NodeAddress): boolean {
  return [...nodes.values()].some((node) => node.inHandshake && sameAddress(node.address, address));
}

/** A node is elsewhere now (nodeUpdateAddressIfNeeded). */
function move({ myself, server }: Cluster, node: ClusterNode, address: NodeAddress): void {
  if (sameAddress(node.address, address)) return;
  node.address = address;
  if (myself.primary === node) server.replication.follow(address);
}

/** It answered on the connection to it. */
function alive(cluster: Cluster, node: ClusterNode): void {
  node.pongAt = cluster.now;
  node.pingSentAt = 0;
  node.suspected = false;
  clearFailure(cluster, node);
}

/** What a node says of itself: how far it is with each message, what it is and owns with pings and pongs. */
function learn(cluster: Cluster, sender: ClusterNode, { header, type }: Message): void {
  if (header.currentEpoch > cluster.currentEpoch) cluster.currentEpoch = header.currentEpoch;
  if (header.configEpoch > sender.configEpoch) sender.configEpoch = header.configEpoch;
  sender.offset = header.offset;
  sender.noFailover = header.noFailover;
  cluster.manualFailover.heard(sender, header);
  if (cluster.viewIsHeld || (type !== "ping" && type !== "pong" && type !== "meet")) return;
  if (type === "ping") move(cluster, sender, header.address);
  sender.names = header.names;
  sender.shardId = header.shardId;
  learnRole(cluster, sender, header.primaryId);
  const claimant = sender.isReplica ? sender.primary : sender;
  if (claimant === undefined || claimant.slots.equals(header.slots)) return;
  if (!sender.isReplica) takeClaims(cluster, sender, header);
  correct(cluster, sender, header);
}

/** Two primaries of one epoch: the one with the smaller id takes a new one (clusterHandleConfigEpochCollision). */
function settleEpochs(cluster: Cluster, sender: ClusterNode, { configEpoch }: Header): void {
  const { myself } = cluster;
  if (myself.isReplica || sender.isReplica || configEpoch !== myself.configEpoch || sender.id <= myself.id) return;
  cluster.currentEpoch++;
  myself.configEpoch = cluster.currentEpoch;
}

function learnRole(cluster: Cluster, sender: ClusterNode, primaryId: Bytes | undefined): void {
  if (primaryId === undefined) {
    sender.lead();
    return;
  }
  const primary = cluster.nodes.get(primaryId);
  if (!sender.isReplica) {
    cluster.slots.assign(sender.slots, undefined);
    sender.follow(undefined);
  }
  if (primary !== undefined && sender.primary !== primary) sender.follow(primary);
}

/** Slots that a primary claims are its own, where nobody claims them in a later epoch (clusterUpdateSlotsConfigWith). */
function takeClaims(
  cluster: Cluster,
  claimant: ClusterNode,
  { slots, configEpoch }: { readonly slots: SlotSet; readonly configEpoch: number },
): void {
  const { myself } = cluster;
  const { owners, importing } = cluster.slots;
  if (claimant === myself) return;
  const mine = myself.primary ?? myself;
  const taken: number[] = [];
  for (const slot of slots.minus(claimant.slots)) {
    const owner = owners[slot];
    if (importing.has(slot)) continue;
    if (owner === undefined || owner.configEpoch < configEpoch) taken.push(slot);
  }
  if (taken.length === 0) return;
  const lost = taken.filter((slot) => owners[slot] === mine);
  cluster.slots.assign(taken, claimant);
  if (cluster.server.profile.can.replicatesSlotMoves) for (const slot of lost) cluster.slots.migrating.delete(slot);
  const emptied = lost.length > 0 && mine.slots.size === 0;
  if (emptied && (cluster.mayChangePrimary || lost.length === slots.size)) cluster.follow(claimant);
  else if (mine === myself) for (const slot of lost) cluster.slots.dropKeys(slot);
  cluster.updateState();
}

/** Whoever claims what another has in a later epoch is told of it. */
function correct(cluster: Cluster, sender: ClusterNode, { slots, configEpoch }: Header): void {
  const known = sender.isReplica ? SlotSet.empty : sender.slots;
  for (const slot of slots.minus(known)) {
    const owner = cluster.slots.owners[slot];
    if (owner === undefined || owner === sender || owner.configEpoch <= configEpoch) continue;
    deliver(cluster, sender, {
      type: "update",
      header: headerOf(cluster),
      of: owner.id,
      configEpoch: owner.configEpoch,
      slots: owner.slots,
    });
    return;
  }
}

/** What a node says of others (clusterProcessGossipSection). */
function hear(cluster: Cluster, sender: ClusterNode, gossip: readonly Gossip[]): void {
  for (const { id, address, shardId, isReplica, suspected, failed, pongAt } of gossip) {
    const node = cluster.nodes.get(id);
    if (node === cluster.myself) continue;
    if (node === undefined) {
      if (!cluster.blacklist.has(id)) cluster.hearOf({ id, address, shardId, isReplica });
      continue;
    }
    const unwell = suspected || failed;
    // Who is lost may have been found elsewhere.
    if (!unwell && (node.suspected || node.failed)) move(cluster, node, address);
    if (!sender.isReplica) {
      if (unwell) reported(cluster, node, sender);
      else node.failureReports.delete(sender);
    }
    const isWell = !node.suspected && !node.failed && node.failureReports.size === 0;
    const quiet = !unwell && isWell && node.pingSentAt === 0;
    if (quiet && pongAt > node.pongAt && pongAt <= cluster.now + CLOCKS_APART_MS) node.pongAt = pongAt;
  }
}

/** A failed node that answers: a replica is well at once; a primary when nobody has taken its place for long enough. */
function clearFailure(cluster: Cluster, node: ClusterNode): void {
  if (node.failedAt === undefined) return;
  const harmless = node.isReplica || node.slots.size === 0;
  if (!harmless && cluster.now - node.failedAt <= 2 * cluster.timeoutMs) return;
  node.failedAt = undefined;
  cluster.updateState();
}
