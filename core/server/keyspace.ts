// What the databases of one server share: its time and its rules for them, and who learns of what happens in them.
import type { Bytes } from "../kernel/bytes.ts";
import type { Int64 } from "../kernel/integers.ts";
import type { Random } from "../kernel/random.ts";
import type { EventClass, Holds, KeyspaceHost } from "../keyspace/keyspace-host.ts";
import { embeddedBesideKey, embeddedStrings, type EmbeddedStrings } from "../keyspace/encoding.ts";
import { Usage } from "../keyspace/usage.ts";
import type { Value } from "../keyspace/value.ts";
import type { Client } from "./client.ts";
import type { Server } from "./server.ts";

export class Keyspace implements KeyspaceHost {
  readonly #server: Server;
  readonly random: Random;
  readonly usage: Usage;
  readonly embeddedStrings: EmbeddedStrings;
  seesExpired = false;
  touches = true;
  /** Grows with every change of a key. */
  changes = 0;

  constructor(server: Server) {
    const { world, name, profile, random } = server;
    this.#server = server;
    this.random = random;
    this.usage = new Usage(() => server.now, world.random.fork(`${name}/usage`));
    this.embeddedStrings = profile.can.embedsKeys ? embeddedBesideKey : embeddedStrings;
  }

  get now(): number {
    return this.#server.now;
  }

  get deletesExpired(): boolean {
    const { pausing, importMode, replication } = this.#server;
    return pausing.mode === undefined && !importMode && !replication.isReplica;
  }

  get deletesForWrites(): boolean {
    const { pausing, importMode, replication } = this.#server;
    return pausing.mode === undefined && !importMode && !replication.refusesWrites;
  }

  readConfig(): void {
    const { config } = this.#server;
    this.usage.options = {
      countsUses: config.text("maxmemory-policy").endsWith("-lfu"),
      logFactor: config.number("lfu-log-factor"),
      decayMinutes: config.number("lfu-decay-time"),
    };
  }

  hit(): void {
    this.#server.stats.keyspaceHits++;
  }

  miss(): void {
    this.#server.stats.keyspaceMisses++;
  }

  notify(event: EventClass, name: Bytes, key: Bytes, db: number): void {
    const { keyspaceEvents, effects } = this.#server;
    if (keyspaceEvents.selects(event)) keyspaceEvents.publish(name, key, db);
    if (effects.observed) effects.notify(event, name, key, db);
  }

  expired(key: Bytes, db: number, { told }: { readonly told: boolean }): void {
    const server = this.#server;
    server.stats.expiredKeys++;
    server.effects.begin();
    if (server.effects.observed) server.effects.propagate(db, [server.deletion("expire"), key]);
    this.notify("expired", "expired", key, db);
    if (!told) this.#changed(key, db, undefined);
    server.effects.end();
  }

  evicted(key: Bytes, db: number): void {
    const { stats, effects, profile } = this.#server;
    stats.evictedKeys++;
    effects.begin();
    const { evictsWithEventFirst } = profile.can;
    if (!evictsWithEventFirst) this.#changed(key, db, undefined);
    this.notify("evicted", "evicted", key, db);
    if (evictsWithEventFirst) this.#changed(key, db, undefined);
    if (effects.observed) effects.propagate(db, [this.#server.deletion("eviction"), key]);
    effects.end();
  }

  fieldExpired(key: Bytes, field: Bytes, db: number): void {
    const { stats, effects } = this.#server;
    stats.expiredFields++;
    effects.begin();
    if (effects.observed) effects.propagate(db, ["HDEL", key, field]);
    effects.end();
  }

  deadlineSet(when: Int64): void {
    this.#server.expiry.deadlineSet(when);
  }

  /** What clients of a replica give a time the replica takes away by itself. */
  lifetimeSet(key: Bytes, when: Int64, db: number): void {
    const { expiry, replication, executing } = this.#server;
    expiry.deadlineSet(when);
    if (!replication.isReplica || executing === undefined || executing.kind === "primary") return;
    if (!replication.refusesWrites) expiry.follow(this.#server.databases[db]!, key, when);
  }

  get awaited(): boolean {
    return this.#server.blocking.awaited;
  }

  ready(key: Bytes, value: Value, db: number): void {
    this.#server.blocking.ready(db, key, value);
  }

  lost(key: Bytes, value: Value, db: number): void {
    this.#server.blocking.lost(db, key, value);
  }

  exchanged(db: number, before: Holds, after: Holds): void {
    this.#server.blocking.exchanged(db, before, after);
  }

  modified(key: Bytes, db: number): void {
    this.#changed(key, db, this.#server.acting ?? this.#server.executing);
  }

  #changed(key: Bytes, db: number, by: Client | undefined): void {
    const { memory, tracking, effects } = this.#server;
    this.changes++;
    if (memory.followed) memory.changed(this.#server.databases[db]!, key);
    if (tracking.active) tracking.changed(key, by);
    if (effects.observed) effects.modified(key, db);
  }
}
