// The server's end of a connection: decodes requests, runs them one by one, sends replies once a turn.
import { ClientRequestLimits } from "./client-request-limits.ts";
import type { Bytes } from "../kernel/bytes.ts";
import type { ReplicaFacts } from "../commands/replication-port.ts";
import type { ClientKind, ClientPort, ReplyMode, TrackingState, Transaction, WatchedKey } from "../commands/ports.ts";
import type { Push } from "../resp/push.ts";
import { RespReply, type Protocol } from "../resp/reply.ts";
import { ProtocolError, RequestDecoder } from "../resp/request-decoder.ts";
import type { User } from "./access/user.ts";
import type { Door } from "./doors.ts";
import type { Execution } from "./execution.ts";
import type { Link } from "./link.ts";
import type { OutputClass, OutputLimit } from "./output-limits.ts";
import { noSubscriptions, SUBSCRIPTION_KINDS } from "./pubsub.ts";
import type { Server } from "./server.ts";

export interface ClientOptions {
  readonly id: number;
  readonly address: Bytes;
  /** What it came in by. */
  readonly door: Door;
  /** The server's end, where that is not the door. */
  readonly localAddress?: Bytes;
}

/** What survives when a connection moves to another server. */
export type ClientState = Pick<
  ClientPort,
  | "name"
  | "libraryName"
  | "libraryVersion"
  | "protocol"
  | "database"
  | "noEvict"
  | "noTouch"
  | "replyMode"
  | "subscriptions"
  | "tracking"
  | "monitoring"
  | "account"
  | "authenticated"
>;

/** What fits into a client's own buffer is not held against it. */
const UNCOUNTED_BYTES = 16_384;

export class Client implements ClientPort {
  readonly id: number;
  readonly address: Bytes;
  readonly localAddress: Bytes;
  readonly door: Door;
  readonly createdAt: number;
  readonly reply: RespReply;
  /** The context in which this client's commands run; made by the server. */
  readonly execution: Execution;
  readonly watched: WatchedKey[] = [];
  kind: ClientKind = "normal";
  writtenOffset = 0;
  readsFromReplica = false;
  /** In a cluster: the slot of the last request's keys. */
  slot: number | undefined;
  asking = false;
  readonly replicaFacts: ReplicaFacts = {
    host: "",
    port: 0,
    capabilities: new Set(),
    speaksSync: false,
    wantsDataOnly: false,
    wantsFunctionsOnly: false,
  };
  readonly subscriptions = noSubscriptions();
  subscribed = false;
  tracking: TrackingState | undefined;
  name: Bytes = "";
  libraryName: Bytes = "";
  libraryVersion: Bytes = "";
  account: User | undefined;
  authenticated = false;
  database = 0;
  noEvict = false;
  noTouch = false;
  replyMode: ReplyMode = "on";
  transaction: Transaction | undefined;
  touched = false;
  transacts = false;
  /** The command that runs is the last that it is answered. */
  closesAfterCommand = false;
  canRedirect = false;
  importSource = false;
  netInputBytes = 0;
  netOutputBytes = 0;
  commandsProcessed = 0;
  /** When it last sent a command, in the server's time. */
  lastInteractionAt: number;
  /** The last command's full name. */
  lastCommand: Bytes = "NULL";
  /** Waits for something: a paused server, later a blocking command. Requests stay where they are. */
  suspended = false;
  readonly #server: Server;
  readonly #link: Link;
  readonly #decoder: RequestDecoder;
  #closing = false;
  #isCutOff = false;
  #monitoring = false;
  /** The second in which more than the soft limit began to wait. */
  #overSoftSince: number | undefined;
  /** Something was written that the end of the connection comes after. */
  #hasLastWords = false;
  #closed = false;
  /** Messages that its own command brought. */
  #ownMessages: Bytes = "";

  constructor(server: Server, link: Link, { id, address, door, localAddress }: ClientOptions) {
    this.#server = server;
    this.#link = link;
    this.id = id;
    this.address = address;
    this.door = door;
    this.localAddress = localAddress ?? server.doors.endAt(door);
    this.createdAt = server.now;
    this.lastInteractionAt = server.now;
    this.#beginSession();
    this.reply = new RespReply(server.profile.can.shortestDoubles ? "shortest" : "printf17");
    this.execution = server.createExecution(this);
    this.#decoder = new RequestDecoder(server.world.slice, new ClientRequestLimits(server, this));
  }

  /** A connection begins as the default user, who may have to say a password; the host's own hand may do everything. */
  #beginSession(): void {
    const { users } = this.#server;
    this.account = this.#link.own ? undefined : users.default;
    this.authenticated = this.#link.own || users.isOpen;
  }

  get user(): Bytes {
    return this.account?.name ?? "(superuser)";
  }

  /** It has to say who it is before it may do anything. */
  get mustAuthenticate(): boolean {
    return !this.authenticated && !this.#server.users.isOpen;
  }

  get serverName(): string {
    return this.#server.name;
  }

  get link(): Link {
    return this.#link;
  }

  get closed(): boolean {
    return this.#closed;
  }

  get protocol(): Protocol {
    return this.reply.protocol;
  }

  set protocol(protocol: Protocol) {
    this.reply.protocol = protocol;
  }

  /** Bytes of replies and messages so far, sent or not. */
  get writtenBytes(): number {
    return this.netOutputBytes + this.reply.sizeBytes + this.#ownMessages.length;
  }

  /** Whether the request that was read last came in one line. */
  sentInline(argv: readonly Bytes[]): boolean {
    return this.#decoder.lastInline === argv;
  }

  /** Bytes received that no command has taken yet. */
  get queryBufferBytes(): number {
    return this.#decoder.bufferedBytes;
  }

  get monitoring(): boolean {
    return this.#monitoring;
  }

  set monitoring(monitoring: boolean) {
    this.#monitoring = monitoring;
    if (monitoring) this.#server.monitors.add(this);
    else this.#server.monitors.forget(this);
  }

  /** The server is busy; only its host's own hand gets through. */
  get #stalled(): boolean {
    return this.#server.stalled && !this.#link.own;
  }

  receive(chunk: Uint8Array, text?: Bytes): void {
    if (this.#closing || this.#closed) return;
    const { stats } = this.#server;
    stats.readsProcessed++;
    stats.netInputBytes += chunk.length;
    this.netInputBytes += chunk.length;
    this.#decoder.push(chunk, text);
    this.run();
    this.#decoder.retain();
    if (this.#decoder.bufferedBytes > this.#server.queryBufferLimit) this.close();
  }

  /** Runs the requests that are complete, until there are none or the client must wait. */
  run(): void {
    this.execute();
    this.#server.outbox.flush(this);
  }

  /** The same; the server sees to what was written. */
  execute(): void {
    while (!this.suspended && !this.#closing && !this.#closed && !this.#stalled) {
      const request = this.#decoder.next();
      if (request === undefined) break;
      if (request instanceof ProtocolError) {
        this.reply.error(request.text);
        this.#server.countError(request.text);
        this.closeAfterReply();
        break;
      }
      this.#server.process(this, request);
    }
  }

  /** Sends what was written. The server calls it when a turn is over. */
  flush(): void {
    if (this.#closed || this.#stalled || this.#server.busy.holds(this)) return;
    if (this.#isCutOff) {
      this.reply.take();
      this.#link.cutOff();
      return;
    }
    if (!this.reply.empty) {
      this.#hasLastWords = this.#closing;
      this.#server.stats.writesProcessed++;
      for (const bytes of this.reply.take()) {
        this.#server.stats.netOutputBytes += bytes.length;
        this.netOutputBytes += bytes.length;
        this.#link.send(bytes);
      }
    }
    if (this.#hasLastWords) this.#link.close("end");
  }

  push(message: Push): void {
    if (this.#closing || this.#closed) return;
    const encoded = message.in(this.protocol);
    if (this.#server.executing === this && this.#server.profile.can.pushesBehindReplies) this.#ownMessages += encoded;
    else {
      this.reply.outOfBand(encoded);
      this.#server.outbox.deliver(this);
      this.limitOutput();
    }
  }

  /** A client for whom too much waits is cut off when the turn is over, and gets nothing of it. */
  limitOutput(): void {
    const limit = this.#server.outputLimits[this.outputClass];
    if (limit === undefined || this.#closing) return;
    const waiting = this.outputBytes;
    if (waiting <= limit.hardBytes && !this.#isOverSoftLimit(waiting, limit)) return;
    this.#server.stats.outputLimitDisconnections++;
    this.#closing = true;
    this.#isCutOff = true;
    this.reply.muted = true;
    this.#server.outbox.deliver(this);
  }

  get outputClass(): OutputClass {
    return this.kind === "replica" ? "slave" : this.subscribed ? "pubsub" : "normal";
  }

  /** Bytes that wait to be sent, or to be taken, beyond what its own buffer holds. */
  get outputBytes(): number {
    return Math.max(0, this.reply.sizeBytes + this.#link.backlogBytes - UNCOUNTED_BYTES);
  }

  /** In whole seconds, as Redis counts; its cron looks at every client once a second. */
  #isOverSoftLimit(waiting: number, { softBytes, softSeconds }: OutputLimit): boolean {
    if (waiting <= softBytes) {
      this.#overSoftSince = undefined;
      return false;
    }
    const second = Math.floor(this.#server.now / 1000);
    if (this.#overSoftSince === undefined) {
      this.#overSoftSince = second;
      this.#lookAgain();
    }
    return second - this.#overSoftSince > softSeconds;
  }

  #lookAgain(): void {
    const { world, clock, now } = this.#server;
    world.schedule(clock.worldTime(1000 * (Math.floor(now / 1000) + 1)), () => {
      if (this.#closed || this.#overSoftSince === undefined) return;
      this.limitOutput();
      if (this.#isCutOff) this.#server.outbox.flushAll();
      else if (this.#overSoftSince !== undefined) this.#lookAgain();
    });
  }

  pushOwn(): void {
    if (this.#ownMessages === "") return;
    this.reply.outOfBand(this.#ownMessages);
    this.#ownMessages = "";
  }

  /** Sends bytes of the replication stream, whoever's turn it is. */
  sendOutOfTurn(bytes: Bytes): void {
    if (this.#closing || this.#closed || bytes === "") return;
    this.reply.outOfBand(bytes);
    this.#server.outbox.deliver(this);
    this.limitOutput();
  }

  confirm(message: Push): void {
    this.reply.outOfBand(message.in(this.protocol));
  }

  discard(): void {
    this.transaction = undefined;
    this.unwatch();
  }

  unwatch(): void {
    for (const { db, key, watch } of this.watched.splice(0)) db.unwatch(key, watch);
    this.touched = false;
  }

  reset(): void {
    this.discard();
    this.#server.pubsub.forget(this);
    this.#server.tracking.disable(this);
    this.monitoring = false;
    this.readsFromReplica = false;
    this.asking = false;
    this.database = 0;
    this.protocol = 2;
    this.name = "";
    this.setReplyMode("on");
    this.noEvict = false;
    this.noTouch = false;
    this.#beginSession();
  }

  spoil(): void {
    this.unwatch();
    this.touched = true;
    if (this.#server.profile.can.emptiesDoomedTransactions && this.transaction !== undefined) {
      this.transaction.queue.length = 0;
    }
  }

  setReplyMode(mode: ReplyMode): void {
    this.replyMode = mode;
    this.reply.muted = mode === "off" || mode === "skipping";
  }

  /** Where no reply waits to be written none ever will be: the connection stays open, and nothing it says is heard. */
  closeAfterReply(): void {
    this.#closing = true;
    this.#hasLastWords = !this.reply.empty;
    this.reply.muted = true;
  }

  close(): void {
    this.#closing = true;
    this.reply.take();
    this.#link.close("end");
  }

  /** The link is gone. */
  disconnected(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#server.connections.forget(this);
  }

  /** The application would notice if this connection moved: requests or replies are under way, or state hangs on it. */
  get busy(): boolean {
    return (
      this.suspended ||
      this.#closing ||
      this.#stalled ||
      !this.reply.empty ||
      this.transaction !== undefined ||
      this.watched.length > 0 ||
      (this.tracking !== undefined && this.tracking.redirect !== 0) ||
      this.#decoder.bufferedBytes > 0
    );
  }

  /** Takes over what the application has set up on a connection that came from another server. */
  adopt(state: ClientState): void {
    this.name = state.name;
    this.libraryName = state.libraryName;
    this.libraryVersion = state.libraryVersion;
    this.protocol = state.protocol;
    this.database = state.database;
    this.noEvict = state.noEvict;
    this.noTouch = state.noTouch;
    this.setReplyMode(state.replyMode);
    for (const kind of SUBSCRIPTION_KINDS) {
      for (const name of state.subscriptions[kind]) this.#server.pubsub.subscribe(this, kind, name);
    }
    this.monitoring = state.monitoring;
    const account = this.#server.users.find(state.account?.name ?? "");
    if (state.authenticated && account !== undefined) {
      this.account = account;
      this.authenticated = true;
    }
    if (state.tracking !== undefined) this.#server.tracking.adopt(this, state.tracking);
  }
}
