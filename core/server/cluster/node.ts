// A node of a cluster as another one sees it (cluster_legacy.c: clusterNode).
import type { Bytes } from "../../kernel/bytes.ts";
import { NodeLink } from "./node-link.ts";
import { NAMELESS, type NodeAddress, type NodeNames } from "./announcement.ts";
import { SlotSet } from "./slot-set.ts";

export class ClusterNode {
  id: Bytes;
  address: NodeAddress;
  /** As it told by itself. */
  names: NodeNames = NAMELESS;
  shardId: Bytes;
  /** Whom a replica follows, where that is known. */
  #primary: ClusterNode | undefined;
  #isReplica = false;
  /** Of a primary, in the order in which they were heard of. */
  readonly replicas = new Set<ClusterNode>();
  /** It has, or had, replicas, or took a place that had: when none is well, others may send it one of theirs. */
  wantsReplicas = false;
  /** Since when none of its replicas is well, where it wants them. */
  orphanedAt: number | undefined;
  slots = SlotSet.empty;
  configEpoch = 0;
  /** It has not said who it is. */
  handshakeSince: number | undefined;
  /** Its first message is MEET. */
  meets = false;
  /** This node suspects that it is down. */
  suspected = false;
  /** Most primaries agree that it is down, since then. */
  failedAt: number | undefined;
  /** When a ping was sent that is not answered; 0: none is. */
  pingSentAt = 0;
  pongAt = 0;
  /** When anything was last heard of it itself. */
  heardAt = 0;
  /** Primaries that suspect it, and when they last said so. */
  readonly failureReports = new Map<ClusterNode, number>();
  offset = 0;
  /** When this node last voted for one of its replicas. */
  votedAt = 0;
  noFailover = false;
  link: NodeLink;
  /** It cannot be dialled. */
  linked = true;

  constructor({
    id,
    address,
    shardId,
    now,
  }: {
    readonly id: Bytes;
    readonly address: NodeAddress;
    readonly shardId: Bytes;
    readonly now: number;
  }) {
    this.id = id;
    this.address = address;
    this.shardId = shardId;
    this.link = new NodeLink(now);
  }

  get isReplica(): boolean {
    return this.#isReplica;
  }

  get primary(): ClusterNode | undefined {
    return this.#primary;
  }

  /** It follows somebody from now on, who may be unknown (clusterNodeAddSlave). */
  follow(primary: ClusterNode | undefined): void {
    this.#leave();
    this.#isReplica = true;
    this.#primary = primary;
    this.wantsReplicas = false;
    if (primary === undefined) return;
    primary.replicas.add(this);
    primary.wantsReplicas = true;
    this.shardId = primary.shardId;
  }

  /** It follows nobody from now on (clusterSetNodeAsMaster). */
  lead(): void {
    if (!this.#isReplica) return;
    const before = this.#primary;
    this.#leave();
    this.#isReplica = false;
    this.wantsReplicas = before !== undefined;
  }

  #leave(): void {
    const before = this.#primary;
    this.#primary = undefined;
    if (before === undefined) return;
    before.replicas.delete(this);
    if (before.replicas.size === 0) before.wantsReplicas = false;
  }

  /** Replicas that nobody has found to be down. */
  get soundReplicas(): number {
    let sound = 0;
    for (const { failed } of this.replicas) if (!failed) sound++;
    return sound;
  }

  /** What the file of the nodes says of it is all that is left when the process starts again (clusterLoadConfig). */
  readFromFile(now: number): void {
    this.pingSentAt = 0;
    this.pongAt = this.pongAt === 0 ? 0 : now;
    this.heardAt = 0;
    if (this.failedAt !== undefined) this.failedAt = now;
    this.failureReports.clear();
    this.offset = 0;
    this.votedAt = 0;
    this.orphanedAt = undefined;
    this.link = new NodeLink(now);
    this.linked = true;
  }

  get inHandshake(): boolean {
    return this.handshakeSince !== undefined;
  }

  /** It is known where it is. */
  get hasAddress(): boolean {
    return this.address.busPort !== 0;
  }

  /** The ports that it has, as CLUSTER SHARDS names them. */
  get ports(): readonly (readonly [name: Bytes, port: number])[] {
    const ports = [["port", this.address.port] as const, ["tls-port", this.address.tlsPort] as const];
    return ports.filter(([, port]) => port !== 0);
  }

  get failed(): boolean {
    return this.failedAt !== undefined;
  }
}
