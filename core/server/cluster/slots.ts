// Which node owns which slot, as a node knows it, which slots are under way from or to it, and the keys in them.
import { hashSlot } from "../../kernel/crc16.ts";
import type { Bytes } from "../../kernel/bytes.ts";
import { SLOTS } from "../../kernel/slot-ranges.ts";
import type { Cluster } from "./cluster.ts";
import type { ClusterNode } from "./node.ts";

export class Slots {
  readonly #cluster: Cluster;
  readonly owners: (ClusterNode | undefined)[] = new Array<ClusterNode | undefined>(SLOTS).fill(undefined);
  /** What goes elsewhere, and where. */
  readonly migrating = new Map<number, ClusterNode>();
  /** What comes here, and from where. */
  readonly importing = new Map<number, ClusterNode>();
  /** Who owns what has changed, or what is on its way here: whoever waits for keys may have to go elsewhere. */
  changed = false;

  constructor(cluster: Cluster) {
    this.#cluster = cluster;
  }

  assign(slots: Iterable<number>, owner: ClusterNode | undefined): void {
    const taken: number[] = [];
    const lost = new Map<ClusterNode, number[]>();
    for (const slot of slots) {
      const before = this.owners[slot];
      if (before === owner) continue;
      taken.push(slot);
      if (before === undefined) continue;
      const rest = lost.get(before);
      if (rest === undefined) lost.set(before, [slot]);
      else rest.push(slot);
    }
    if (taken.length === 0) return;
    const { traffic, server, someHaveReplicas } = this.#cluster;
    const leaving = new Set(taken.filter((slot) => this.#endsChannels(this.owners[slot])));
    for (const slot of taken) this.owners[slot] = owner;
    traffic.forget(taken);
    if (leaving.size > 0) server.pubsub.endShardChannels((channel) => leaving.has(hashSlot(channel)));
    for (const [node, gone] of lost) node.slots = node.slots.without(gone);
    if (owner !== undefined) {
      if (owner.slots.size === 0 && someHaveReplicas) owner.wantsReplicas = true;
      owner.slots = owner.slots.with(taken);
    }
    this.changed = true;
  }

  /** Shard channels of a slot are over where it was served, as its owner loses it. */
  #endsChannels(owner: ClusterNode | undefined): boolean {
    if (owner === undefined) return false;
    const { myself, server } = this.#cluster;
    const { endsChannelsEverywhere, endsChannelsInShard } = server.profile.can;
    if (endsChannelsEverywhere || owner === myself || owner.replicas.has(myself)) return true;
    return endsChannelsInShard && owner.shardId === myself.shardId;
  }

  /** Nothing is on its way any more. */
  settle(): void {
    this.migrating.clear();
    this.importing.clear();
  }

  /** A node is forgotten, and what was on its way to it or from it. */
  forget(node: ClusterNode): void {
    this.assign(node.slots, undefined);
    for (const moving of [this.migrating, this.importing]) {
      for (const [slot, other] of moving) if (other === node) moving.delete(slot);
    }
  }

  keysIn(slot: number): Bytes[] {
    return this.#cluster.server.databases[0]!.keys().filter((key) => hashSlot(key) === slot);
  }

  /** Deletes the keys of a slot that belongs to somebody else now. */
  dropKeys(slot: number): void {
    const { server } = this.#cluster;
    const { effects, databases, profile } = server;
    effects.begin();
    for (const key of this.keysIn(slot)) {
      databases[0]!.delete(key);
      if (profile.can.tellsReplicasOfLostKeys) effects.propagate(0, [server.deletion("server"), key]);
    }
    effects.end();
  }
}
