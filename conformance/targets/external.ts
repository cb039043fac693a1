/** A server that runs already: it is emptied, and its clock is its own. */
import type { ProfileName } from "../profiles.ts";
import { OwnConnection } from "./own-connection.ts";
import { connectSocket, turnEventLoop, type Address } from "./socket.ts";
import type { ConnectionListener, RawConnection, Target, TargetMaker } from "./target.ts";

class ExternalTarget implements Target {
  readonly kind = "external";
  readonly inHand = false;
  readonly patienceMs = 20_000;
  readonly profile: ProfileName;
  readonly #address: Address;
  #own: OwnConnection | undefined;

  constructor(profile: ProfileName, address: Address) {
    this.profile = profile;
    this.#address = address;
  }

  async start(): Promise<void> {
    this.#own = await OwnConnection.connect(this.#address);
  }

  async reset(): Promise<void> {
    if (!this.#own || this.#own.closed) await this.start();
    await this.#own?.ask("FLUSHALL");
    await this.#own?.ask("CONFIG", "RESETSTAT");
  }

  connect(listener: ConnectionListener): Promise<RawConnection> {
    return connectSocket(this.#address, listener);
  }

  async advance(): Promise<void> {
    throw new Error("the clock of a server that runs already cannot be turned");
  }

  async settle(): Promise<void> {
    if (this.#own?.closed) await this.start();
    await this.#own?.ask("PING");
    await this.#own?.ask("PING");
    await turnEventLoop();
  }

  async stop(): Promise<void> {
    this.#own?.close();
  }
}

/**
 * A maker for the server at `redis://host:port`. Its release decides the profile: the nearest that is not newer.
 * **Everything in it is deleted.**
 */
export async function externalMaker(url: string): Promise<TargetMaker> {
  const { hostname, port } = new URL(url);
  const address = { host: hostname || "127.0.0.1", port: Number(port || 6379) };
  const own = await OwnConnection.connect(address);
  const info = await own.ask("INFO", "server");
  own.close();
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
