// What nodes tell each other: messages with their effects, in place of the cluster bus and its bytes.
import type { Bytes } from "../../kernel/bytes.ts";
import type { NodeAddress, NodeNames } from "./announcement.ts";
import type { ClusterNode } from "./node.ts";
import type { SlotSet } from "./slot-set.ts";

/** Who speaks, and what it claims; each message has it. */
export interface Header {
  readonly id: Bytes;
  readonly address: NodeAddress;
  readonly names: NodeNames;
  readonly shardId: Bytes;
  readonly currentEpoch: number;
  /** Of a replica, its primary's. */
  readonly configEpoch: number;
  /** Of a replica, its primary's. */
  readonly slots: SlotSet;
  /** The id of the primary that it follows. */
  readonly primaryId: Bytes | undefined;
  readonly offset: number;
  readonly noFailover: boolean;
  /** It holds its clients back for a manual failover. */
  readonly paused: boolean;
  /** A vote is asked for though the primary is well. */
  readonly forcesVote: boolean;
}

/** What a node says of another one. */
export interface Gossip {
  readonly id: Bytes;
  readonly address: NodeAddress;
  readonly shardId: Bytes;
  readonly isReplica: boolean;
  readonly suspected: boolean;
  readonly failed: boolean;
  readonly pongAt: number;
}

export type Message = { readonly header: Header } & (
  | { readonly type: "ping" | "pong" | "meet"; readonly gossip: readonly Gossip[] }
  | { readonly type: "fail"; readonly failedId: Bytes }
  | { readonly type: "update"; readonly of: Bytes; readonly configEpoch: number; readonly slots: SlotSet }
  | { readonly type: "auth-request" | "auth-ack" | "mfstart" }
  | { readonly type: "publish" | "publishshard"; readonly channel: Bytes; readonly message: Bytes }
);

export type MessageType = Message["type"];

/** The connection on which a message came. */
export interface Arrival {
  /** Goes back on it. */
  readonly answer: (message: Message) => void;
  /** Whom this node had dialled, where it was this node that made the connection. */
  readonly dialled: ClusterNode | undefined;
}
