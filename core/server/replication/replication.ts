// What a server is to others: a primary that feeds replicas, or a replica that follows a primary, and possibly feeds others in
// turn (replication.c).
import type { Bytes } from "../../kernel/bytes.ts";
import type { Int64 } from "../../kernel/integers.ts";
import type { Timer } from "../../kernel/scheduler.ts";
import type { ReplicationPort, WantedStream } from "../../commands/replication-port.ts";
import { ReplyError } from "../../resp/errors.ts";
import type { Client } from "../client.ts";
import type { Address } from "../network.ts";
import type { StoredKey, StoredStream } from "../persistence.ts";
import type { Server } from "../server.ts";
import { Failover } from "./failover.ts";
import { History, type StreamPosition } from "./history.ts";
import { OwnStream } from "./own-stream.ts";
import { PrimaryLink, type PrimaryLinkHost, type PrimaryLinkState } from "./primary-link.ts";
import type { Replica } from "./replica.ts";
import { Replicas } from "./replicas.ts";
import { sendsWithoutDisk, transfer } from "./transfer.ts";

/** With what a process starts. */
interface StartOptions {
  readonly keepsData: boolean;
  /** Where its file left the stream. */
  readonly stored?: StoredStream | undefined;
  /** The keys of its file that were over. */
  readonly expired?: readonly StoredKey[];
  /** How far its append-only file says that the stream had come. */
  readonly offset?: number | undefined;
}

interface FollowOptions {
  /** The server never was anything else: it has no history to go on with. */
  readonly fromStart?: boolean;
}

const CRON_MS = 1000;

export class Replication implements ReplicationPort, PrimaryLinkHost {
  readonly #server: Server;
  readonly history: History;
  readonly replicas: Replicas;
  readonly failover: Failover;
  /** What this server says itself. */
  readonly own: OwnStream;
  #primary: PrimaryLink | undefined;
  /** The server's data are a state of the stream at `id` and `offset`: a link that comes back may go on from there. */
  #resumable = true;
  /** The database that the stream had selected where a file left it. */
  #storedDatabase = 0;
  /** Since when the link to the primary is down, in the server's time. */
  #downSince: number;
  #cron: Timer | undefined;
  #rounds = 0;
  /** A transfer begins at once, as where a deployment is set up; else replicas are waited for. */
  transfersAtOnce = false;

  constructor(server: Server, id: Bytes) {
    this.#server = server;
    this.history = new History(server, id);
    this.#downSince = server.steadyNow;
    this.replicas = new Replicas(server);
    this.failover = new Failover(server, this);
    this.own = new OwnStream(server, this);
  }

  /** The end of the stream: what was fed, or what has taken effect. */
  get offset(): number {
    return this.history.offset;
  }

  // As a primary.

  get isReplica(): boolean {
    return this.#primary !== undefined;
  }

  /** Whether the writes of clients are refused: the server is a read-only replica. */
  get refusesWrites(): boolean {
    return this.#primary !== undefined && this.#server.config.flag("replica-read-only");
  }

  /** Whether fewer replicas are near than `min-replicas-to-write` asks for. */
  get lacksReplicas(): boolean {
    return !this.isReplica && this.replicas.areTooFew;
  }

  /** Whether a replica that lost its primary may not answer. */
  get isStale(): boolean {
    return this.#primary !== undefined && !this.linkIsUp && !this.#server.config.flag("replica-serve-stale-data");
  }

  /** Whether one of these may be so. */
  get restricts(): boolean {
    return this.#primary !== undefined || this.replicas.areNeeded;
  }

  /** Parameters were changed. */
  readConfig(): void {
    const { config } = this.#server;
    if (this.history.backlog !== undefined) this.history.backlog.keptBytes = config.number("repl-backlog-size");
    this.replicas.readConfig();
  }

  get linkIsUp(): boolean {
    return this.#primary?.state === "connected";
  }

  get primary(): PrimaryLink | undefined {
    return this.#primary;
  }

  get primaryOffset(): number {
    return this.linkIsUp ? this.offset : -1;
  }

  get downSince(): number {
    return this.#downSince;
  }

  say(request: readonly Bytes[]): void {
    this.own.say(request);
  }

  /** PSYNC: goes on from where a replica was, or sends everything (masterTryPartialResynchronization, syncCommand). */
  sync(client: Client, wanted: WantedStream | undefined): void {
    if (this.replicas.has(client)) return;
    if (wanted?.takesOver === true) {
      if (this.#primary === undefined) throw new ReplyError("ERR PSYNC FAILOVER can't be sent to a master.");
      if (wanted.id !== this.history.id) throw new ReplyError("ERR PSYNC FAILOVER replid must match my replid.");
      this.lead();
    }
    if (this.#primary !== undefined && !this.linkIsUp) {
      throw new ReplyError("NOMASTERLINK Can't SYNC while not connected with my master");
    }
    if (wanted !== undefined && this.history.reaches(wanted)) {
      const replica = this.#adopt(client);
      client.reply.simple(client.replicaFacts.capabilities.has("psync2") ? `CONTINUE ${this.history.id}` : "CONTINUE");
      replica.state = "online";
      this.#server.stats.partialSyncs++;
      this.#server.outbox.flush(client);
      client.sendOutOfTurn(this.history.backlog!.from(Number(wanted.offset)));
      this.replicas.count();
      return;
    }
    if (wanted !== undefined && wanted.id !== "?") this.#server.stats.refusedPartialSyncs++;
    this.#server.stats.fullSyncs++;
    const replica = this.#adopt(client);
    client.replicaFacts.speaksSync = wanted === undefined;
    this.#ensureBacklog();
    const waits = sendsWithoutDisk(this.#server, client) && this.#server.config.number("repl-diskless-sync-delay") > 0;
    if (!waits || this.transfersAtOnce) transfer(this.#server, replica);
  }

  #adopt(client: Client): Replica {
    const replica = this.replicas.adopt(client);
    this.#arm();
    return replica;
  }

  /** The first replica begins a history: what was before it is nobody's (createReplicationBacklog). */
  #ensureBacklog(): void {
    if (this.history.backlog !== undefined) return;
    if (!this.isReplica) this.history.begin();
    this.#openBacklog();
  }

  #openBacklog(): void {
    this.history.keep();
    this.own.update();
  }

  #closeBacklog(): void {
    this.history.letGo();
    this.own.update();
  }

  /** What a file of the data says of the stream that they belong to; nothing where nobody could go on from there (rdbPopulateSaveInfo). */
  get storedFacts(): readonly (readonly [Bytes, Bytes])[] {
    const known = this.#primary === undefined ? this.history.backlog !== undefined : this.#resumable;
    if (!known) return [];
    return [
      ["repl-stream-db", String(this.#primary?.database ?? this.history.database ?? 0)],
      ["repl-id", this.history.id],
      ["repl-offset", String(this.offset)],
    ];
  }

  /** REPLCONF ACK. */
  acknowledged(client: Client, offset: Int64 | undefined, aofOffset: Int64 | undefined): void {
    if (!this.replicas.acknowledge(client, offset, aofOffset)) return;
    this.failover.acknowledged();
    this.#server.blocking.acknowledgementCame();
  }

  // As a replica.

  /** REPLICAOF host port; false when it already follows that one (replicationSetMaster). */
  follow(address: Address, { fromStart = false }: FollowOptions = {}): boolean {
    const current = this.#primary?.address;
    if (current?.host === address.host && current.port === address.port) return false;
    if (fromStart) this.#resumable = false;
    const wasPrimary = this.#primary === undefined;
    if (wasPrimary || this.linkIsUp) this.#downSince = this.#server.steadyNow;
    this.#primary?.close();
    this.#endPrimaryClient();
    this.#primary = new PrimaryLink(this.#server, address, this, {
      database: this.#primary?.database ?? this.#storedDatabase,
    });
    this.#server.config.assign("replicaof", `${address.host} ${address.port}`);
    this.#server.roleChanged({ endsWaits: true });
    this.own.update();
    this.#primary.connect();
    this.#arm();
    return true;
  }

  /** REPLICAOF NO ONE (replicationUnsetMaster). */
  lead(): void {
    if (this.#primary === undefined) return;
    this.#primary.close();
    this.#endPrimaryClient();
    this.#primary = undefined;
    this.#server.config.assign("replicaof", "");
    this.history.rename();
    this.replicas.drop();
    this.history.forgetDatabase();
    this.replicas.withoutSince = this.#server.steadyNow;
    this.own.update();
    this.#resumable = true;
    this.#server.roleChanged({ endsWaits: false });
  }

  get handsOver(): boolean {
    return this.failover.state === "failover-in-progress";
  }

  get position(): StreamPosition | undefined {
    return this.#resumable ? { id: this.history.id, offset: this.offset } : undefined;
  }

  continued(id: Bytes): void {
    if (id !== "" && id !== this.history.id) {
      this.history.rename(id);
      this.replicas.drop(); // they learn the new name by coming back
    }
    if (this.history.backlog === undefined) this.#openBacklog();
    this.failover.completed();
  }

  loaded(file: Bytes, position: StreamPosition): number | undefined {
    const { appendOnly, snapshots } = this.#server;
    const received = appendOnly.without(() => snapshots.received(file));
    if (received === undefined) {
      this.#resumable = false;
      return undefined;
    }
    this.history.is(position.id, position.offset);
    this.#resumable = true;
    this.replicas.drop();
    this.#openBacklog();
    return received.stream?.database ?? 0;
  }

  applied(bytes: Bytes): void {
    if (bytes === "") {
      this.#primary!.acknowledge(this.offset);
      return;
    }
    this.own.feed(bytes);
    this.#server.outbox.flushAll();
  }

  lost(was: PrimaryLinkState): void {
    if (was === "connected") this.#downSince = this.#server.steadyNow;
    this.failover.linkLost();
    // At once, so that little of the stream is missed; where that fails, once a second (replicationHandleMasterDisconnection).
    if (was === "connected" && this.#primary?.state === "connect") this.#primary.connect();
  }

  /** REPLCONF GETACK: what came in one piece with it counts, it does not. */
  acknowledge(request: readonly Bytes[]): void {
    this.#primary?.acknowledge(this.offset + this.#primary.readBefore(request));
  }

  #endPrimaryClient(): void {
    this.#primary?.client?.link.end();
  }

  // Once a second.

  /** There is something to see to. */
  #arm(): void {
    if (this.#cron !== undefined || !this.#isActive) return;
    const at = this.#server.clock.worldTime(this.#server.clock.now + CRON_MS);
    this.#cron = this.#server.world.scheduleInBackground(at, () => {
      this.#cron = undefined;
      if (!this.#server.stalled) this.#tick();
      this.#arm();
    });
  }

  get #isActive(): boolean {
    return this.#primary !== undefined || this.replicas.size > 0 || this.history.backlog !== undefined;
  }

  #tick(): void {
    this.#rounds++;
    if (this.#primary !== undefined) this.#tickAsReplica(this.#primary);
    this.#tickAsPrimary();
    this.#server.outbox.flushAll();
  }

  #tickAsReplica(primary: PrimaryLink): void {
    const { steadyNow: now, config } = this.#server;
    const silentMs = now - primary.lastInteractionAt;
    if (primary.state !== "connect" && silentMs > 1000 * config.number("repl-timeout")) {
      const was = primary.state;
      primary.close();
      this.#endPrimaryClient();
      this.lost(was);
    }
    if (primary.state === "connect") primary.connect();
    else primary.acknowledge(this.offset);
  }

  #tickAsPrimary(): void {
    const pings = this.#rounds % this.#server.config.number("repl-ping-replica-period") === 0 && this.replicas.size > 0;
    if (pings && !this.#keepsStill) this.own.say(["PING"]);
    this.replicas.tick((replica) => transfer(this.#server, replica));
    this.#forgetHistory();
  }

  /** A ping would move the end of the stream, for which whoever takes over waits (replicationCron). */
  get #keepsStill(): boolean {
    return this.failover.hasTime || this.#server.cluster?.manualFailover.pauses === true;
  }

  /** Nobody came back for the backlog: what comes later is another history. */
  #forgetHistory(): void {
    const ttlMs = 1000 * this.#server.config.number("repl-backlog-ttl");
    const idle = this.replicas.size === 0 && !this.isReplica && ttlMs > 0;
    if (!idle || this.history.backlog === undefined || this.#server.steadyNow - this.replicas.withoutSince <= ttlMs)
      return;
    this.history.begin();
    this.#closeBacklog();
  }

  /** DEBUG CHANGE-REPL-ID. */
  changeId(): void {
    this.history.begin();
  }

  /** The server's process is gone. */
  stop(): void {
    this.#cron?.cancel();
    this.#cron = undefined;
    this.own.stop();
    this.failover.stop();
    this.#primary?.close();
    this.#endPrimaryClient();
  }

  /** It is there again. Data that were kept, or stored, know which history they belong to, and how far it had come. */
  start({ keepsData, stored, expired = [], offset = 0 }: StartOptions): void {
    const address = this.#primary?.address;
    this.#primary = undefined;
    this.#closeBacklog();
    this.#resumable = keepsData || stored !== undefined;
    this.#storedDatabase = stored?.database ?? 0;
    if (!keepsData) this.history.is(this.#server.random.hex(40), stored?.offset ?? offset);
    this.replicas.withoutSince = this.#server.steadyNow;
    if (address !== undefined) this.history.id = stored?.id ?? this.history.id;
    else if (!keepsData) this.#succeed(stored, expired);
    if (address !== undefined) this.follow(address);
  }

  /**
   * A primary that starts with its data has a history of its own, which begins with what was over. Those who followed the old
   * one to its end may go on in it.
   */
  #succeed(stored: StoredStream | undefined, expired: readonly StoredKey[]): void {
    this.#openBacklog();
    for (const { database, key } of expired) {
      this.own.feed(this.history.write([{ db: database, argv: [this.#server.deletion("expire"), key] }], false));
    }
    if (stored === undefined) {
      this.#closeBacklog();
      return;
    }
    this.history.continues(stored);
    this.#arm();
  }
}
