/** Redouble itself, in this process: a fresh world for every case. */
import { showAddress } from "../../adapters/addresses.ts";
import { nodeWasm } from "../../adapters/scripting/node-wasm.ts";
import { World, type Link, type Server } from "../../core/index.ts";
import type { ProfileName } from "../profiles.ts";
import { baseConfig, startTimeMs, type ConnectionListener, type RawConnection, type Target } from "./target.ts";

export type SimulatedOptions = {
  readonly profile: ProfileName;
  readonly config: readonly (readonly [string, string])[];
};

const address = { host: "127.0.0.1", port: 6379 };

export class SimulatedTarget implements Target {
  readonly kind = "simulated";
  readonly inHand = true;
  readonly patienceMs = 0;
  readonly profile: ProfileName;
  readonly #options: SimulatedOptions;
  #world: World | undefined;
  #server: Server | undefined;
  #nextPort = 50_000;

  constructor(options: SimulatedOptions) {
    this.profile = options.profile;
    this.#options = options;
  }

  async start(): Promise<void> {
    await this.reset();
  }

  async reset(): Promise<void> {
    const { profile, config } = this.#options;
    const world = new World({ seed: 1, startTime: startTimeMs, wasm: nodeWasm });
    this.#world = world;
    this.#server = world.createServer({
      profile,
      address,
      config: Object.fromEntries([...baseConfig, ...config]),
      scriptBudget: 5_000_000, // scripts without an end are cut off sooner
    });
  }

  /** The engine itself, until the next reset. */
  get server(): Server {
    if (!this.#server) throw new Error("the simulated server was not started");
    return this.#server;
  }

  async connect(listener: ConnectionListener, host = address.host): Promise<RawConnection> {
    const { server } = this;
    const clientAddress = showAddress({ host, port: this.#nextPort++ });
    const peer = { write: (bytes: string) => listener.onBytes(bytes), close: () => listener.onClose() };
    const link: Link = server.connect({ peer, clientAddress });
    this.runDue();
    return {
      address: clientAddress,
      serverAddress: showAddress({ ...address, host }),
      send: (bytes) => {
        link.receive(Buffer.from(bytes, "latin1"));
        this.runDue();
      },
      close: () => {
        link.end();
        this.runDue();
      },
    };
  }

  async advance(ms: number): Promise<void> {
    this.#world?.advanceTo(this.#world.now + ms);
  }

  async settle(): Promise<void> {
    this.runDue();
  }

  async stop(): Promise<void> {
    this.#server = undefined;
    this.#world = undefined;
  }

  /** Runs what is due at this very instant. */
  private runDue(): void {
    this.#world?.advanceTo(this.#world.now);
  }
}
