// What a Sentinel knows of a server or of another Sentinel (sentinel.c: sentinelRedisInstance).
import type { Bytes } from "../../kernel/bytes.ts";
import type { Address } from "../../server/network.ts";
import type { InstanceLink } from "./instance-link.ts";

export type InstanceKind = "master" | "slave" | "sentinel";

/** What an instance says that it is. */
export type Role = "master" | "slave";

/** How far a replica has been turned towards the new primary. */
export type Reconfiguration = "none" | "sent" | "in-progress" | "done";

export class Instance {
  readonly kind: InstanceKind;
  /** Of a replica `ip:port`, of a Sentinel its run id. */
  name: Bytes;
  address: Address;
  /** Whom a replica follows, or what a Sentinel watches. */
  readonly master: Master | undefined;
  link: InstanceLink;
  runId: Bytes = "";
  /** Since when it seems down to this Sentinel. */
  subjectivelyDownSince: number | undefined;
  /** When it last began to seem down, whether it does or not. */
  lastDownAt: number | undefined;
  downAfterMs: number;
  // What INFO said.
  /** When it last came; 0: never. */
  infoAt = 0;
  info: Bytes = "";
  roleReported: Role;
  roleReportedAt: number;
  configurationChangedAt: number;
  masterLinkDownMs = 0;
  masterHost: Bytes = "?";
  masterPort = 0;
  masterLinkUp = false;
  priority = 100;
  offset = 0;
  announced = true;
  // Of a replica.
  promoted = false;
  reconfiguration: Reconfiguration = "none";
  reconfigurationSentAt = 0;
  // Of a Sentinel.
  /** It says that the master is down. */
  saysMasterDown = false;
  lastMasterDownReplyAt = 0;
  lastHelloAt: number;
  /** For whom it voted, and in which epoch; of a master, this Sentinel's own vote. */
  leader: Bytes | undefined;
  leaderEpoch = 0;

  constructor(
    kind: InstanceKind,
    {
      name,
      address,
      now,
      downAfterMs,
      master,
      link,
    }: {
      readonly name: Bytes;
      readonly address: Address;
      readonly now: number;
      readonly downAfterMs: number;
      readonly link: InstanceLink;
      readonly master?: Master;
    },
  ) {
    this.kind = kind;
    this.name = name;
    this.address = address;
    this.master = master;
    this.link = link;
    this.downAfterMs = downAfterMs;
    this.roleReported = kind === "master" ? "master" : "slave";
    this.roleReportedAt = now;
    this.configurationChangedAt = now;
    this.lastHelloAt = now;
  }

  get isSubjectivelyDown(): boolean {
    return this.subjectivelyDownSince !== undefined;
  }
}

export type FailoverState =
  | "none"
  | "wait_start"
  | "select_slave"
  | "send_slaveof_noone"
  | "wait_promotion"
  | "reconf_slaves"
  | "update_config";

/** A primary that is watched, with its replicas and the other Sentinels that watch it. */
export class Master extends Instance {
  readonly slaves = new Map<Bytes, Instance>();
  readonly sentinels = new Map<Bytes, Instance>();
  quorum: number;
  parallelSyncs = 1;
  failoverTimeoutMs: number;
  authUser: Bytes = "";
  authPassword: Bytes = "";
  readonly renamedCommands = new Map<Bytes, Bytes>();
  /** Paths of scripts: one is told what happens, the other where clients are to go; empty: none. */
  notificationScript: Bytes = "";
  clientReconfigScript: Bytes = "";
  configEpoch = 0;
  /** A master that was restarted may have lost its data: it counts as down for so long after; 0: it does not. */
  rebootDownAfterMs = 0;
  rebootedAt: number | undefined;
  objectivelyDownSince: number | undefined;
  // The failover.
  failoverState: FailoverState = "none";
  failoverEpoch = 0;
  failoverStartedAt = 0;
  failoverStateChangedAt = 0;
  /** Somebody ordered it: nobody is asked. */
  forced = false;
  promotedSlave: Instance | undefined;

  constructor(
    options: ConstructorParameters<typeof Instance>[1] & {
      readonly quorum: number;
      readonly failoverTimeoutMs: number;
    },
  ) {
    super("master", options);
    this.quorum = options.quorum;
    this.failoverTimeoutMs = options.failoverTimeoutMs;
  }

  get isObjectivelyDown(): boolean {
    return this.objectivelyDownSince !== undefined;
  }

  get failoverInProgress(): boolean {
    return this.failoverState !== "none";
  }

  /** Where clients are to go: during the last steps of a failover, to the replica that was promoted. */
  get currentAddress(): Address {
    const turning = this.failoverState === "reconf_slaves" || this.failoverState === "update_config";
    return turning && this.promotedSlave !== undefined ? this.promotedSlave.address : this.address;
  }

  changeFailoverState(state: FailoverState, now: number): void {
    this.failoverState = state;
    this.failoverStateChangedAt = now;
  }
}
