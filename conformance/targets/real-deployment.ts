/**
 * Real servers and Sentinels in processes of their own that share one turned clock. Time goes on for all of them in step, by
 * as much as their crons take to come round, and only when all are idle: how fast the machine is matters to nobody.
 */
import type { ChildProcess } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { membersOf, scriptDirectives, slotsOf, type Member, type Topology } from "../../core/index.ts";
import { generateCertificates } from "../../adapters/tcp/certificates.ts";
import { otherHost, type Act, type Destination } from "../format/case.ts";
import type { Bytes } from "../format/escapes.ts";
import { programsDirectory, shellPrograms } from "../format/programs.ts";
import type { ProfileName } from "../profiles.ts";
import type { Reply } from "../format/reply.ts";
import { withValues } from "../runner/stand-ins.ts";
import { ownAddress } from "../servers/ports.ts";
import { untilIdle } from "./idle.ts";
import { OwnConnection } from "./own-connection.ts";
import { endProcess, hasEnded, lastWords, startListening } from "../servers/real-process.ts";
import type { RealOptions } from "./real.ts";
import { connectByPath, connectByTls, connectSocket, turnEventLoop } from "./socket.ts";
import {
  baseConfig,
  deploymentConfig,
  quietMs,
  type ConnectionListener,
  type Processes,
  type RawConnection,
  type Target,
} from "./target.ts";
import { TurnedClock, type Sign } from "./turned-clock.ts";

/** Below the directory of a server. */
const SOCKET = "redis.sock";
const certificateFiles = ["ca-cert", "cert", "key"] as const;

/** Every cron comes round once in it. */
const STEP_MS = 100;

/** Processes start one after another: what each does once a second would come at the same moment for ever. */
const APART_MS = 300;

/** So much of the servers' time may pass until a deployment has formed. */
const FORMING_MS = 60_000;

type Running = { readonly member: Member; readonly args: readonly string[]; child: ChildProcess; paused: boolean };

export type RealDeploymentOptions = RealOptions & {
  readonly topology: Topology;
  readonly files: readonly (readonly [string, Bytes])[];
};

export class RealDeployment implements Target, Processes {
  readonly kind = "real";
  readonly inHand = true;
  readonly patienceMs = 20_000;
  readonly profile: ProfileName;
  readonly standIns = new Map<Bytes, Bytes>();
  readonly #options: RealDeploymentOptions;
  /** Addresses of this machine for this deployment alone, so that its ports can be those that cases speak of. */
  readonly #host = ownAddress();
  readonly #otherHost = ownAddress();
  readonly #members: readonly Member[];
  readonly #running = new Map<string, Running>();
  #clock: TurnedClock | undefined;
  #directory = "";

  constructor(options: RealDeploymentOptions) {
    this.profile = options.profile;
    this.#options = options;
    this.#members = membersOf(options.topology).map((member) => ({
      ...member,
      address: { ...member.address, host: this.#host },
    }));
    this.standIns.set(this.#host, "127.0.0.1");
    this.standIns.set(this.#otherHost, otherHost);
    for (const { name } of this.#members) this.standIns.set(idOf(name), `$id-${name}`);
  }

  get processes(): Processes {
    return this;
  }

  /** Every case has a deployment of its own. */
  async start(): Promise<void> {}

  async reset(): Promise<void> {
    await this.stop();
    this.#directory = mkdtempSync(path.join(tmpdir(), "redouble-deployment-"));
    this.#clock = new TurnedClock(path.join(this.#directory, "clock"), {
      beforeMs: quietMs + APART_MS * (this.#members.length - 1),
      places: this.#members.length,
    });
    this.#layPrograms();
    if (this.#setting("tls-port") !== undefined) await this.#layCertificates();
    for (const [nth, member] of this.#members.entries()) {
      const directory = path.join(this.#directory, member.name);
      mkdirSync(directory);
      for (const [file, content] of this.#options.files) writeFileSync(path.join(directory, file), content, "latin1");
      if (nth > 0) await this.advance(APART_MS);
      this.#running.set(member.name, await this.#start(member, this.#argsOf(member, directory)));
    }
    for (let passedMs = 0; !(await this.#hasFormed()); passedMs += 500) {
      if (passedMs > FORMING_MS) throw new Error(`the real ${this.profile} deployment does not form`);
      await this.advance(500);
    }
    await this.advance(quietMs);
  }

  connect(listener: ConnectionListener, _host?: string, to?: Destination): Promise<RawConnection> {
    return this.connectTo(this.#members[0]!.name, listener, to);
  }

  connectTo(server: string, listener: ConnectionListener, to: Destination = {}): Promise<RawConnection> {
    if (to.door === "unix") return connectByPath(this.#pathOf(server, SOCKET), listener);
    const other = { host: this.#otherHost, port: 0 };
    const { host, port } = server === otherHost ? other : this.#process(server).member.address;
    if (to.door === undefined) return connectSocket({ host, port: to.port ?? port }, listener);
    return connectByTls({ host, port: to.port ?? this.#tlsPortOf(port)! }, listener);
  }

  /** As far from the first one's as the plain ports are. */
  #tlsPortOf(port: number): number | undefined {
    const first = this.#setting("tls-port");
    return first === undefined ? undefined : Number(first) + port - this.#members[0]!.address.port;
  }

  #setting(name: string): string | undefined {
    return this.#options.config.find(([given]) => given === name)?.[1];
  }

  async act(act: Act, server: string): Promise<void> {
    const running = this.#process(server);
    switch (act) {
      case "crash":
        await endProcess(running.child);
        break;
      case "restart":
        await endProcess(running.child);
        Object.assign(running, await this.#start(running.member, running.args, { mayFail: true }));
        break;
      case "pause":
        running.child.kill("SIGSTOP");
        running.paused = true;
        break;
      case "resume":
        running.child.kill("SIGCONT");
        running.paused = false;
        break;
      case "terminate":
        running.child.kill("SIGTERM");
        break;
      case "interrupt":
        running.child.kill("SIGINT");
        break;
      case "fill":
        writeFileSync(this.#fullMark(server), "");
        break;
      case "free":
        rmSync(this.#fullMark(server), { force: true });
        break;
    }
    await this.settle();
  }

  async readFile(server: string, file: string): Promise<Bytes | undefined> {
    return await readFile(this.#pathOf(server, file), "latin1").catch(() => undefined);
  }

  async listFiles(server: string, directory: string): Promise<readonly string[]> {
    return (await readdir(this.#pathOf(server, directory)).catch(() => [])).sort(byName);
  }

  async lay(server: string, file: string, content: Bytes): Promise<void> {
    const target = this.#pathOf(server, file);
    mkdirSync(path.dirname(target), { recursive: true });
    await writeFile(target, content, "latin1");
  }

  async advance(ms: number): Promise<void> {
    for (let left = ms; left > 0; left -= STEP_MS) {
      this.#clock?.advance(Math.min(left, STEP_MS));
      await this.settle();
    }
  }

  async settle(): Promise<void> {
    await untilIdle(() => this.#signs());
    await turnEventLoop();
  }

  /** Of every member; undefined where its process does not run. */
  #signs(): readonly (Sign | undefined)[] {
    const all = this.#clock!.signs();
    return this.#members.map(({ name }, place) => {
      const running = this.#running.get(name);
      return running === undefined || running.paused || hasEnded(running.child) ? undefined : all[place];
    });
  }

  async stop(): Promise<void> {
    await Promise.all([...this.#running.values()].map(({ child }) => endProcess(child)));
    this.#running.clear();
    this.#clock?.close();
    this.#clock = undefined;
    this.standIns.delete(path.join(this.#directory, "programs"));
    // What a process that was killed had begun beside itself may still write.
    if (this.#directory !== "") await rm(this.#directory, { recursive: true, force: true, maxRetries: 100 });
    this.#directory = "";
  }

  /** While it is there, nothing can be written (servers/full-disk.c). */
  #fullMark(server: string): string {
    return path.join(this.#directory, `${server}.full`);
  }

  #pathOf(server: string, file: string): string {
    return path.join(this.#directory, server, file);
  }

  #process(server: string): Running {
    const running = this.#running.get(server);
    if (!running) throw new Error(`there is no server ${server}`);
    return running;
  }

  /** One that may fail to start, as where its files are no use, is then not there. */
  async #start(member: Member, args: readonly string[], { mayFail = false, tries = 40 } = {}): Promise<Running> {
    const { program, clockPreload } = this.#options;
    const clock = { preload: clockPreload, path: this.#clock!.path, place: this.#members.indexOf(member) };
    const directory = path.join(this.#directory, member.name);
    const fullMark = this.#fullMark(member.name);
    const { child, outcome } = await startListening({ program, clock, fullMark, directory, args }, member.address);
    // What a process that was killed had begun beside itself holds its port for a moment longer.
    if (outcome === "port taken" && tries > 0) {
      await delay(25);
      return await this.#start(member, args, { mayFail, tries: tries - 1 });
    }
    if (outcome !== "listens" && !mayFail)
      throw new Error(`the real ${member.name} does not start:\n${lastWords(directory)}`);
    return { member, args, child, paused: false };
  }

  #argsOf(member: Member, directory: string): readonly string[] {
    const { topology, config } = this.#options;
    const place: readonly (readonly [string, string])[] = [
      ["port", String(member.address.port)],
      ["bind", this.#host],
      ["bind-source-addr", this.#host],
      ["protected-mode", "no"],
      ["dir", directory],
    ];
    if (member.role === "sentinel") {
      const file = path.join(directory, "sentinel.conf");
      const lines = place.map((line) => line.join(" "));
      writeFileSync(file, [...lines, ...this.#sentinelDirectives(member), ""].join("\n"));
      return [file, "--sentinel"];
    }
    if (topology.kind === "cluster") writeFileSync(path.join(directory, "nodes.conf"), this.#nodes(member));
    const { address } = this.#members[0]!;
    const role: readonly (readonly [string, string])[] =
      topology.kind === "cluster"
        ? [["cluster-enabled", "yes"]]
        : member.role === "replica"
          ? [["replicaof", `${address.host} ${this.#encrypts ? this.#tlsPortOf(address.port) : address.port}`]]
          : [];
    const given = config.filter(([name]) => name !== "tls-port" && name !== "unixsocket");
    const doors = this.#doorsOf(member, directory);
    const settings = [...place, ["save", ""], ...baseConfig, ...deploymentConfig, ...role, ...doors, ...given];
    return settings.flatMap(([name, value]) => [`--${name ?? ""}`, value ?? ""]);
  }

  /** Where else it listens: each at a port for TLS of its own, the first at a file too, whose path has a stand-in. */
  #doorsOf({ address, name }: Member, directory: string): readonly (readonly [string, string])[] {
    const tlsPort = this.#tlsPortOf(address.port);
    const shown = name === this.#members[0]!.name ? this.#setting("unixsocket") : undefined;
    if (shown !== undefined) this.standIns.set(path.join(directory, SOCKET), shown);
    return [
      ...(shown === undefined ? [] : [["unixsocket", path.join(directory, SOCKET)] as const]),
      ...(tlsPort === undefined ? [] : [["tls-port", String(tlsPort)] as const]),
      ...(tlsPort === undefined
        ? []
        : certificateFiles.map((name) => [`tls-${name}-file`, this.#certificate(name)] as const)),
    ];
  }

  async #layCertificates(): Promise<void> {
    const { ca, server } = await generateCertificates();
    const contents = { "ca-cert": ca, cert: server.cert, key: server.key };
    for (const name of certificateFiles) writeFileSync(this.#certificate(name), contents[name]);
  }

  #certificate(name: (typeof certificateFiles)[number]): string {
    return path.join(this.#directory, `${name}.pem`);
  }

  #layPrograms(): void {
    const directory = path.join(this.#directory, "programs");
    mkdirSync(directory);
    for (const [name, content] of shellPrograms) writeFileSync(path.join(directory, name), content, { mode: 0o755 });
    this.standIns.set(directory, programsDirectory);
  }

  /** Sentinels know from the start what they would find out. */
  #sentinelDirectives({ name: own }: Member): string[] {
    const { topology } = this.#options;
    if (topology.kind !== "sentinel") return [];
    const { masterName, quorum, downAfterMs, failoverTimeoutMs } = topology;
    const at = ({ address }: Member) => `${address.host} ${address.port}`;
    const others = this.#members.filter(({ role, name }) => role === "sentinel" && name !== own);
    return [
      `sentinel myid ${idOf(own)}`,
      `sentinel monitor ${masterName} ${at(this.#members[0]!)} ${quorum}`,
      `sentinel down-after-milliseconds ${masterName} ${downAfterMs}`,
      `sentinel failover-timeout ${masterName} ${failoverTimeoutMs}`,
      ...(this.#password === undefined ? [] : [`sentinel auth-pass ${masterName} ${this.#password}`]),
      ...this.#members
        .filter(({ role }) => role === "replica")
        .map((replica) => `sentinel known-replica ${masterName} ${at(replica)}`),
      ...scriptDirectives(topology).map((line) => withValues(line, this.standIns)),
      ...others.map((other) => `sentinel known-sentinel ${masterName} ${at(other)} ${idOf(other.name)}`),
    ];
  }

  /** The file in which a node keeps what it knows of its cluster. */
  #nodes({ name: own }: Member): string {
    const { topology } = this.#options;
    if (topology.kind !== "cluster") return "";
    const { primaries } = topology;
    const encrypts = this.#setting("tls-cluster") === "yes";
    const lines = this.#members.map(({ name, role, address: { host, port: plainPort } }, nth) => {
      const port = (encrypts ? this.#tlsPortOf(plainPort) : undefined) ?? plainPort;
      const flags = [name === own ? "myself," : "", role === "primary" ? "master" : "slave"].join("");
      const primary = role === "primary" ? "-" : idOf(this.#members[nth % primaries]!.name);
      const slots = role === "primary" ? ` ${slotsOf(topology, nth).join("-")}` : "";
      // Since 7.2 a node knows its shard by a name.
      const shard = this.profile === "redis-7.0" ? "" : `,,shard-id=${idOf(`shard ${nth % primaries}`)}`;
      return `${idOf(name)} ${host}:${port}@${port + 10_000}${shard} ${flags} ${primary} 0 0 ${(nth % primaries) + 1} connected${slots}`;
    });
    return [...lines, `vars currentEpoch ${primaries} lastVoteEpoch 0`, ""].join("\n");
  }

  /** Replicas have their data and follow the stream, Sentinels have heard of everybody, the cluster is whole. */
  async #hasFormed(): Promise<boolean> {
    for (const member of this.#members) {
      const own = await OwnConnection.connect(member.address);
      try {
        if (this.#password !== undefined && member.role !== "sentinel") await own.ask("AUTH", this.#password);
        if (!(await this.#isReady(member, async (...words) => textOf(await own.ask(...words))))) return false;
      } finally {
        own.close();
      }
    }
    return true;
  }

  async #isReady({ role }: Member, ask: (...words: Bytes[]) => Promise<Bytes>): Promise<boolean> {
    const { topology } = this.#options;
    if (role === "sentinel") {
      const known = [await ask("SENTINEL", "REPLICAS", "mymaster"), await ask("SENTINEL", "SENTINELS", "mymaster")];
      return !/disconnected|_down|master-link-status err/.test(known.join(" "));
    }
    if (topology.kind === "cluster" && !(await ask("CLUSTER", "INFO")).includes("cluster_state:ok")) return false;
    const info = await ask("INFO", "replication");
    if (role === "replica") return info.includes("master_link_status:up");
    await ask("PUBLISH", "formed", ""); // a stream that has begun is acknowledged
    const following = info.match(/^slave\d+:.*,state=online,offset=[1-9]/gm)?.length ?? 0;
    return following === (topology.kind === "cluster" ? topology.replicasPerPrimary : this.#replicas);
  }

  get #password(): string | undefined {
    return this.#setting("requirepass");
  }

  get #encrypts(): boolean {
    return this.#setting("tls-replication") === "yes";
  }

  get #replicas(): number {
    return this.#members.filter(({ role }) => role === "replica").length;
  }
}

/** By their bytes. */
const byName = (one: string, other: string): number => (one < other ? -1 : 1);

/** A run id, or the id of a node. */
function idOf(name: string): Bytes {
  return createHash("sha1").update(name).digest("hex");
}

/** All that a reply says, whatever its shape. */
function textOf(reply: Reply): Bytes {
  if (reply.kind === "aggregate") return (reply.items ?? []).map(textOf).join(" ");
  return (reply.kind === "bulk" ? reply.payload : reply.text) ?? "";
}
