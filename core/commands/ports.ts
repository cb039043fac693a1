// The ports through which commands reach their client and their server, so that commands never import the server.
import type { Bytes } from "../kernel/bytes.ts";
import type { Database } from "../keyspace/database.ts";
import type { Watch, Watcher } from "../keyspace/watches.ts";
import type { MemoryModel } from "../keyspace/memory.ts";
import type { Value } from "../keyspace/value.ts";
import type { Push } from "../resp/push.ts";
import type { Protocol } from "../resp/reply.ts";
import type { FunctionLibraries } from "../scripting/function-libraries.ts";
import type { ScriptCache } from "../scripting/script-cache.ts";
import type { ScriptKind, ScriptRun } from "../scripting/script-run.ts";
import type { EncodingLimits } from "../types/encoding-limits.ts";
import type { ResolvedCommand } from "./command-table.ts";
import type { User } from "../server/access/user.ts";
import type { Users } from "../server/access/users.ts";
import type { LatencyMonitor } from "../server/latency-monitor.ts";
import type { CommandStats } from "../server/stats.ts";
import type { CommandLog } from "../server/command-log.ts";
import type { Cluster } from "../server/cluster/cluster.ts";
import type { Identity } from "../server/identity.ts";
import type { Door } from "../server/doors.ts";
import type { CommandContext } from "./context.ts";
import type { ReplicaFacts, ReplicationPort } from "./replication-port.ts";

/** A command that waits for EXEC. */
export interface QueuedCommand {
  readonly command: ResolvedCommand;
  readonly argv: readonly Bytes[];
}

/** MULTI's state. */
export interface Transaction {
  readonly queue: QueuedCommand[];
  /** A command was refused while queueing: EXEC answers EXECABORT. */
  doomed: boolean;
}

/** A key under WATCH. */
export interface WatchedKey {
  readonly db: Database;
  readonly key: Bytes;
  readonly watch: Watch;
}

/** CLIENT REPLY: `skip` mutes the next command, `skipping` is that command itself. */
export type ReplyMode = "on" | "off" | "skip" | "skipping";

/** What a client listens to. */
export interface Subscriptions {
  readonly channels: Set<Bytes>;
  readonly patterns: Set<Bytes>;
  readonly shardChannels: Set<Bytes>;
}

export interface PubSubPort {
  /** The names that somebody listens to. */
  names(kind: keyof Subscriptions): Iterable<Bytes>;
  /** How many of them there are. */
  count(kind: keyof Subscriptions): number;
  /** How many clients listen to a name. */
  subscribers(kind: keyof Subscriptions, name: Bytes): number;
  subscribe(client: ClientPort, kind: keyof Subscriptions, name: Bytes): void;
  unsubscribe(client: ClientPort, kind: keyof Subscriptions, name: Bytes): void;
  /** Sends a message to whoever listens to a channel, and then by patterns; tells to how many. */
  publish(channel: Bytes, message: Bytes): number;
  publishToShard(channel: Bytes, message: Bytes): number;
}

/** What a client is for: `replica` gets this server's stream, `primary` sends it the one that it follows, `script` is a script's. */
export type ClientKind = "normal" | "replica" | "primary" | "script";

/** How a client wants to learn of changed keys: CLIENT TRACKING ON. */
export interface TrackingMode {
  /** The number of the client to be told instead; 0 for none. */
  readonly redirect: number;
  /** Every key with one of the prefixes, not those that were read. */
  readonly broadcast: boolean;
  /** Keys are tracked only where CLIENT CACHING asks for it, or where it does not refuse. */
  readonly only: "in" | "out" | undefined;
  /** What the client changes itself is not told. */
  readonly noLoop: boolean;
}

export interface TrackingState extends TrackingMode {
  readonly prefixes: Set<Bytes>;
  /** CLIENT CACHING was said, for the next command. */
  caching: boolean;
  /** The client to be told instead is gone. */
  broken: boolean;
}

export interface TrackingPort {
  enable(client: ClientPort, mode: TrackingMode, prefixes: readonly Bytes[]): void;
  disable(client: ClientPort): void;
  /** Whole databases were emptied: every copy is invalid. */
  flushed(): void;
  /** Tells a client at once what it must learn of its own command. */
  settle(client: ClientPort): void;
}

export interface ClientPort extends Watcher {
  readonly id: number;
  readonly kind: ClientKind;
  /** READONLY: a replica answers it. */
  readsFromReplica: boolean;
  /** In a cluster: the slot of the last request's keys. */
  slot: number | undefined;
  /** ASKING: the next command may reach a slot that is being moved here. */
  asking: boolean;
  /** The end of the replication stream behind its last command. */
  readonly writtenOffset: number;
  /** What a replica has said of itself. */
  readonly replicaFacts: ReplicaFacts;
  /** `127.0.0.1:50000`, of the client's end. */
  readonly address: Bytes;
  /** `127.0.0.1:6379`, of the server's end. */
  readonly localAddress: Bytes;
  /** What it came in by. */
  readonly door: Door;
  readonly createdAt: number;
  name: Bytes;
  libraryName: Bytes;
  libraryVersion: Bytes;
  /** Whose rights it has; undefined for what the server and its host do themselves, which is never refused. */
  account: User | undefined;
  /** The name of its user. */
  readonly user: Bytes;
  /** It has said who it is, or need not. */
  authenticated: boolean;
  protocol: Protocol;
  /** The number of the selected database. */
  database: number;
  noEvict: boolean;
  noTouch: boolean;
  readonly replyMode: ReplyMode;
  /** CLIENT REPLY; takes effect at once. */
  setReplyMode(mode: ReplyMode): void;
  transaction: Transaction | undefined;
  /** Ends MULTI and WATCH without running anything. */
  discard(): void;
  /** Ends WATCH: what happened to the keys is forgotten. */
  unwatch(): void;
  /** Forgets what was set up on this connection: RESET. */
  reset(): void;
  /** It has said MULTI or WATCH, some time. */
  transacts: boolean;
  /** CLIENT CAPA redirect. */
  canRedirect: boolean;
  /** CLIENT IMPORT-SOURCE. */
  importSource: boolean;
  /** When it last sent a command, in the server's time. */
  readonly lastInteractionAt: number;
  /** The full name of its last command. */
  readonly lastCommand: Bytes;
  /** It waits for something. */
  readonly suspended: boolean;
  readonly queryBufferBytes: number;
  /** Bytes that wait to be sent to it, or to be taken by it. */
  readonly outputBytes: number;
  readonly netInputBytes: number;
  readonly netOutputBytes: number;
  readonly commandsProcessed: number;
  readonly watched: WatchedKey[];
  readonly subscriptions: Subscriptions;
  tracking: TrackingState | undefined;
  /** It sees every command: MONITOR. */
  monitoring: boolean;
  /** It listens to something: in RESP2 it may do little else. */
  subscribed: boolean;
  /**
   * Sends what is no reply, at the end of the turn and whatever CLIENT REPLY says. What a client's own command brings comes
   * behind the replies of its unit, where the release knows such an order.
   */
  push(message: Push): void;
  /** Sends what its own command has brought so far. */
  pushOwn(): void;
  /** Replies in the form of a message, as subscribing does. */
  confirm(message: Push): void;
  /** Sends what was written, then closes. */
  closeAfterReply(): void;
  /** Closes at once; what was written and not sent is lost. */
  close(): void;
}

export interface ConfigPort {
  /** The parameters that match one of the patterns, with their values. */
  match(patterns: readonly Bytes[]): [name: Bytes, value: Bytes][];
  /** Sets all of them, or throws the ReplyError of CONFIG SET and sets none. */
  set(
    pairs: readonly (readonly [name: Bytes, value: Bytes])[],
    options?: { readonly mayChangeProtected?: boolean },
  ): void;
}

/** What CLIENT PAUSE holds back. */
export type PauseMode = "write" | "all";

/** Who has what a client wrote last: WAIT, WAITAOF. */
export interface Acknowledged {
  /** Replicas that have received it. */
  readonly replicas: number;
  /** Replicas that have it on their disks. */
  readonly replicaDisks: number;
  /** 1 when it is on the disk here; undefined without an append-only file. */
  readonly local: 0 | 1 | undefined;
}

/** MIGRATE: keys that are here go to another server. */
export interface MigrationRequest {
  readonly host: Bytes;
  readonly port: number;
  readonly timeoutMs: number;
  /** The number of the database there. */
  readonly database: number;
  readonly keys: readonly Bytes[];
  /** They stay here too. */
  readonly copies: boolean;
  /** What has their names there goes. */
  readonly replaces: boolean;
  /** A password, or a user and a password. */
  readonly credentials: readonly Bytes[] | undefined;
}

/** CLIENT UNBLOCK: the client gets what it would get when its time is over, or an error. */
export type UnblockReason = "timeout" | "error";

/** A line of MEMORY STATS: bytes or a count, a ratio, or the lines of a database. */
export type MemoryFigure = readonly [
  name: Bytes,
  figure: number | { readonly ratio: number } | { readonly figures: readonly MemoryFigure[] },
];

/** How SHUTDOWN is to end the process. */
export type ShutdownFlag = "nosave" | "save" | "now" | "force";

/** The process is gone; replicas are waited for; it goes on, since its data cannot be saved. */
export type ShutdownOutcome = "over" | "waits" | "failed";

export interface ShutdownPort {
  /** Throws the ReplyError of a server that a script keeps busy. */
  begin(flags: ReadonlySet<ShutdownFlag>): ShutdownOutcome;
  /** A client that waits is told where the process goes on. */
  awaitedBy(client: ClientPort): void;
  /** SHUTDOWN ABORT; false where there is nothing to abort. */
  abort(): boolean;
}

/** What DEBUG RELOAD leaves out, and whether what is in the file takes the place of what is here. */
export interface ReloadOptions {
  readonly saves: boolean;
  readonly flushes: boolean;
  readonly merges: boolean;
}

/** The data are there; they could not be saved; there is nothing to load. */
export type ReloadOutcome = "loaded" | "unsaved" | "unread";

/** The file in which data outlive their process. */
export interface SnapshotPort {
  /** When the data was last saved, in milliseconds of Unix time. */
  readonly lastSaveAt: number;
  /** SAVE; false where the disk takes nothing. */
  save(): boolean;
  /** Whether a BGSAVE is under way. */
  readonly underWay: boolean;
  /** Whether one will begin as soon as it can. */
  readonly scheduled: boolean;
  begin(): void;
  schedule(): void;
  /** Ends what is under way, and forgets what is scheduled. */
  cancel(): void;
  /** FLUSHALL has emptied everything. */
  flushed(): void;
  /** DEBUG RELOAD: the data go to the disk and come back. */
  reload(options: ReloadOptions): ReloadOutcome;
}

/** The file in which every change is kept. */
export interface AppendOnlyPort {
  /** Whether a rewrite is under way. */
  readonly underWay: boolean;
  /** BGREWRITEAOF; false where the disk takes nothing. */
  begin(): boolean;
  /** It will begin as soon as it can. */
  schedule(): void;
  /** DEBUG LOADAOF: the data of the file take the place of those that are here; false where they cannot be read. */
  reload(): boolean;
  /** DEBUG AOF-FLUSH-SLEEP: the server waits so long before it writes. */
  sleepBeforeFlushes(durationMs: number): void;
}

/** Data as bytes, and back. */
export interface PersistencePort {
  /** The payload of DUMP. */
  dump(value: Value): Bytes;
  /** The value of a payload; throws the ReplyError of RESTORE. */
  restore(payload: Bytes, client: ClientPort): Value;
  /** The payload of FUNCTION DUMP. */
  dumpLibraries(): Bytes;
  /** The texts of such a payload; throws the ReplyError of FUNCTION RESTORE. */
  readLibraries(payload: Bytes): Bytes[];
}

/** What SLOWLOG and COMMANDLOG show, by its name there. */
export interface CommandLogs {
  readonly slow: CommandLog;
  readonly "large-request": CommandLog;
  readonly "large-reply": CommandLog;
}

export interface ServerPort {
  /** As HELLO and INFO name it. */
  readonly mode: "standalone" | "sentinel" | "cluster";
  /** The role that HELLO tells, where there is one: a sentinel has none. */
  /** As whom it presents itself. */
  readonly identity: Identity;
  readonly roleFacts: readonly (readonly [name: Bytes, value: Bytes])[];
  readonly replication: ReplicationPort<ClientPort>;
  /** The node that it is; undefined where `cluster-enabled` is no. */
  readonly cluster: Cluster | undefined;
  readonly config: ConfigPort;
  readonly pubsub: PubSubPort;
  readonly tracking: TrackingPort;
  /** What EVAL and SCRIPT LOAD know. */
  readonly scripts: ScriptCache;
  /** What FUNCTION LOAD made. */
  readonly functions: FunctionLibraries;
  readonly persistence: PersistencePort;
  /** The script that keeps the server busy, and for how many milliseconds it has. */
  readonly busyScript: { readonly run: ScriptRun; readonly durationMs: number } | undefined;
  /** Ends the script that keeps the server busy; throws the ReplyError where there is none, or none that may be ended so. */
  killScript(kind: ScriptKind): void;
  /** The server's time in milliseconds of Unix time, with its fraction. */
  readonly exactNow: number;
  readonly snapshots: SnapshotPort;
  readonly appendOnly: AppendOnlyPort;
  /** Whether FLUSHALL and FLUSHDB free memory in the background where they do not say: `lazyfree-lazy-user-flush`. */
  readonly flushesInBackground: boolean;
  /** A database with so many keys is freed in the background. */
  freedInBackground(keys: number): void;
  readonly shutdown: ShutdownPort;
  /** Whether a client may do what `enable-debug-command`, `enable-module-command` or `enable-protected-configs` forbids. */
  allowsProtected(client: ClientPort, by: `enable-${string}`): boolean;
  /** The text of INFO: the sections by name in lower case, `default`, `all`, `everything`; none means default. */
  info(sections: readonly Bytes[]): Bytes;
  /** The command under which a deletion travels to replicas: DEL, or UNLINK where memory is freed in the background. */
  deletion(of: "user" | "expire" | "server"): "DEL" | "UNLINK";
  /** `import-mode`: nothing expires by itself. */
  readonly importMode: boolean;
  /** MEMORY STATS. */
  readonly memoryFigures: readonly MemoryFigure[];
  /** Bytes, as INFO's used_memory. */
  readonly usedMemoryBytes: number;
  /** How this release lays values out in memory. */
  readonly memoryModel: MemoryModel;
  /** DEBUG CHANGE-REPL-ID. */
  changeReplicationId(): void;
  /** DEBUG QUICKLIST-PACKED-THRESHOLD. */
  setPackedThreshold(sizeBytes: number): void;
  resetStats(): void;
  /** Something was asked for that a cluster would refuse: INFO counts it. */
  incompatible(): void;
  /** Whether keys of several slots are to be looked for this time: `cluster-compatibility-sample-ratio`. */
  readonly looksForIncompatible: boolean;
  /** PFDEBUG SIMD: whether registers are to be merged many at a time; it changes nothing that can be seen. */
  vectorizesHyperLogLogs: boolean;
  /** A number for a vector set that comes to be. */
  nextVectorSetUid(): number;
  /** DEBUG SET-ACTIVE-EXPIRE. */
  setActiveExpire(active: boolean): void;
  /** SWAPDB: exchanges the content of two databases. */
  swap(first: Database, second: Database): void;
  /** Holds commands back until a time, in milliseconds of Unix time of this server. */
  pause(until: number, mode: PauseMode): void;
  unpause(): void;
  /** Moves keys to another server, and replies to the command that asked for it. */
  migrate(context: CommandContext, request: MigrationRequest): void;
  /** Who has the replication stream up to an offset. */
  acknowledged(offset: number): Acknowledged;
  /** Ends a client's wait for keys or for replicas; false where it does not wait. */
  unblock(client: ClientPort, reason: UnblockReason): boolean;
  /** Whether `maxmemory-policy` counts how often keys are used. */
  readonly tracksFrequency: boolean;
  /** Where small representations end, by the configuration of the moment. */
  readonly limits: EncodingLimits;
  /** `proto-max-bulk-len`, in bytes. */
  readonly maxBulkBytes: number;
  readonly databases: readonly Database[];
  readonly clients: ReadonlyMap<number, ClientPort>;
  readonly users: Users;
  readonly commandLogs: CommandLogs;
  /** What took longer than `latency-monitor-threshold`. */
  readonly latency: LatencyMonitor;
  /** By the full names of commands. */
  readonly commandStats: ReadonlyMap<Bytes, CommandStats>;
  /** The server does nothing else for a time, as in DEBUG SLEEP; replies leave afterwards. */
  stall(durationMs: number): void;
}
