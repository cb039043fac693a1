/** A real server in a process of its own: the source of every recorded reply. */
import type { ChildProcess } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import type { ProfileName } from "../profiles.ts";
import { endProcess, probe, worksInBackground } from "../servers/real-process.ts";
import { HOST, startAnywhere } from "../servers/real-server.ts";
import { OwnConnection, payloads } from "./own-connection.ts";
import { connectSocket, turnEventLoop, type Address } from "./socket.ts";
import {
  baseConfig,
  undemanding,
  type CaseNeeds,
  type ConnectionListener,
  type RawConnection,
  type Target,
} from "./target.ts";
import { TurnedClock } from "./turned-clock.ts";

export type RealOptions = {
  readonly profile: ProfileName;
  readonly program: string;
  readonly clockPreload: string;
  readonly config: readonly (readonly [string, string])[];
};

type Running = {
  readonly process: ChildProcess;
  readonly address: Address;
  readonly directory: string;
  readonly clock: TurnedClock;
  readonly config: ReadonlyMap<string, string>;
};

/** How long a server that runs an endless script is waited for. */
const BUSY_PATIENCE_MS = 250;

/** How long what a server does beside its commands is waited for: on a busy machine that may not have begun yet. */
const BACKGROUND_PATIENCE_MS = 1_000;

/** Two rounds of the cron in which a node looks at the state of its cluster. */
const CLUSTER_CRON_MS = 220;

export class RealTarget implements Target {
  readonly kind = "real";
  readonly inHand = true;
  readonly patienceMs = 20_000;
  readonly profile: ProfileName;
  readonly #options: RealOptions;
  #running: Running | undefined;
  #own: OwnConnection | undefined;
  #last: CaseNeeds = undemanding;
  #answersAlways = true;

  constructor(options: RealOptions) {
    this.profile = options.profile;
    this.#options = options;
  }

  async start(): Promise<void> {
    const directory = mkdtempSync(path.join(tmpdir(), "redouble-real-"));
    const clock = new TurnedClock(path.join(directory, "clock"));
    const { child, port } = await startAnywhere((port) => ({
      program: this.#options.program,
      clock: { preload: this.#options.clockPreload, path: clock.path },
      directory,
      args: [
        ["port", String(port)],
        ["bind", HOST],
        ["dir", directory],
        ["save", ""],
        ...baseConfig,
        ...this.#options.config,
      ].flatMap(([name, value]) => [`--${name ?? ""}`, value ?? ""]),
    }));
    const address = { host: HOST, port };
    this.#own = await OwnConnection.connect(address);
    this.#running = { process: child, address, directory, clock, config: await readConfig(this.#own) };
    this.#last = undemanding;
  }

  /** Puts the server in order through a connection of its own; one that cannot be put in order is replaced by a fresh one. */
  async reset(needs: CaseNeeds): Promise<void> {
    // A node remembers whom it knew, and when: it is always replaced.
    if (this.#isNode || needs.fresh || this.#last.fresh || !(await this.#tidied())) {
      await this.stop();
      await this.start();
    }
    this.#last = needs;
    this.#answersAlways = !needs.endless;
    if (needs.alone || needs.pauses) {
      this.#own?.close();
      this.#own = undefined;
      await this.settle();
    }
  }

  connect(listener: ConnectionListener, host = this.running.address.host): Promise<RawConnection> {
    return connectSocket({ ...this.running.address, host }, listener);
  }

  async advance(ms: number): Promise<void> {
    this.running.clock.advance(ms);
    if (this.#isNode) await delay(CLUSTER_CRON_MS);
    await this.settle();
    const patience = performance.now() + BACKGROUND_PATIENCE_MS;
    while (worksInBackground(this.running.process.pid!) && performance.now() < patience) await delay(1);
  }

  /**
   * Two round trips behind everything sent so far: a server may write the replies of one turn of its loop in any order.
   * Where none of ours may stand among the clients, a connection that ends at once makes the trip: the server closes its
   * side too, paused clients or not, and counts neither a command nor an error.
   */
  async settle(): Promise<void> {
    await this.roundTrip();
    await this.roundTrip();
    await turnEventLoop();
  }

  async stop(): Promise<void> {
    const running = this.#running;
    this.#running = undefined;
    this.#own?.close();
    this.#own = undefined;
    if (!running) return;
    await endProcess(running.process);
    running.clock.close();
    rmSync(running.directory, { recursive: true, force: true });
  }

  get #isNode(): boolean {
    return this.#options.config.some(([name]) => name === "cluster-enabled");
  }

  private get running(): Running {
    if (!this.#running) throw new Error(`the ${this.profile} server was not started`);
    return this.#running;
  }

  private async roundTrip(): Promise<void> {
    const trip = this.#own
      ? this.#own.ask("PING").catch(() => (this.#own = undefined))
      : probe(this.running.address).catch(() => {});
    await (this.#answersAlways ? trip : Promise.race([trip, delay(BUSY_PATIENCE_MS)]));
  }

  async #tidied(): Promise<boolean> {
    return await this.tidy().then(
      () => true,
      () => false,
    );
  }

  private async tidy(): Promise<void> {
    const { clock, address, config } = this.running;
    if (this.#last.pauses) {
      clock.advance(1_000_000_000_000); // no pause lasts that long
      await probe(address);
    }
    if (this.#last.endless) {
      clock.advance(1_000_000);
      const killer = await OwnConnection.connect(address);
      for (const kind of ["SCRIPT", "FUNCTION"]) await killer.ask(kind, "KILL").catch(() => {});
      killer.close();
    }
    if (!this.#own || this.#own.closed) this.#own = await OwnConnection.connect(address);
    const own = this.#own;
    clock.restart();
    const kill = own.ask("CLIENT", "KILL", "TYPE", "normal", "SKIPME", "yes");
    await Promise.all([
      kill,
      own.ask("CLIENT", "KILL", "TYPE", "pubsub", "SKIPME", "yes"),
      own.ask("FLUSHALL"),
      own.ask("DEBUG", "SET-ACTIVE-EXPIRE", "1"),
    ]);
    if (this.#last.scripts) await Promise.all([own.ask("SCRIPT", "FLUSH"), own.ask("FUNCTION", "FLUSH")]);
    if (this.#last.configures) await restoreConfig(own, config);
    await Promise.all([own.ask("CONFIG", "RESETSTAT"), own.ask("PING")]);
  }
}

async function readConfig(own: OwnConnection): Promise<ReadonlyMap<string, string>> {
  const flat = payloads(await own.ask("CONFIG", "GET", "*"));
  const config = new Map<string, string>();
  for (let at = 0; at + 1 < flat.length; at += 2) config.set(flat[at] ?? "", flat[at + 1] ?? "");
  return config;
}

async function restoreConfig(own: OwnConnection, config: ReadonlyMap<string, string>): Promise<void> {
  for (const [name, value] of await readConfig(own)) {
    const wanted = config.get(name);
    if (wanted !== undefined && wanted !== value) await own.ask("CONFIG", "SET", name, wanted);
  }
}
