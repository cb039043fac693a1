/** A server that runs already: it is emptied, and its clock is its own. */
import type { ProfileName } from "../profiles.ts";
import { Helper } from "./helper.ts";
import { connectSocket, turnEventLoop, type Address } from "./socket.ts";
import type { ConnectionListener, RawConnection, Target, TargetMaker } from "./target.ts";

class ExternalTarget implements Target {
  readonly kind = "external";
  readonly turnsClock = false;
  readonly patienceMs = 2_000;
  readonly profile: ProfileName;
  readonly #address: Address;
  #helper: Helper | undefined;

  constructor(profile: ProfileName, address: Address) {
    this.profile = profile;
    this.#address = address;
  }

  async start(): Promise<void> {
    this.#helper = await Helper.connect(this.#address);
  }

  async reset(): Promise<void> {
    if (!this.#helper || this.#helper.closed) await this.start();
    await this.#helper?.ask("FLUSHALL");
    await this.#helper?.ask("CONFIG", "RESETSTAT");
  }

  connect(listener: ConnectionListener): Promise<RawConnection> {
    return connectSocket(this.#address, listener);
  }

  async advance(): Promise<void> {
    throw new Error("the clock of a server that runs already cannot be turned");
  }

  async settle(): Promise<void> {
    if (this.#helper?.closed) await this.start();
    await this.#helper?.ask("PING");
    await this.#helper?.ask("PING");
    await turnEventLoop();
  }

  async stop(): Promise<void> {
    this.#helper?.close();
  }
}

/**
 * A maker for the server at `redis://host:port`. Its release decides the profile: the nearest that is not newer.
 * **Everything in it is deleted.**
 */
export async function externalMaker(url: string): Promise<TargetMaker> {
  const { hostname, port } = new URL(url);
  const address = { host: hostname || "127.0.0.1", port: Number(port || 6379) };
  const helper = await Helper.connect(address);
  const info = await helper.ask("INFO", "server");
  helper.close();
  const text = info.kind === "bulk" ? (info.payload ?? "") : "";
  const valkey = /valkey_version:([\d.]+)/.exec(text)?.[1];
  const version = valkey ?? /redis_version:([\d.]+)/.exec(text)?.[1] ?? "";
  const profile = profileOf(valkey === undefined ? "redis" : "valkey", version);
  return {
    kind: "external",
    profile,
    description: `${url}, ${valkey === undefined ? "Redis" : "Valkey"} ${version}`,
    make: () => new ExternalTarget(profile, address),
  };
}

function profileOf(family: "redis" | "valkey", version: string): ProfileName {
  if (family === "valkey") return "valkey-8.1";
  const [major = 0, minor = 0] = version.split(".").map(Number);
  const release = major * 100 + minor;
  if (release >= 800) return "redis-8.0";
  if (release >= 704) return "redis-7.4";
  return release >= 702 ? "redis-7.2" : "redis-7.0";
}
