// A node of a cluster as another one sees it (cluster_legacy.c: clusterNode).
import type { Bytes } from "../../kernel/bytes.ts";
import type { Address } from "../network.ts";

/** What a node claims: replaced as a whole when it changes, so that who has seen it needs not look again. */
export type SlotSet = ReadonlySet<number>;

export const NO_SLOTS: SlotSet = new Set();

export class ClusterNode {
  id: Bytes;
  address: Address;
  shardId: Bytes;
  /** Whom a replica follows; undefined for a primary. */
  primary: ClusterNode | undefined;
  slots: SlotSet = NO_SLOTS;
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
  /** Primaries that suspect it, and when they last said so. */
  readonly failureReports = new Map<ClusterNode, number>();
  offset = 0;
  /** When this node last voted for one of its replicas. */
  votedAt = 0;
  noFailover = false;
  /** What it claimed when it was last heard. */
  seenSlots: SlotSet = NO_SLOTS;
  createdAt: number;
  /** It cannot be dialled. */
  linked = true;

  constructor({
    id,
    address,
    shardId,
    now,
  }: {
    readonly id: Bytes;
    readonly address: Address;
    readonly shardId: Bytes;
    readonly now: number;
  }) {
    this.id = id;
    this.address = address;
    this.shardId = shardId;
    this.createdAt = now;
  }

  get isReplica(): boolean {
    return this.primary !== undefined;
  }

  get inHandshake(): boolean {
    return this.handshakeSince !== undefined;
  }

  get failed(): boolean {
    return this.failedAt !== undefined;
  }
}
