// A node of a cluster: what it knows of the others, and whether it may serve (cluster_legacy.c).
import { hashSlot } from "../../kernel/crc16.ts";
import type { Bytes } from "../../kernel/bytes.ts";
import { once } from "../../kernel/once.ts";
import type { Random } from "../../kernel/random.ts";
import type { ClientPort } from "../../commands/ports.ts";
import type { Server } from "../server.ts";
import {
  announcedAddress,
  announcedNames,
  busPortOf,
  OwnView,
  showsTlsPorts,
  type NodeAddress,
} from "./announcement.ts";
import { encodeRequest } from "../replication/stream-writer.ts";
import { Blacklist } from "./blacklist.ts";
import { ClusterCron } from "./cluster-cron.ts";
import { Election } from "./election.ts";
import { receive } from "./receive.ts";
import { deliver, headerOf, send } from "./send.ts";
import { ManualFailover } from "./manual-failover.ts";
import type { Arrival, Message, MessageType } from "./message.ts";
import { ClusterNode } from "./node.ts";
import { Slots } from "./slots.ts";
import { SlotTraffic } from "./slot-traffic.ts";
import { SLOTS } from "../../kernel/slot-ranges.ts";

/** A primary that starts, or that finds the cluster down, waits so long before it serves. */
const WRITABLE_DELAY_MS = 2_000;
const MOST_REJOIN_DELAY_MS = 5_000;
const LEAST_REJOIN_DELAY_MS = 500;

export class Cluster {
  readonly server: Server;
  readonly random: Random;
  myself: ClusterNode;
  /** By id, in the order in which they were met. */
  readonly nodes = new Map<Bytes, ClusterNode>();
  readonly slots = new Slots(this);
  currentEpoch = 0;
  lastVoteEpoch = 0;
  isUp = false;
  readonly election: Election;
  readonly manualFailover: ManualFailover;
  readonly traffic = new SlotTraffic();
  readonly sent = new Map<MessageType, number>();
  readonly received = new Map<MessageType, number>();
  /** Connections on which more waited than may. */
  linksCut = 0;
  readonly blacklist: Blacklist;
  /** Since when too few primaries were seen; the moment of the start at first. */
  #inMinorityAt: number;
  #startedAt: number;
  /** Where others find this node is no more known to it than anybody has told: it listens on many addresses. */
  #knowsOwnHost = false;
  #announcesHost = false;
  #wasDialled = false;
  readonly #cron: ClusterCron;
  #viewHolds = 0;
  #pingIntervalMs = 0;
  /** What it tells others of where it is. */
  announced: NodeAddress;
  readonly #ownView: OwnView;
  /** Where it listens to other nodes. */
  busPort: number;

  constructor(server: Server) {
    this.server = server;
    this.blacklist = new Blacklist(server);
    this.#ownView = new OwnView(server);
    this.random = server.world.random.fork(`${server.name}/cluster`);
    this.announced = announcedAddress(server);
    this.busPort = busPortOf(server);
    this.myself = new ClusterNode({
      id: this.random.hex(40),
      address: this.announced,
      shardId: this.random.hex(40),
      now: server.steadyNow,
    });
    this.nodes.set(this.myself.id, this.myself);
    this.#startedAt = server.steadyNow;
    this.#cron = new ClusterCron(this);
    this.#inMinorityAt = server.steadyNow - MOST_REJOIN_DELAY_MS;
    this.election = new Election(this);
    this.manualFailover = new ManualFailover(this);
    this.readConfig();
    this.arm();
  }

  get now(): number {
    return this.server.steadyNow;
  }

  /** What it announces has effect at once for itself, for others with its next message. */
  readConfig(): void {
    const { config } = this.server;
    this.announced = announcedAddress(this.server);
    const announcesHost = config.text("cluster-announce-ip") !== "";
    if (this.#announcesHost && !announcesHost) this.#knowsOwnHost = false;
    this.#announcesHost = announcesHost;
    const host = announcesHost || this.#knowsOwnHost ? this.announced.host : "";
    this.myself.address = this.#ownView.of(this.announced, host);
    this.myself.names = announcedNames(this.server);
    this.myself.noFailover = config.flag("cluster-replica-no-failover");
    const interval = "cluster-ping-interval";
    this.#pingIntervalMs = config.knows(interval) ? config.number(interval) : 0;
  }

  /** Somebody has dialled it, and it sees under which address. */
  learnOwnHost(): void {
    if (this.#knowsOwnHost) return;
    this.#knowsOwnHost = true;
    this.#wasDialled = true;
    this.readConfig();
  }

  /** The port at which a client finds a node: for TLS, where it came in by that. */
  portFor({ door }: Pick<ClientPort, "door">, { address }: ClusterNode): number {
    return door.kind === "tls" && showsTlsPorts(this.server) ? address.tlsPort : address.port;
  }

  /** `cluster-node-timeout` */
  get timeoutMs(): number {
    return this.server.config.number("cluster-node-timeout");
  }

  /** Who was not heard for so long is pinged: `cluster-ping-interval`, half the timeout where that says nothing. */
  get pingIntervalMs(): number {
    return this.#pingIntervalMs === 0 ? this.timeoutMs / 2 : this.#pingIntervalMs;
  }

  /** Primaries that own slots. */
  get size(): number {
    return [...this.nodes.values()].filter((node) => !node.isReplica && node.slots.size > 0).length;
  }

  get majority(): number {
    return Math.floor(this.size / 2) + 1;
  }

  /** Whether the connection to another node stands: it breaks when that one's process goes. */
  isLinked(node: ClusterNode): boolean {
    return node.linked && this.server.world.network.nodeAt(node.address) !== undefined;
  }

  slotOf(key: Bytes): number {
    return hashSlot(key);
  }

  /** From now on it learns no more who owns what and who follows whom, though it hears that the others live. */
  holdView(): () => void {
    this.#viewHolds++;
    return once(() => {
      this.#viewHolds--;
    });
  }

  get viewIsHeld(): boolean {
    return this.#viewHolds > 0;
  }

  // Nodes.

  add(node: ClusterNode): void {
    this.nodes.set(node.id, node);
    this.arm();
  }

  /** CLUSTER MEET: a node of which nothing but the address is known yet. */
  meet(address: NodeAddress): void {
    const known = [...this.nodes.values()].some(
      (node) => node.inHandshake && node.address.host === address.host && node.address.busPort === address.busPort,
    );
    if (known) return;
    const node = new ClusterNode({ id: this.random.hex(40), address, shardId: this.random.hex(40), now: this.now });
    node.handshakeSince = this.now;
    node.meets = true;
    this.add(node);
    this.greet(node);
  }

  /** Where a deployment is set up: all nodes know each other, as after a while of gossip, and serve. */
  introduce(others: readonly Cluster[], { currentEpoch }: { readonly currentEpoch: number }): void {
    this.learnOwnHost();
    for (const { myself, server } of others) {
      if (myself === this.myself) continue;
      const { id, shardId } = myself;
      const node = new ClusterNode({ id, address: announcedAddress(server), shardId, now: this.now });
      node.names = myself.names;
      node.configEpoch = myself.configEpoch;
      node.pongAt = this.now;
      this.nodes.set(id, node);
      this.slots.assign(myself.slots, node);
      node.slots = myself.slots;
    }
    this.currentEpoch = currentEpoch;
    this.isUp = true;
  }

  /** A node that others speak of. */
  hearOf({ id, address, shardId, isReplica }: Pick<ClusterNode, "id" | "address" | "shardId" | "isReplica">): void {
    const node = new ClusterNode({ id, address, shardId, now: this.now });
    if (isReplica) node.follow(undefined);
    this.add(node);
    this.greet(node);
  }

  greet(node: ClusterNode): void {
    send(this, node, node.meets ? "meet" : "ping");
  }

  /** CLUSTER FORGET: it does not come back for a while. */
  forget(node: ClusterNode): void {
    this.blacklist.add(node.id);
    this.remove(node);
  }

  remove(node: ClusterNode): void {
    this.slots.forget(node);
    for (const other of this.nodes.values()) other.failureReports.delete(node);
    for (const replica of Array.from(node.replicas)) replica.follow(undefined);
    if (node.isReplica) node.lead();
    this.nodes.delete(node.id);
  }

  rename(node: ClusterNode, id: Bytes): void {
    this.nodes.delete(node.id);
    node.id = id;
    this.nodes.set(id, node);
  }

  get someHaveReplicas(): boolean {
    return [...this.nodes.values()].some(({ replicas }) => replicas.size > 0);
  }

  // Roles.

  /** Whether it may follow another primary where that is of use to the cluster. */
  get mayChangePrimary(): boolean {
    return this.server.config.flag("cluster-allow-replica-migration");
  }

  /** Becomes the replica of a primary; what it owned is that one's (clusterSetMaster). */
  follow(primary: ClusterNode): void {
    this.myself.follow(primary);
    this.slots.settle();
    this.manualFailover.reset();
    this.server.replication.follow(primary.address);
    this.server.pubsub.endShardChannels((channel) => this.slots.owners[hashSlot(channel)] !== primary);
  }

  lead(): void {
    this.myself.lead();
    this.server.replication.lead();
  }

  /** Takes the place of its primary, in an epoch that was agreed on (clusterFailoverReplaceYourMaster). */
  replacePrimary(): void {
    const before = this.myself.primary;
    if (before === undefined) return;
    this.lead();
    this.slots.assign(before.slots, this.myself);
    this.updateState();
    this.broadcast("pong");
    this.manualFailover.reset();
  }

  /** A new epoch without asking anybody (clusterBumpConfigEpochWithoutConsensus); false where this one is the greatest. */
  bumpEpoch(): boolean {
    const greatest = Math.max(this.currentEpoch, ...[...this.nodes.values()].map(({ configEpoch }) => configEpoch));
    if (this.myself.configEpoch !== 0 && this.myself.configEpoch === greatest) return false;
    this.currentEpoch++;
    this.myself.configEpoch = this.currentEpoch;
    return true;
  }

  /** CLUSTER RESET. */
  reset({ hard }: { readonly hard: boolean }): void {
    if (this.myself.isReplica) {
      this.lead();
      for (const db of this.server.databases) db.flush();
    }
    this.slots.assign([...Array(SLOTS).keys()], undefined);
    this.slots.settle();
    for (const node of this.nodes.values()) if (node !== this.myself) this.remove(node);
    if (hard) {
      this.currentEpoch = 0;
      this.lastVoteEpoch = 0;
      this.myself.configEpoch = 0;
      this.rename(this.myself, this.random.hex(40));
    }
    this.myself.shardId = this.random.hex(40);
    this.updateState();
  }

  // Messages.

  receive(message: Message, arrival: Arrival): void {
    this.received.set(message.type, (this.received.get(message.type) ?? 0) + 1);
    receive(this, message, arrival);
    this.server.outbox.flushAll();
    this.arm();
  }

  broadcast(type: "ping" | "pong"): void {
    for (const node of this.#others()) send(this, node, type);
  }

  /** PUBLISH is heard in the whole cluster, SPUBLISH in its shard. */
  publish(channel: Bytes, message: Bytes): void {
    for (const node of this.#others()) {
      deliver(this, node, { type: "publish", header: headerOf(this), channel, message });
    }
  }

  publishToShard(channel: Bytes, message: Bytes): void {
    const primary = this.myself.primary ?? this.myself;
    for (const node of this.#others()) {
      if (node !== primary && node.primary !== primary) continue;
      deliver(this, node, { type: "publishshard", header: headerOf(this), channel, message });
    }
  }

  #others(): ClusterNode[] {
    return [...this.nodes.values()].filter((node) => node !== this.myself && !node.inHandshake);
  }

  /** Its replicas get a command at once; gives the end of their stream behind it. */
  feedReplicas(argv: readonly Bytes[]): number {
    const { replication } = this.server;
    replication.own.feed(encodeRequest(argv));
    return replication.offset;
  }

  // Whether it serves.

  /** clusterUpdateState */
  updateState(): void {
    const { config } = this.server;
    const primaries = [...this.nodes.values()].filter((node) => !node.isReplica && node.slots.size > 0);
    const reachable = primaries.filter((node) => !node.failed && !node.suspected).length;
    const covered = primaries.reduce((sum, { failed, slots }) => sum + (failed ? 0 : slots.size), 0) === SLOTS;
    const inMinority = reachable < this.majority;
    if (inMinority) this.#inMinorityAt = this.now;
    const mayServe = (covered || !config.flag("cluster-require-full-coverage")) && !inMinority;
    if (mayServe === this.isUp) return;
    if (mayServe && !this.myself.isReplica) {
      // A primary that starts, or comes back, may be one no longer: it waits for news.
      if (this.now - this.#startedAt < WRITABLE_DELAY_MS) return;
      const rejoinMs = Math.min(Math.max(this.timeoutMs, LEAST_REJOIN_DELAY_MS), MOST_REJOIN_DELAY_MS);
      if (this.now - this.#inMinorityAt < rejoinMs) return;
    }
    this.isUp = mayServe;
    this.slots.changed = true;
  }

  /** The next round of its cron comes sooner when there is something to see to. */
  arm(): void {
    this.#cron.arm();
  }

  /** Whoever waits for keys that are elsewhere now is told (clusterRedirectBlockedClientIfNeeded). */
  redirectWaiting(): void {
    if (!this.slots.changed) return;
    this.slots.changed = false;
    this.server.redirectWaiting();
  }

  /** It starts again, and knows what lies in its file: who is there, what is called down, who owns what, and both epochs. */
  restarted(): void {
    for (const node of this.nodes.values()) {
      if (node.inHandshake) this.remove(node);
      else node.readFromFile(this.now);
    }
    this.blacklist.clear();
    this.sent.clear();
    this.received.clear();
    this.linksCut = 0;
    this.election.reset();
    this.manualFailover.reset();
    // An address that was announced for a while is not in the file: the one at which it was dialled is.
    this.#knowsOwnHost = this.#wasDialled;
    this.busPort = busPortOf(this.server);
    this.#ownView.forget();
    this.readConfig();
    this.#startedAt = this.now;
    this.#inMinorityAt = this.now - MOST_REJOIN_DELAY_MS;
    this.isUp = false;
    this.#cron.begin();
    if (this.myself.primary !== undefined) this.server.replication.follow(this.myself.primary.address);
    this.arm();
  }
}
