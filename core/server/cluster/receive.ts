// What a node hears from others, and what that changes (cluster_legacy.c: clusterProcessPacket, clusterUpdateSlotsConfigWith).
import type { Bytes } from "../../kernel/bytes.ts";
import type { Cluster } from "./cluster.ts";
import { markAsFailed, reported } from "./failure.ts";
import type { Gossip, Header, Message } from "./message.ts";
import { ClusterNode, type SlotSet } from "./node.ts";
import { deliver, gossipOf, headerOf } from "./send.ts";

export function receive(cluster: Cluster, message: Message): void {
  const { header } = message;
  const sender = recognize(cluster, message);
  if (sender !== undefined) learn(cluster, sender, header);
  switch (message.type) {
    case "ping":
    case "meet":
      answer(cluster, message);
      if (sender !== undefined) hear(cluster, sender, message.gossip);
      else if (message.type === "meet") hear(cluster, undefined, message.gossip);
      return;
    case "pong":
      if (sender === undefined) return;
      sender.pongAt = cluster.now;
      sender.pingSentAt = 0;
      sender.suspected = false;
      clearFailure(cluster, sender);
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
      node.primary = undefined;
      node.configEpoch = message.configEpoch;
      takeClaims(cluster, node, message.slots);
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
function recognize(cluster: Cluster, { header, type }: Message): ClusterNode | undefined {
  const known = cluster.nodes.get(header.id);
  const shaking = [...cluster.nodes.values()].find(
    (node) =>
      node.inHandshake && node.address.host === header.address.host && node.address.port === header.address.port,
  );
  if (known !== undefined) {
    if (shaking !== undefined && shaking !== known) cluster.remove(shaking);
    return known.inHandshake ? undefined : known;
  }
  if (shaking !== undefined && type === "pong") {
    cluster.rename(shaking, header.id);
    shaking.handshakeSince = undefined;
    shaking.meets = false;
    shaking.shardId = header.shardId;
    return shaking;
  }
  if (type === "meet" && shaking === undefined && !cluster.isBlacklisted(header.id)) {
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

function answer(cluster: Cluster, { header }: Message): void {
  const known = cluster.nodes.get(header.id);
  const to =
    known ?? new ClusterNode({ id: header.id, address: header.address, shardId: header.shardId, now: cluster.now });
  deliver(cluster, to, { type: "pong", header: headerOf(cluster), gossip: gossipOf(cluster, to) });
}

/** What a node says of itself. */
function learn(cluster: Cluster, sender: ClusterNode, header: Header): void {
  const { myself } = cluster;
  if (header.currentEpoch > cluster.currentEpoch) cluster.currentEpoch = header.currentEpoch;
  sender.offset = header.offset;
  sender.noFailover = header.noFailover;
  sender.address = header.address;
  sender.shardId = header.shardId;
  cluster.manualFailover.heard(sender, header);
  learnRole(cluster, sender, header.primaryId);
  if (header.primaryId !== undefined) return;
  if (header.configEpoch > sender.configEpoch) sender.configEpoch = header.configEpoch;
  if (header.slots !== sender.seenSlots) {
    sender.seenSlots = header.slots;
    takeClaims(cluster, sender, header.slots);
    correct(cluster, sender, header.slots);
  }
  // Two primaries of one epoch: the one with the smaller id takes a new one (clusterHandleConfigEpochCollision).
  if (header.configEpoch === myself.configEpoch && !myself.isReplica && myself.id < sender.id) {
    cluster.currentEpoch++;
    myself.configEpoch = cluster.currentEpoch;
  }
}

function learnRole(cluster: Cluster, sender: ClusterNode, primaryId: Bytes | undefined): void {
  if (primaryId === undefined) {
    if (sender.primary !== undefined) sender.primary = undefined;
    return;
  }
  const primary = cluster.nodes.get(primaryId);
  if (sender.primary === undefined && sender.slots.size > 0) cluster.assignAll([...sender.slots], undefined);
  sender.seenSlots = new Set();
  if (primary !== undefined) sender.primary = primary;
}

/** Slots that a primary claims are its own, where nobody claims them in a later epoch. */
function takeClaims(cluster: Cluster, claimant: ClusterNode, slots: SlotSet): void {
  const { myself, owners, importing } = cluster;
  const mine = myself.primary ?? myself;
  const taken: number[] = [];
  let tookMine = false;
  for (const slot of slots) {
    const owner = owners[slot];
    if (owner === claimant || importing.has(slot)) continue;
    if (owner !== undefined && owner.configEpoch >= claimant.configEpoch) continue;
    if (owner === mine) tookMine = true;
    taken.push(slot);
  }
  const lost = taken.filter((slot) => owners[slot] === myself);
  if (taken.length > 0) cluster.assignAll(taken, claimant);
  for (const slot of taken) {
    const target = cluster.migrating.get(slot);
    if (target !== undefined) cluster.migrating.delete(slot);
  }
  if (tookMine && mine.slots.size === 0 && claimant !== myself) cluster.follow(claimant);
  else for (const slot of lost) cluster.dropKeys(slot);
  if (taken.length > 0) {
    cluster.updateState();
    cluster.redirectWaiting();
  }
}

/** A primary that claims what another has in a later epoch is told of it. */
function correct(cluster: Cluster, sender: ClusterNode, slots: SlotSet): void {
  for (const slot of slots) {
    const owner = cluster.owners[slot];
    if (owner === undefined || owner === sender || owner.configEpoch <= sender.configEpoch) continue;
    sender.seenSlots = new Set(); // it may be told again
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

/** What a node says of others. */
function hear(cluster: Cluster, sender: ClusterNode | undefined, gossip: readonly Gossip[]): void {
  for (const { id, address, suspected, failed } of gossip) {
    const node = cluster.nodes.get(id);
    if (node === undefined) {
      if (!cluster.isBlacklisted(id)) cluster.shakeHands(address);
      continue;
    }
    if (node === cluster.myself || sender === undefined || sender.isReplica) continue;
    if (suspected || failed) reported(cluster, node, sender);
    else node.failureReports.delete(sender);
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
