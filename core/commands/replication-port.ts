// What the replication commands ask of their server, and what they remember of a connection.
import type { Bytes } from "../kernel/bytes.ts";
import type { Int64 } from "../kernel/integers.ts";

/** A replica as INFO and ROLE show it. */
export interface ReplicaInfo {
  readonly host: Bytes;
  readonly port: number;
  readonly online: boolean;
  /** `wait_bgsave`, `send_bulk`, `online` */
  readonly state: Bytes;
  /** The last offset that it acknowledged. */
  readonly offset: number;
  readonly lagSeconds: number;
}

/** What a connection says of itself before it asks for the stream: REPLCONF. */
export interface ReplicaFacts {
  /** Empty where it announced none. */
  host: Bytes;
  port: number;
  readonly capabilities: Set<Bytes>;
  /** It asked by SYNC, and is told of no history. */
  speaksSync: boolean;
  /** It wants no stream behind the data. */
  wantsDataOnly: boolean;
  /** It wants function libraries and no keys. */
  wantsFunctionsOnly: boolean;
}

/** What PSYNC asks for. */
export interface WantedStream {
  readonly id: Bytes;
  /** Of the first byte. */
  readonly offset: Int64;
  /** The server that is asked becomes a primary, for the one who asks. */
  readonly takesOver: boolean;
}

export interface FailoverRequest {
  readonly target: { readonly host: Bytes; readonly port: number } | undefined;
  readonly force: boolean;
  /** 0: none */
  readonly timeoutMs: number;
}

export interface FailoverPort {
  /** Throws the ReplyError of FAILOVER. */
  begin(request: FailoverRequest): void;
  /** FAILOVER ABORT. */
  abort(): void;
}

/** `C` is a client of the server. */
export interface ReplicationPort<C = never> {
  readonly isReplica: boolean;
  readonly offset: number;
  readonly failover: FailoverPort;
  /** The primary that this server follows. */
  readonly primary:
    | { readonly address: { readonly host: string; readonly port: number }; readonly state: Bytes }
    | undefined;
  /** How far the primary's stream has come; -1 while it does not come. */
  readonly primaryOffset: number;
  readonly replicas: { infos(): readonly ReplicaInfo[] };
  /** PSYNC, or SYNC where no position is given. */
  sync(client: C, wanted: WantedStream | undefined): void;
  /** REPLCONF ACK; from a client that is no replica, or without an offset, it means nothing. */
  acknowledged(client: C, offset: Int64 | undefined, aofOffset: Int64 | undefined): void;
  /** REPLCONF GETACK, as it was sent. */
  acknowledge(request: readonly Bytes[]): void;
  /** Replicas get a request that nothing here has done, in whatever database the stream is (replicationFeedSlaves). */
  say(request: readonly Bytes[]): void;
  /** REPLICAOF; false when it follows that primary already. */
  follow(address: { readonly host: string; readonly port: number }): boolean;
  /** REPLICAOF NO ONE. */
  lead(): void;
}
