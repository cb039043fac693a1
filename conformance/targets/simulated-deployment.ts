/** A deployment of Redouble's own, in this process: a fresh world for every case. */
import { nodeWasm } from "../../adapters/scripting/node-wasm.ts";
import { createDeployment, World, type Deployment, type Door, type Server, type Topology } from "../../core/index.ts";
import { otherHost, type Act, type Destination } from "../format/case.ts";
import type { Bytes } from "../format/escapes.ts";
import { simulatedPrograms } from "../format/programs.ts";
import type { ProfileName } from "../profiles.ts";
import {
  baseConfig,
  deploymentConfig,
  quietMs,
  startTimeMs,
  type ConnectionListener,
  type Processes,
  type RawConnection,
  type Target,
} from "./target.ts";

export type SimulatedDeploymentOptions = {
  readonly profile: ProfileName;
  readonly config: readonly (readonly [string, string])[];
  readonly topology: Topology;
  readonly files: readonly (readonly [string, Bytes])[];
};

export class SimulatedDeployment implements Target, Processes {
  readonly kind = "simulated";
  readonly inHand = true;
  readonly patienceMs = 0;
  readonly profile: ProfileName;
  readonly standIns = new Map<Bytes, Bytes>();
  readonly #options: SimulatedDeploymentOptions;
  readonly #paused = new Map<string, () => void>();
  readonly #full = new Map<string, () => void>();
  #world = new World();
  #deployment: Deployment | undefined;
  /** At which they listened first. */
  #tlsPorts: ReadonlyMap<string, number> = new Map();
  #nextPort = 50_000;

  constructor(options: SimulatedDeploymentOptions) {
    this.profile = options.profile;
    this.#options = options;
  }

  get processes(): Processes {
    return this;
  }

  async start(): Promise<void> {
    await this.reset();
  }

  async reset(): Promise<void> {
    const { profile, config, topology, files } = this.#options;
    this.#world = new World({ seed: 1, startTime: startTimeMs - quietMs, wasm: nodeWasm, programs: simulatedPrograms });
    this.#deployment = createDeployment(this.#world, topology, {
      profile,
      config: Object.fromEntries([...baseConfig, ...deploymentConfig, ...config]),
      files: Object.fromEntries(files),
    });
    this.#world.advanceTo(startTimeMs);
    this.#tlsPorts = new Map(this.#servers.map(({ name, doors }) => [name, doors.tlsPort]));
    this.#paused.clear();
    this.standIns.clear();
    for (const { id, server } of this.#deployment.sentinels) this.standIns.set(id, `$id-${server.name}`);
    for (const { name, cluster } of this.#servers) if (cluster) this.standIns.set(cluster.myself.id, `$id-${name}`);
  }

  connect(listener: ConnectionListener, _host?: string, to?: Destination): Promise<RawConnection> {
    return this.connectTo(this.#servers[0]!.name, listener, to);
  }

  async connectTo(name: string, listener: ConnectionListener, to: Destination = {}): Promise<RawConnection> {
    const { server, dialled } = this.#find(name, to);
    const door: Door =
      to.door === "unix" ? { kind: to.door, path: server.config.text("unixsocket") } : { kind: to.door ?? "tcp" };
    const clientAddress = to.door === "unix" ? server.doors.endAt(door) : `127.0.0.1:${this.#nextPort++}`;
    const peer = { write: (bytes: Bytes) => listener.onBytes(bytes), close: () => listener.onClose() };
    const link = server.connect({ peer, clientAddress, door, dialled });
    await this.settle();
    return {
      address: clientAddress,
      serverAddress: server.doors.endAt(door, dialled),
      send: (bytes) => {
        link.receive(Buffer.from(bytes, "latin1"));
        void this.settle();
      },
      close: () => {
        link.end();
        void this.settle();
      },
    };
  }

  /** Who listens where a client dials; by name where that is a file. */
  #find(name: string, { door, port }: Destination): { readonly server: Server; readonly dialled: string } {
    const nobody = new Error(`nobody listens where ${name} was`);
    if (door === "unix") {
      const server = this.#named(name);
      if (!server.listens) throw nobody;
      return { server, dialled: server.address.host };
    }
    const usual = name === otherHost ? { host: otherHost, port: 0 } : this.#named(name).address;
    const tlsPort = name === otherHost ? 0 : this.#tlsPorts.get(name)!;
    const at = { host: usual.host, port: port ?? (door === "tls" ? tlsPort : usual.port) };
    const server = this.#world.network.serverAt(at);
    if (server?.doors.understands(at.port, door === "tls") !== true) throw nobody;
    return { server, dialled: at.host };
  }

  async act(act: Act, name: string): Promise<void> {
    const server = this.#named(name);
    switch (act) {
      case "crash":
        server.lifecycle.crash();
        break;
      case "restart":
        server.lifecycle.restart();
        break;
      case "pause":
        this.#paused.set(name, server.lifecycle.freeze());
        break;
      case "resume":
        this.#paused.get(name)?.();
        break;
      case "terminate":
        server.lifecycle.signal("SIGTERM");
        break;
      case "interrupt":
        server.lifecycle.signal("SIGINT");
        break;
      case "fill":
        this.#full.set(name, this.#world.hooks.install({ onDiskWrite: (event) => event.server === name || undefined }));
        break;
      case "free":
        this.#full.get(name)?.();
        break;
    }
    await this.settle();
  }

  async readFile(name: string, path: string): Promise<Bytes | undefined> {
    return this.#named(name).disk.read(this.#pathOf(name, path));
  }

  async listFiles(name: string, directory: string): Promise<readonly string[]> {
    return this.#named(name).disk.list(this.#pathOf(name, directory));
  }

  async lay(name: string, path: string, content: Bytes): Promise<void> {
    this.#named(name).disk.write(this.#pathOf(name, path), [content]);
  }

  async advance(ms: number): Promise<void> {
    this.#world.advanceTo(this.#world.now + ms);
  }

  /** Runs what is due at this very instant. */
  async settle(): Promise<void> {
    this.#world.advanceTo(this.#world.now);
  }

  async stop(): Promise<void> {
    this.#deployment = undefined;
  }

  get #servers(): Server[] {
    if (!this.#deployment) throw new Error("the simulated deployment was not started");
    return [...this.#deployment.servers.values()];
  }

  #pathOf(name: string, path: string): string {
    return `${this.#named(name).config.text("dir")}/${path}`;
  }

  #named(name: string): Server {
    const server = this.#servers.find((each) => each.name === name);
    if (!server) throw new Error(`there is no server ${name}`);
    return server;
  }
}
