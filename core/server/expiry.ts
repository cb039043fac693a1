// When keys, and fields of hashes, vanish. Exact: at the first millisecond at which a real server would refuse them. Sampled: as
// a real server's active expiry does it, late, and of keys by chance (expire.c: activeExpireCycle).
import type { Bytes } from "../kernel/bytes.ts";
import { Deadlines } from "../kernel/deadlines.ts";
import type { Int64 } from "../kernel/integers.ts";
import type { Timer } from "../kernel/scheduler.ts";
import type { Database } from "../keyspace/database.ts";
import { Hash } from "../types/hash.ts";
import type { Server } from "./server.ts";

export type ExpiryMode = "exact" | "sampled";

const KEYS_PER_LOOP = 20;
const ACCEPTABLE_STALE_SHARE = 0.1;
/** What each step of `active-expire-effort` above 1 adds to the keys, and takes from the acceptable share. */
const EFFORT_KEYS = 5;
const EFFORT_SHARE = 0.01;
/** Fields of hashes that may go in a second, for each database that a cycle visits. */
const FIELDS_PER_SECOND = 10_000;
const DATABASES_PER_CYCLE = 16;
const MAX_LOOPS = 16; // stands for the share of time that a cycle may take

export class Expiry {
  readonly #server: Server;
  readonly #mode: ExpiryMode;
  #timer: Timer | undefined;
  #active = true;
  /** On a replica: keys that its own clients gave a time, in each database (expire.c: slaveKeysWithExpire). */
  readonly #own = new Map<Database, Deadlines>();

  constructor(server: Server, mode: ExpiryMode) {
    this.#server = server;
    this.#mode = mode;
  }

  /** DEBUG SET-ACTIVE-EXPIRE: without it keys vanish only when somebody looks. */
  set active(active: boolean) {
    this.#active = active;
    this.rearm();
  }

  /** A key, or a field of a hash, is over one millisecond after its deadline. */
  deadlineSet(when: Int64): void {
    if (!this.#active || typeof when === "bigint") return;
    const at = this.#server.clock.worldTime(
      this.#mode === "exact" ? when + 1 : this.#server.now + Math.floor(1000 / this.#server.config.number("hz")),
    );
    if (this.#timer === undefined || (this.#mode === "exact" && at < this.#timer.at)) this.#arm(at);
  }

  /** A key of a replica that its own clients gave a time: the replica takes it away, whatever becomes of it meanwhile. */
  follow(db: Database, key: Bytes, when: Int64): void {
    let own = this.#own.get(db);
    if (own === undefined) this.#own.set(db, (own = new Deadlines()));
    own.set(key, when);
  }

  /** Keys that are followed so. */
  get ownCount(): number {
    let count = 0;
    for (const { size } of this.#own.values()) count += size;
    return count;
  }

  /** Another data set takes the place of all. */
  forgetOwn(): void {
    this.#own.clear();
  }

  /** Deadlines or the clock changed at large. */
  rearm(): void {
    this.#timer?.cancel();
    this.#timer = undefined;
    if (this.#server.lifecycle.crashed) return;
    for (const { deadlines, fieldDeadlines } of this.#server.databases) {
      const key = deadlines.next();
      if (key !== undefined) this.deadlineSet(key);
      const field = fieldDeadlines.next();
      if (field !== undefined) this.deadlineSet(field);
    }
  }

  #arm(at: number): void {
    this.#timer?.cancel();
    this.#timer = this.#server.world.scheduleInBackground(at, () => {
      this.#timer = undefined;
      if (this.#server.stalled) return; // whoever ends that rearms
      if (!this.#server.keyspace.deletesExpired) {
        if (this.#server.replication.isReplica) this.#expireOwn();
        return; // and so does whoever ends this
      }
      if (this.#mode === "exact") this.#expireDue();
      else this.#cycle();
      this.rearm();
      this.#server.outbox.flushAll();
    });
  }

  #expireOwn(): void {
    const { now, outbox } = this.#server;
    for (const [db, own] of this.#own) {
      for (let when = own.next(); when !== undefined && now > when; when = own.next()) {
        const key = own.take();
        own.delete(key);
        const deadline = db.deadline(key);
        if (deadline === undefined) continue;
        if (now > deadline) db.expire(key);
        else own.set(key, deadline);
      }
      const next = own.next();
      if (next !== undefined) this.deadlineSet(next);
    }
    outbox.flushAll();
  }

  #expireDue(): void {
    const { now } = this.#server;
    for (const db of this.#server.databases) {
      this.#expireFields(db, Number.POSITIVE_INFINITY);
      for (let when = db.deadlines.next(); when !== undefined && now > when; when = db.deadlines.next()) {
        db.expire(db.deadlines.take());
      }
    }
  }

  /** The fields that are due, hash by hash, at most so many; gives how many of those are left. */
  #expireFields(db: Database, atMost: number): number {
    const { now } = this.#server;
    const { fieldDeadlines } = db;
    let left = atMost;
    for (let when = fieldDeadlines.next(); when !== undefined && now > when; when = fieldDeadlines.next()) {
      if (left <= 0) break;
      const key = fieldDeadlines.take();
      const hash = db.look(key);
      if (hash instanceof Hash) left -= db.expireFields(key, hash, left);
    }
    return left;
  }

  #cycle(): void {
    const { now, random, config } = this.#server;
    const effort = config.number("active-expire-effort") - 1;
    const keysPerLoop = KEYS_PER_LOOP + EFFORT_KEYS * effort;
    const acceptable = ACCEPTABLE_STALE_SHARE - EFFORT_SHARE * effort;
    const visits = Math.min(DATABASES_PER_CYCLE, this.#server.databases.length);
    let fields = visits * Math.floor(FIELDS_PER_SECOND / config.number("hz"));
    for (const db of this.#server.databases) {
      fields = this.#expireFields(db, fields);
      for (let loop = 0; loop < MAX_LOOPS && db.deadlines.size > 0; loop++) {
        const sampled = Math.min(keysPerLoop, db.deadlines.size);
        let stale = 0;
        for (let i = 0; i < sampled; i++) {
          const key = db.deadlines.randomKey(random);
          if (key === undefined || !(now > db.deadlines.get(key)!)) continue;
          db.expire(key);
          stale++;
        }
        if (stale <= sampled * acceptable) break;
      }
    }
  }
}
