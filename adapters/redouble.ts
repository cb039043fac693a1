// A whole simulated deployment in this process: its world, its clock, its server, its faults, and the addresses it answers at.
import type { Socket } from "node:net";
import {
  type Bytes,
  createDeployment,
  isClustered,
  standalone,
  World,
  type Deployment,
  type DeploymentOptions,
  type ProgramsByPath,
  type Server,
  type Topology,
} from "../core/index.ts";
import { Injector, timeline, type Step, type Timeline } from "../faults/index.ts";
import { addressKey, parseAddress, showAddress, type Address } from "./addresses.ts";
import type { ReceivedCommand } from "./command-log.ts";
import { findProfile } from "./profile.ts";
import { checkRedoubleOptions, type RedoubleOptions } from "./redouble-options.ts";
import { registerHome, type Home, type HomeConnection } from "./scope.ts";
import { ServerHandle } from "./server-handle.ts";
import { nodeWasm } from "./scripting/node-wasm.ts";
import { bindHere } from "./stream/connection.ts";
import { MemorySocket } from "./stream/memory-socket.ts";
import { latin1Slice, showBytes, toBytes } from "./text.ts";
import { Clock } from "./time/clock.ts";

/** Programs of tests speak text, the engine speaks bytes. */
function ofText(programs: ProgramsByPath = {}): ProgramsByPath {
  return Object.fromEntries(
    Object.entries(programs).map(([path, program]) => [toBytes(path), (args) => program(args.map(showBytes))]),
  );
}

/** Under each name of this machine. */
function usualAddresses(topology: Topology | undefined): string[] {
  const port = topology !== undefined && isClustered(topology) ? 7000 : 6379;
  return ["localhost", "127.0.0.1", "[::1]"].map((host) => `${host}:${port}`);
}

/** Starts a simulated deployment. It lives in this process and costs nothing but memory; `stop()` cuts its clients off. */
export function createRedouble(options: RedoubleOptions = {}): Redouble {
  return new Redouble(options);
}

export class Redouble implements Home {
  readonly world: World;
  readonly clock: Clock;
  /** The server, as a test holds it. */
  readonly server: ServerHandle;
  /** `faults.inject(fault)`, and what became of those injected. */
  readonly faults: Injector;
  readonly seed: number | string;
  /** Open connections of applications. */
  readonly connections = new Set<HomeConnection>();
  readonly #addresses: readonly Address[];
  readonly #routes: ReadonlySet<string>;
  readonly #options: RedoubleOptions;
  readonly #unregister: () => void;
  readonly #handles = new Map<string, ServerHandle>();
  #deployment: Deployment;
  #stopped = false;

  constructor(options: RedoubleOptions) {
    checkRedoubleOptions(options);
    const { seed = 1, startTime = Date.now() } = options;
    this.seed = seed;
    this.#addresses = (options.addresses ?? usualAddresses(options.topology)).map(parseAddress);
    this.#routes = new Set(this.#addresses.map(addressKey));
    this.#options = options;
    this.world = new World({
      seed,
      startTime: Math.floor(Number(startTime)),
      slice: latin1Slice,
      wasm: nodeWasm,
      programs: ofText(options.programs),
    });
    this.#deployment = this.#deploy();
    const count = { received: 0 };
    for (const [name, server] of this.#deployment.servers) {
      const handle = new ServerHandle(server, {
        keepCommands: options.keepCommands ?? 10_000,
        count,
        clock: () => this.clock,
      });
      this.#handles.set(name, handle);
    }
    this.server = this.#handles.values().next().value!;
    this.clock = new Clock(this.world, options.clock ?? "auto");
    this.faults = new Injector(this.world);
    this.#unregister = (options.asDefault ?? true) ? registerHome(this) : () => {};
  }

  /** The first address, as a URL. */
  get url(): string {
    const [address] = this.#addresses;
    if (address === undefined) return "redis://localhost:6379";
    return "path" in address ? `unix://${address.path}` : `redis://${showAddress(address)}`;
  }

  get main(): Server {
    return this.server.engine;
  }

  /** Every server of the deployment by its name: `primary`, `replica-1`, `sentinel-1`. */
  get servers(): ReadonlyMap<string, ServerHandle> {
    return this.#handles;
  }

  /** A server by its name. Throws a TypeError that says which there are. */
  named(name: string): ServerHandle {
    const handle = this.#handles.get(name);
    if (handle !== undefined) return handle;
    throw new TypeError(
      `There is no server "${name}" in this deployment; there are ${[...this.#handles.keys()].join(", ")}.`,
    );
  }

  engineNamed(name: string): Server | undefined {
    return this.#handles.get(name)?.engine;
  }

  /** The commands that applications sent, whichever server received them, in order. */
  get commands(): readonly ReceivedCommand[] {
    const all = [...this.#handles.values()].flatMap(({ counted }) => counted);
    return all.toSorted((a, b) => a.nth - b.nth).map(({ command }) => command);
  }

  get topology(): Topology {
    return this.#deployment.topology;
  }

  #deploy(): Deployment {
    const { topology = standalone() } = this.#options;
    return createDeployment(this.world, topology, deploymentOptions(this.#options, this.#addresses[0]));
  }

  /** Where its servers answer, in words; the first one at each of its addresses. */
  get places(): readonly string[] {
    const [first, ...others] = this.#engines;
    const local = others.map(({ name, doors }) => `${name} at ${showAddress(placeOf(doors))}`);
    const own = first!.doors.isAtItsPlace ? this.#addresses : [placeOf(first!.doors)];
    return [`${first!.name} at ${own.map(showAddress).join(" and ")}`, ...local];
  }

  /** Every name that applications may look up. */
  get hosts(): ReadonlySet<string> {
    const own = this.#addresses.flatMap((address) => ("path" in address ? [] : [address.host.toLowerCase()]));
    return new Set([...own, ...this.#announcedNames]);
  }

  get stopped(): boolean {
    return this.#stopped;
  }

  /** Hostnames of nodes, which clients are sent to. */
  get #announcedNames(): string[] {
    return [...this.#handles.values()].flatMap(({ engine: { cluster } }) => {
      const name = cluster?.myself.names.hostname ?? "";
      return name === "" ? [] : [name.toLowerCase()];
    });
  }

  /** The server at an address, or the one that was put there and has moved; undefined when it is none of this deployment's. */
  route(address: Address): Server | undefined {
    return this.#listenerAt(address) ?? this.#placedAt(address);
  }

  /** Whether a server listens there; where nothing is registered, whether the first one is where it was put, or has that port. */
  hears(address: Address): boolean {
    if (this.#listenerAt(address) !== undefined) return true;
    if ("path" in address) return true;
    if (this.#placedAt(address) !== undefined) return false;
    const { doors } = this.main;
    return doors.isAtItsPlace || doors.isAt(address.port);
  }

  #listenerAt(address: Address): Server | undefined {
    if ("path" in address) return this.#routes.has(addressKey(address)) ? this.main : this.#socketAt(address.path);
    const { host, port } = address;
    const { main } = this;
    const isPlace = this.#routes.has(addressKey(address)) && main.doors.isAtItsPlace;
    if (isPlace && main.doors.covers(host)) return main;
    const name = host.toLowerCase();
    const isHost = this.hosts.has(name) && main.doors.covers(host);
    if (this.#isPortOfMain(port) && (isHost || main.doors.hears({ host: name, port }))) return main;
    const [, ...others] = this.#engines;
    return (
      others.find(({ doors }) => doors.hears({ host: name, port })) ?? this.world.network.announcedAt({ host, port })
    );
  }

  /** The first server has a port for TLS at each of its hosts, and what CONFIG SET has given it. */
  #isPortOfMain(port: number): boolean {
    const { doors } = this.main;
    return doors.isAt(port) && (port === doors.tlsPort || !doors.isAsPlaced);
  }

  /** Who was put there, or has moved there, wherever it listens by now. */
  #placedAt(address: Address): Server | undefined {
    if (this.#routes.has(addressKey(address))) return this.main;
    if ("path" in address) return undefined;
    const name = address.host.toLowerCase();
    if (!LOCAL.has(name) && !this.hosts.has(name)) return undefined;
    const [, ...others] = this.#engines;
    return (
      others.find((server) => LOCAL.has(name) && server.address.port === address.port) ??
      this.#engines.find(({ doors }) => doors.hasBeenAt(address.port))
    );
  }

  get #engines(): Server[] {
    return [...this.#handles.values()].map(({ engine }) => engine);
  }

  /** The server whose `unixsocket` that is. */
  #socketAt(path: string): Server | undefined {
    return this.#engines.find(({ config }) => config.text("unixsocket") === path);
  }

  /**
   * Plays faults in time from now on, steps or whole timelines: `play(at("1s", crash()), every("10s", scriptFlush()))`. Call what it
   * gives to end it.
   */
  play(...story: readonly (Step | Timeline)[]): () => void {
    return timeline(story).play(this.world, this.faults);
  }

  /**
   * A point that the application names, so that a fault may stop it there: `await redouble.point("before the write")`. Without
   * such a fault it goes on at once.
   */
  async point(name: string): Promise<void> {
    const { world } = this;
    this.clock.enter();
    const forMs = world.hooks.onPoint({ name, now: world.now });
    if (forMs <= 0) return;
    await new Promise<void>((resolve) => {
      world.schedule(world.now + forMs, () => {
        world.bytesMoved++; // the application goes on: who waits for it to settle must wait for that too
        resolve();
      });
    });
  }

  /** Opens a socket to the server, for clients that take a stream. */
  connect(): Socket {
    const [first = { host: "localhost", port: 6379 }] = this.#addresses;
    const address = this.main.doors.isAtItsPlace || "path" in first ? first : placeOf(this.main.doors);
    return new MemorySocket({ address, binding: { ...bindHere(), home: this }, anyAddress: true });
  }

  /**
   * A fresh server in the place of the old one: no keys, no faults, no commands, configuration as at the start. Time goes
   * on. Quiet connections stay open, with their name, database and protocol; busy ones are reset.
   */
  reset(): void {
    this.faults.clear();
    const { servers } = this.#deployment;
    for (const server of servers.values()) this.world.removeServer(server);
    this.#deployment = this.#deploy();
    for (const [name, server] of this.#deployment.servers) this.#handles.get(name)!.replace(server);
    for (const connection of Array.from(this.connections)) connection.moveTo(this);
  }

  /** Cuts every client off and lets go of timers. Its addresses answer no more. */
  stop(): void {
    if (this.#stopped) return;
    this.#stopped = true;
    this.#unregister();
    for (const connection of this.connections) connection.reset();
    this.clock.stop();
  }
}

/** Where clients find a server. */
function placeOf({ host, port, tlsPort }: Server["doors"]): Address {
  return { host, port: port || tlsPort };
}

/** Names of this machine, under which every server of a deployment answers. */
const LOCAL: ReadonlySet<string> = new Set(["127.0.0.1", "localhost", "::1"]);

function ofBytes(files: NonNullable<RedoubleOptions["files"]>): Readonly<Record<string, Bytes>> {
  return Object.fromEntries(Object.entries(files).map(([path, content]) => [path, toBytes(content)]));
}

function deploymentOptions(options: RedoubleOptions, address: Address | undefined): DeploymentOptions {
  const { config, users, files, expiry, extraCommands } = options;
  return {
    profile: findProfile(options),
    ...(address !== undefined && "host" in address && { host: address.host, port: address.port }),
    ...(config && { config }),
    ...(users && { users }),
    ...(files && { files: ofBytes(files) }),
    ...(expiry && { expiry }),
    ...(extraCommands && { extraCommands }),
  };
}
