// Nodes that were forgotten and may not come back yet, though others still speak of them (CLUSTER FORGET).
import type { Bytes } from "../../kernel/bytes.ts";
import type { Server } from "../server.ts";

/** `cluster-blacklist-ttl` of the releases that have no such parameter. */
const SECONDS = 60;

export class Blacklist {
  readonly #server: Server;
  /** Ids, and until when. */
  readonly #until = new Map<Bytes, number>();

  constructor(server: Server) {
    this.#server = server;
  }

  add(id: Bytes): void {
    this.#until.set(id, this.#server.steadyNow + this.#ttlMs);
  }

  has(id: Bytes): boolean {
    const until = this.#until.get(id);
    if (until === undefined) return false;
    if (until > this.#server.steadyNow) return true;
    this.#until.delete(id);
    return false;
  }

  clear(): void {
    this.#until.clear();
  }

  /** `cluster-blacklist-ttl` */
  get #ttlMs(): number {
    const { config } = this.#server;
    const name = "cluster-blacklist-ttl";
    return 1000 * (config.knows(name) ? config.number(name) : SECONDS);
  }
}
