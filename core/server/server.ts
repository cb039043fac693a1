// One simulated server: databases, clients, configuration, statistics, and what happens between commands.
import type { Bytes } from "../kernel/bytes.ts";
import { ClockView } from "../kernel/clock.ts";
import type { Random } from "../kernel/random.ts";
import { CommandTable } from "../commands/command-table.ts";
import type {
  Acknowledged,
  ClientPort,
  MemoryFigure,
  PauseMode,
  ServerPort,
  UnblockReason,
  MigrationRequest,
} from "../commands/ports.ts";
import type { CommandContext } from "../commands/context.ts";
import { profiles, defaultProfile, type Profile } from "../commands/profile.ts";
import { Database } from "../keyspace/database.ts";
import type { MemoryModel } from "../keyspace/memory.ts";
import { errorCode } from "../resp/errors.ts";
import { Users } from "./access/users.ts";
import { AppendOnlyFile } from "./append-only/append-only-file.ts";
import { Blocking } from "./blocking.ts";
import { BusyScript } from "./busy-script.ts";
import { Cluster } from "./cluster/cluster.ts";
import { Compatibility } from "./cluster/compatibility.ts";
import { watchedTraffic, type SlotTraffic } from "./cluster/slot-traffic.ts";
import { redirectWaiting } from "./cluster/redirect.ts";
import { Config } from "./config.ts";
import type { Client } from "./client.ts";
import { ClientEviction } from "./client-eviction.ts";
import { CommandWatch } from "./command-watch.ts";
import { Connections } from "./connections.ts";
import { Disk } from "./disk.ts";
import type { EncodingLimits } from "../types/encoding-limits.ts";
import { Doors } from "./doors.ts";
import { Effects } from "./effects.ts";
import { encodingLimits } from "./encoding-limits.ts";
import { Eviction } from "./eviction.ts";
import { Execution } from "./execution.ts";
import { Expiry } from "./expiry.ts";
import { identityOf, type Identity } from "./identity.ts";
import { IdleClients } from "./idle-clients.ts";
import { infoText } from "./info/text.ts";
import { Keyspace } from "./keyspace.ts";
import { KeyspaceEvents } from "./keyspace-events.ts";
import type { LatencyMonitor } from "./latency-monitor.ts";
import { Lifecycle } from "./lifecycle.ts";
import { Memory } from "./memory.ts";
import { migrate } from "./migration.ts";
import { memoryFigures } from "./memory-figures.ts";
import { Link } from "./link.ts";
import { Monitors } from "./monitors.ts";
import { Outbox } from "./outbox.ts";
import { outputLimits, INITIAL_OUTPUT_LIMITS } from "./output-limits.ts";
import { isOfThisMachine } from "./protected-mode.ts";
import { Pausing } from "./pausing.ts";
import { Persistence } from "./persistence.ts";
import { PubSub } from "./pubsub.ts";
import { FunctionLibraries } from "../scripting/function-libraries.ts";
import { ScriptCache } from "../scripting/script-cache.ts";
import type { ScriptKind } from "../scripting/script-run.ts";
import type { ConnectOptions, SentinelParts, ServerOptions } from "./server-options.ts";
import { Shutdown } from "./shutdown.ts";
import { Snapshots } from "./snapshots.ts";
import { ScriptCommands } from "./script-commands.ts";
import { Stats } from "./stats.ts";
import { tableOf } from "./tables.ts";
import { Replication } from "./replication/replication.ts";
import { Tracking } from "./tracking.ts";
import type { World } from "./world.ts";

/** What decides whether a deletion frees memory in the background. */
const LAZY_DELETION = {
  user: "lazyfree-lazy-user-del",
  expire: "lazyfree-lazy-expire",
  server: "lazyfree-lazy-server-del",
  eviction: "lazyfree-lazy-eviction",
} as const;

const LEVELS = ["debug", "verbose", "notice", "warning", "nothing"];

export class Server implements ServerPort {
  readonly name: string;
  readonly world: World;
  readonly profile: Profile;
  /** Where its host put it; `doors` knows where it listens. */
  readonly address: { readonly host: string; readonly port: number };
  readonly doors: Doors;
  readonly clock: ClockView;
  readonly random: Random;
  readonly lifecycle: Lifecycle;
  readonly table: CommandTable;
  /** What the databases share. */
  readonly keyspace: Keyspace;
  readonly databases: readonly Database[];
  readonly connections = new Connections(this);
  readonly clients: ReadonlyMap<number, Client> = this.connections.clients;
  readonly stats = new Stats();
  readonly effects: Effects;
  readonly outbox = new Outbox(this);
  /** Learns every request as it is about to be processed, refused ones included. */
  tap: ((client: Client, argv: readonly Bytes[]) => void) | undefined;
  /** Learns what scripts write to the log: the level (0 debug to 3 warning), and the text. */
  onLog: ((level: number, text: Bytes) => void) | undefined;
  readonly expiry: Expiry;
  readonly blocking: Blocking;
  readonly idle: IdleClients;
  readonly config: Config;
  readonly pausing: Pausing;
  readonly pubsub = new PubSub(() => this.idle.rearm());
  readonly keyspaceEvents = new KeyspaceEvents(this.pubsub);
  readonly tracking: Tracking;
  readonly monitors = new Monitors(this);
  readonly commandLogs: CommandWatch;
  readonly clientEviction = new ClientEviction(this);
  readonly eviction: Eviction;
  trackingTableLimit = 0;
  /** What may wait for a client, by its class. */
  outputLimits = outputLimits(INITIAL_OUTPUT_LIMITS);
  readonly scripts: ScriptCache;
  readonly functions: FunctionLibraries;
  /** The script that went past its budget, as long as nobody has killed it. */
  readonly busy: BusyScript;
  /** The client whose request runs. */
  executing: Client | undefined;
  /** In whose name keys change, where that is not the client whose request runs: a script's. */
  acting: Client | undefined;
  readonly sentinel: SentinelParts | undefined;
  readonly replication: Replication;
  /** The node that it is; undefined where `cluster-enabled` is no. */
  readonly cluster: Cluster | undefined;
  /** What counts the bytes that pass through each slot, while `cluster-slot-stats-enabled` is yes. */
  traffic: SlotTraffic | undefined;
  /** What looks for what a cluster would refuse, while `cluster-compatibility-sample-ratio` says so. */
  compatibility: Compatibility | undefined;
  vectorizesHyperLogLogs = true;
  /** How many vector sets its process has made. */
  vectorSets = 0;
  readonly users: Users;
  readonly memory = new Memory(this);
  readonly persistence = new Persistence(this);
  readonly disk = new Disk(this);
  readonly snapshots: Snapshots;
  readonly appendOnly: AppendOnlyFile;
  readonly shutdown: Shutdown;
  #importMode = false;
  readonly #sampler: Compatibility;
  #maxBulkBytes = 0;
  #maxClients = 0;
  #queryBufferLimit = 0;
  #packedThresholdBytes: number | undefined;
  #limits: EncodingLimits;

  constructor(world: World, options: ServerOptions) {
    this.world = world;
    this.name = options.name ?? "server";
    this.sentinel = options.sentinel;
    this.profile = options.profile ? profiles[options.profile] : defaultProfile;
    this.address = options.address ?? { host: "127.0.0.1", port: 6379 };
    this.config = new Config(
      this.profile,
      {
        bind: this.address.host,
        port: String(this.address.port),
        ...options.config,
      },
      () => this.doors,
    );
    this.doors = new Doors(this);
    this.commandLogs = new CommandWatch(this);
    this.clock = new ClockView(world);
    this.random = world.random.fork(this.name);
    this.lifecycle = new Lifecycle(this, world.random.fork(`${this.name}/run-id`).hex(40));
    this.table =
      options.sentinel === undefined
        ? tableOf(this.profile, options.extraCommands)
        : new CommandTable(options.sentinel.commands, this.profile);
    this.users = new Users(this);
    this.blocking = new Blocking(this);
    this.effects = new Effects(() => this.#unitEnded());
    this.expiry = new Expiry(this, options.expiry ?? "exact");
    this.pausing = new Pausing(this);
    this.idle = new IdleClients(this);
    this.replication = new Replication(this, world.random.fork(`${this.name}/replication-id`).hex(40));
    this.cluster = this.config.flag("cluster-enabled") ? new Cluster(this) : undefined;
    this.eviction = new Eviction(this, world.random.fork(`${this.name}/eviction`));
    this.#sampler = new Compatibility(this.stats, world.random.fork(`${this.name}/compatibility`));
    this.tracking = new Tracking(this, world.random.fork(`${this.name}/tracking`));
    this.busy = new BusyScript(this);
    const scriptHost = new ScriptCommands(this, options.scriptBudget);
    this.scripts = new ScriptCache(scriptHost);
    this.functions = new FunctionLibraries(scriptHost);
    this.keyspace = new Keyspace(this);
    this.databases = Array.from(
      { length: this.config.number("databases") },
      (_, index) => new Database(index, this.keyspace),
    );
    this.#limits = encodingLimits(this.config, this.profile, undefined);
    this.snapshots = new Snapshots(this);
    this.appendOnly = new AppendOnlyFile(this);
    this.shutdown = new Shutdown(this);
    this.#readConfig();
    this.config.onChange((name) => {
      this.#readConfig();
      if (name.startsWith("tls-")) this.doors.encryptAnew();
    });
    const { users = [], files = {} } = options;
    for (const [path, content] of Object.entries(files)) this.disk.write(this.disk.pathOf(path), [content]);
    this.lifecycle.begin({ users, hasFiles: Object.keys(files).length > 0 });
  }

  get now(): number {
    return Math.floor(this.clock.now);
  }

  /** For those who wait for each other: dates that are set do not count. */
  get steadyNow(): number {
    return Math.floor(this.clock.steady);
  }

  get mode(): ServerPort["mode"] {
    if (this.cluster !== undefined) return "cluster";
    return this.sentinel === undefined ? "standalone" : "sentinel";
  }

  get roleFacts(): ServerPort["roleFacts"] {
    return this.sentinel === undefined ? [["role", this.replication.isReplica ? "replica" : "master"]] : [];
  }

  get identity(): Identity {
    return identityOf(this.profile, this.config);
  }

  get exactNow(): number {
    return this.clock.now;
  }

  /** Values that every request asks for are read once. */
  #readConfig(): void {
    this.outputLimits = outputLimits(this.config.text("client-output-buffer-limit"));
    this.trackingTableLimit = this.config.number("tracking-table-max-keys");
    this.keyspaceEvents.configure(this.config.text("notify-keyspace-events"));
    this.#importMode = this.profile.can.imports && this.config.flag("import-mode");
    this.commandLogs.readConfig();
    this.clientEviction.readConfig();
    this.idle.rearm();
    this.expiry.rearm();
    this.#maxBulkBytes = this.config.number("proto-max-bulk-len");
    this.#maxClients = this.config.number("maxclients");
    this.#queryBufferLimit = this.config.number("client-query-buffer-limit");
    this.users.readConfig();
    this.snapshots.readConfig();
    this.appendOnly.readConfig();
    this.replication.readConfig();
    this.cluster?.readConfig();
    this.traffic = watchedTraffic(this);
    this.compatibility = this.#sampler.readConfig(this);
    this.#limits = encodingLimits(this.config, this.profile, this.#packedThresholdBytes);
    this.keyspace.readConfig();
    this.eviction.readConfig();
  }

  /** Opens a connection. The host feeds the link; the server answers through the peer. */
  connect({ peer, clientAddress, door, dialled, own = false, origin = "" }: ConnectOptions): Link {
    const attach = (link: Link): Client => this.connections.accept(link, clientAddress, door, dialled);
    return new Link(this.world, peer, attach, { own, origin });
  }

  createExecution(client: Client): Execution {
    return new Execution(this, client, client.reply);
  }

  process(client: Client, argv: readonly Bytes[]): void {
    if (this.tap !== undefined && !client.link.own) this.tap(client, argv);
    client.execution.process(argv);
  }

  /** Whoever wrote learns of its own changes before those who wait are served. */
  #unitEnded(): void {
    if (this.executing !== undefined) this.tracking.settle(this.executing);
    this.blocking.serve();
  }

  /** Whether somebody who dials it is heard. */
  get listens(): boolean {
    return this.lifecycle.listens;
  }

  get stalled(): boolean {
    return this.lifecycle.stalled || this.busy.silent;
  }

  get busyScript(): ServerPort["busyScript"] {
    return this.busy.running;
  }

  killScript(kind: ScriptKind): void {
    this.busy.kill(kind);
  }

  /** It had stood still, and what came meanwhile runs. */
  wake(): void {
    if (this.stalled) return;
    this.expiry.rearm();
    for (const client of this.clients.values()) client.run();
    this.outbox.flushAll();
  }

  stall(durationMs: number): void {
    this.lifecycle.stall(durationMs);
  }

  pause(until: number, mode: PauseMode): void {
    this.pausing.begin(until, mode);
  }

  unpause(): void {
    this.pausing.end();
  }

  acknowledged(offset: number): Acknowledged {
    const { syncedOffset } = this.appendOnly;
    const local = syncedOffset === undefined ? undefined : syncedOffset >= offset ? 1 : 0;
    return { ...this.replication.replicas.acknowledgedBy(offset), local };
  }

  /** The server follows somebody else now, which ends all waits for keys, or nobody: time runs out by other rules. */
  roleChanged({ endsWaits }: { readonly endsWaits: boolean }): void {
    if (endsWaits) this.blocking.disconnectAll();
    this.expiry.rearm();
    this.outbox.flushAll();
  }

  /** Whoever waits for keys of a slot that has gone elsewhere, or that nobody serves, is sent there. */
  redirectWaiting(): void {
    const { cluster } = this;
    if (cluster === undefined) return;
    this.blocking.redirect((client, waiting) => redirectWaiting(cluster, client, waiting));
  }

  migrate(context: CommandContext, request: MigrationRequest): void {
    migrate(this, context, request);
  }

  unblock({ id }: ClientPort, reason: UnblockReason): boolean {
    const client = this.clients.get(id);
    return client !== undefined && this.blocking.unblock(client, reason);
  }

  /** `enable-debug-command` and its kin: yes, no, or from this machine only. */
  allowsProtected(client: Client, by: `enable-${string}`): boolean {
    const allowed = this.config.text(by);
    return client.link.own || allowed === "yes" || (allowed === "local" && isOfThisMachine(client.address));
  }

  /** A line for the server's log, which the host may listen to. */
  log(level: number, text: Bytes): void {
    if (level >= LEVELS.indexOf(this.config.text("loglevel"))) this.onLog?.(level, text);
  }

  info(sections: readonly Bytes[]): Bytes {
    return infoText(this, sections);
  }

  /** EXEC runs what was queued. */
  get inTransaction(): boolean {
    return this.executing?.transaction !== undefined;
  }

  /** Nothing is over by itself either while the append-only file is read. */
  get importMode(): boolean {
    return this.#importMode || this.appendOnly.isReading;
  }

  get memoryFigures(): readonly MemoryFigure[] {
    return memoryFigures(this);
  }

  get usedMemoryBytes(): number {
    return this.memory.used;
  }

  get memoryModel(): MemoryModel {
    const { embedsKeys, shortestDoubles } = this.profile.can;
    return {
      tables: embedsKeys ? "buckets" : "dict",
      doubleStyle: shortestDoubles ? "shortest" : "printf17",
      limits: this.#limits,
    };
  }

  changeReplicationId(): void {
    this.replication.changeId();
  }

  resetStats(): void {
    this.stats.reset();
    this.cluster?.traffic.reset();
  }

  incompatible(): void {
    this.stats.clusterIncompatibleOps++;
  }

  get latency(): LatencyMonitor {
    return this.commandLogs.latency;
  }

  get commandStats(): ServerPort["commandStats"] {
    return this.stats.commands;
  }

  get looksForIncompatible(): boolean {
    return this.compatibility?.samples ?? false;
  }

  setActiveExpire(active: boolean): void {
    this.expiry.active = active;
  }

  swap(first: Database, second: Database): void {
    first.swap(second);
    this.memory.forget();
    this.expiry.rearm();
  }

  /** The command under which a deletion travels. */
  deletion(of: keyof typeof LAZY_DELETION): "DEL" | "UNLINK" {
    return this.config.flag(LAZY_DELETION[of]) ? "UNLINK" : "DEL";
  }

  get flushesInBackground(): boolean {
    return this.config.flag("lazyfree-lazy-user-flush");
  }

  freedInBackground(keys: number): void {
    this.stats.lazyFreed += keys;
  }

  get tracksFrequency(): boolean {
    return this.keyspace.usage.options.countsUses;
  }

  get limits(): EncodingLimits {
    return this.#limits;
  }

  nextVectorSetUid(): number {
    return this.vectorSets++;
  }

  /** DEBUG QUICKLIST-PACKED-THRESHOLD. */
  setPackedThreshold(sizeBytes: number): void {
    this.#packedThresholdBytes = sizeBytes;
    this.#limits = encodingLimits(this.config, this.profile, sizeBytes);
  }

  get maxBulkBytes(): number {
    return this.#maxBulkBytes;
  }

  get maxClients(): number {
    return this.#maxClients;
  }

  get queryBufferLimit(): number {
    return this.#queryBufferLimit;
  }

  countError(text: Bytes): void {
    this.stats.countError(errorCode(text));
  }
}
