// `maxmemory-clients`: when clients together take too much memory the largest are cut off (networking.c: evictClients).
import type { Client } from "./client.ts";
import type { Server } from "./server.ts";

/** What a connection takes that has nothing to say: its buffer for replies, above all. */
const BASE_BYTES = 17_050;
/** Less than this would keep everybody out. */
const LEAST_LIMIT_BYTES = 128 * 1024;

export class ClientEviction {
  readonly #server: Server;
  /** Infinity: there is no limit. */
  #limitBytes = Number.POSITIVE_INFINITY;

  constructor(server: Server) {
    this.#server = server;
  }

  readConfig(): void {
    const { config } = this.#server;
    const value = config.text("maxmemory-clients");
    const isPart = value.endsWith("%");
    const bytes = isPart ? (config.number("maxmemory") * Number(value.slice(0, -1))) / 100 : Number(value);
    this.#limitBytes = bytes === 0 ? Number.POSITIVE_INFINITY : Math.max(LEAST_LIMIT_BYTES, bytes);
  }

  get limited(): boolean {
    return this.#limitBytes !== Number.POSITIVE_INFINITY;
  }

  /** The end of a turn: whoever is too much goes, the largest first. */
  perform(): void {
    const sizes = new Map<Client, number>();
    for (const client of this.#server.clients.values()) {
      if (mayBeEvicted(client)) sizes.set(client, memoryOf(client));
    }
    let total = [...sizes.values()].reduce((sum, size) => sum + size, 0);
    while (total > this.#limitBytes) {
      const [client, size] = largest(sizes);
      sizes.delete(client);
      total -= size;
      this.#server.stats.evictedClients++;
      client.close();
    }
  }
}

/** Others do not count either. */
function mayBeEvicted({ kind, noEvict }: Client): boolean {
  return kind === "normal" && !noEvict;
}

/** What has come and what has not left, and what waits for EXEC. */
function memoryOf({ queryBufferBytes, outputBytes, transaction }: Client): number {
  let queued = 0;
  for (const { argv } of transaction?.queue ?? []) for (const word of argv) queued += word.length;
  return BASE_BYTES + queryBufferBytes + outputBytes + queued;
}

/** Sizes are told apart by powers of two; among equals it is the one that came first. */
function largest(sizes: ReadonlyMap<Client, number>): readonly [Client, number] {
  const power = ([, size]: readonly [Client, number]): number => Math.floor(Math.log2(size));
  return [...sizes].reduce((found, each) => (power(each) > power(found) ? each : found));
}
