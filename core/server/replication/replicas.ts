// The replicas of a server: how far each has got, how many of them are near, and who still waits for the data (replication.c).
import type { Bytes } from "../../kernel/bytes.ts";
import type { Int64 } from "../../kernel/integers.ts";
import type { ReplicaInfo } from "../../commands/replication-port.ts";
import type { Client } from "../client.ts";
import type { Server } from "../server.ts";
import { Replica } from "./replica.ts";

export class Replicas {
  readonly #server: Server;
  readonly #byClient = new Map<Client, Replica>();
  /** Since when the last one is gone, in the server's time. */
  withoutSince: number;
  /** Those that lag little enough, counted once a second. */
  near = 0;
  /** `min-replicas-to-write`, 0 where the lag of replicas does not matter. */
  #needed = 0;

  constructor(server: Server) {
    this.#server = server;
    this.withoutSince = server.steadyNow;
  }

  get size(): number {
    return this.#byClient.size;
  }

  [Symbol.iterator](): Iterator<Replica> {
    return this.#byClient.values();
  }

  has(client: Client): boolean {
    return this.#byClient.has(client);
  }

  readConfig(): void {
    const { config } = this.#server;
    this.#needed = config.number("min-replicas-max-lag") > 0 ? config.number("min-replicas-to-write") : 0;
    this.count();
  }

  /** Whether writes depend on how many are near. */
  get areNeeded(): boolean {
    return this.#needed > 0;
  }

  /** Whether fewer are near than `min-replicas-to-write` asks for. */
  get areTooFew(): boolean {
    return this.near < this.#needed;
  }

  /** Those that get the stream, as INFO and ROLE show them. */
  infos(): ReplicaInfo[] {
    const { steadyNow: now } = this.#server;
    return [...this].map(({ client, state, stateName, acknowledged, acknowledgedAt }) => ({
      host: client.replicaFacts.host || client.address.slice(0, client.address.lastIndexOf(":")),
      port: client.replicaFacts.port,
      online: state === "online",
      state: stateName,
      offset: acknowledged,
      lagSeconds: Math.floor((now - acknowledgedAt) / 1000),
    }));
  }

  /** How many have got as far as an offset, and how many have it on their disks. */
  acknowledgedBy(offset: number): { readonly replicas: number; readonly replicaDisks: number } {
    const online = [...this].filter(({ state }) => state === "online");
    return {
      replicas: online.filter(({ acknowledged }) => acknowledged >= offset).length,
      replicaDisks: online.filter(({ acknowledgedAof }) => acknowledgedAof >= offset).length,
    };
  }

  adopt(client: Client): Replica {
    const replica = new Replica(client, this.#server.steadyNow);
    this.#byClient.set(client, replica);
    client.kind = "replica";
    return replica;
  }

  /** REPLCONF ACK; false where it means nothing. */
  acknowledge(client: Client, offset: Int64 | undefined, aofOffset: Int64 | undefined): boolean {
    const replica = this.#byClient.get(client);
    if (replica === undefined || offset === undefined) return false;
    replica.acknowledged = Math.max(replica.acknowledged, Number(offset));
    if (aofOffset !== undefined) replica.acknowledgedAof = Math.max(replica.acknowledgedAof, Number(aofOffset));
    replica.acknowledgedAt = this.#server.steadyNow;
    if (replica.state === "transferring") this.goOnline(replica);
    return true;
  }

  /** One has the data, and gets the stream as it comes. */
  goOnline(replica: Replica): void {
    replica.goOnline(this.#server.steadyNow);
    this.count();
  }

  /** A client is gone, which may have been one of them. */
  forget(client: Client): void {
    if (!this.#byClient.delete(client)) return;
    this.withoutSince = this.#server.steadyNow;
    this.count();
  }

  /** More of the stream. */
  send(bytes: Bytes): void {
    for (const replica of this.#byClient.values()) replica.send(bytes);
  }

  /** They come back, and learn what has become of the stream. */
  drop(): void {
    for (const { client } of Array.from(this)) client.close();
  }

  /** Once a second: who has waited for long enough gets the data, together with all who wait; who has gone silent is cut off. */
  tick(transfer: (replica: Replica) => void): void {
    const { steadyNow: now, config, snapshots } = this.#server;
    const replicas = [...this];
    const waiting = replicas.filter(({ state }) => state === "waiting");
    for (const { client } of waiting) client.sendOutOfTurn("\n");
    const longest = Math.max(0, ...waiting.map(({ waitsSince }) => now - waitsSince));
    const most = config.number("repl-diskless-sync-max-replicas");
    const enough = most > 0 && waiting.length >= most;
    if (waiting.length > 0 && (enough || longest >= 1000 * config.number("repl-diskless-sync-delay"))) {
      for (const replica of waiting) transfer(replica);
    }
    for (const { client, state, acknowledgedAt } of replicas) {
      if (state === "online" && now - acknowledgedAt > 1000 * config.number("repl-timeout")) client.close();
    }
    if (replicas.every(({ state }) => state === "online")) snapshots.forgetTransferred();
    this.count();
  }

  /** How many are near now. */
  count(): void {
    const mostLagMs = 1000 * this.#server.config.number("min-replicas-max-lag");
    this.near = [...this].filter(
      ({ state, acknowledgedAt }) => state === "online" && this.#server.steadyNow - acknowledgedAt <= mostLagMs,
    ).length;
  }
}
