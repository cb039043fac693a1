// The doors of a server: the ports at which it listens, plain and encrypted, and its socket in the file system.
import type { Bytes } from "../kernel/bytes.ts";
import type { EncryptionParameters } from "./doorkeepers.ts";
import type { Address, Caller } from "./network.ts";
import type { Server } from "./server.ts";

/** What a client came in by. */
export type Door = { readonly kind: "tcp" | "tls" } | { readonly kind: "unix"; readonly path: Bytes };

/** A port without TLS. */
export const PLAIN: Door = { kind: "tcp" };

type Owner = Pick<Server, "name" | "config" | "address" | "world">;

export class Doors {
  readonly #owner: Owner;
  /** `port`; 0: it hears nobody who does not encrypt. */
  readonly port: number;
  /** `tls-port`; 0: there is none. Neither changes while the server is there. */
  readonly tlsPort: number;

  constructor(owner: Owner) {
    this.#owner = owner;
    this.port = owner.config.number("port");
    this.tlsPort = owner.config.number("tls-port");
  }

  /** The one that stands for the server where it speaks to others of its kind. */
  get processPort(): number {
    return (this.#owner.config.flag("tls-replication") && this.tlsPort) || this.port || this.tlsPort;
  }

  /** Where other processes reach it. */
  get processAddress(): Address {
    return { host: this.#owner.address.host, port: this.processPort };
  }

  /** How it dials others: with TLS where that parameter says so. */
  callerBy(encryption: "tls-replication" | "tls-cluster"): Caller {
    const { name, config, address } = this.#owner;
    return {
      name,
      host: config.text("bind-source-addr") || address.host,
      ...(config.flag(encryption) && { encryptsWith: config }),
    };
  }

  /** Whether it listens at a port, in whichever way. */
  isAt(port: number): boolean {
    return port !== 0 && (port === this.port || port === this.tlsPort);
  }

  /** Whether somebody who encrypts, or does not, is understood at a port. */
  understands(port: number, encrypts: boolean): boolean {
    return port === (encrypts ? this.tlsPort : this.port);
  }

  /** A door that is there: who encrypts where TLS has no port of its own is heard all the same. */
  found(door: Door): Door {
    return door.kind === "tls" && this.tlsPort === 0 ? { kind: "tcp" } : door;
  }

  /** The server's end of a connection, as CLIENT LIST shows it. */
  endAt(door: Door): Bytes {
    if (door.kind === "unix") return `${door.path}:0`;
    return `${this.#owner.address.host}:${door.kind === "tls" ? this.tlsPort : this.port || this.tlsPort}`;
  }

  /** Who encrypts learns with what. */
  encryptAnew(): void {
    const { world, name, config } = this.#owner;
    for (const keeper of world.doorkeepers.of(name)) keeper.encryptWith(config);
  }

  /** Whether the host's listeners could. */
  canEncryptWith(parameters: EncryptionParameters): boolean {
    const { world, name } = this.#owner;
    return world.doorkeepers.of(name).every((keeper) => keeper.canEncryptWith(parameters));
  }

  /** As INFO lists them, by the numbers that the kinds of connections have there. */
  get listeners(): readonly (readonly [number: number, facts: Bytes])[] {
    const { config, address } = this.#owner;
    const path = config.text("unixsocket");
    return [
      ...(this.port === 0 ? [] : [[0, `name=tcp,bind=${address.host},port=${this.port}`] as const]),
      ...(path === "" ? [] : [[1, `name=unix,bind=${path}`] as const]),
      ...(this.tlsPort === 0 ? [] : [[2, `name=tls,bind=${address.host},port=${this.tlsPort}`] as const]),
    ];
  }
}
