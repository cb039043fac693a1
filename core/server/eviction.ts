// `maxmemory`: when memory ends keys go, as the policy chooses them, or whatever may grow is refused (evict.c: performEvictions).
import type { Bytes } from "../kernel/bytes.ts";
import type { Random } from "../kernel/random.ts";
import type { ResolvedCommand } from "../commands/command-table.ts";
import type { ClientPort } from "../commands/ports.ts";
import type { Database } from "../keyspace/database.ts";
import type { Server } from "./server.ts";

/** How many of the worst keys that were ever drawn are kept in mind. */
const POOL_SIZE = 16;

/** A key that may go; the greater the score, the sooner. */
interface Candidate {
  readonly db: Database;
  readonly key: Bytes;
  readonly score: number;
}

/** Commands that may come into a transaction, or end it, without memory. */
const ALWAYS_ALLOWED: ReadonlySet<Bytes> = new Set(["exec", "discard", "quit", "reset"]);

export class Eviction {
  readonly #server: Server;
  readonly #random: Random;
  #limitBytes = 0;
  #ignoredByReplica = true;
  #policy = "noeviction";
  #samples = 5;
  /** The best candidate is the last. */
  #pool: Candidate[] = [];
  #nextDatabase = 0;
  #lacking = false;

  constructor(server: Server, random: Random) {
    this.#server = server;
    this.#random = random;
  }

  /** A limit that was lowered makes itself felt at once. */
  readConfig(): void {
    const { config, memory, world } = this.#server;
    const limitBytes = config.number("maxmemory");
    const policy = config.text("maxmemory-policy");
    const lowered = limitBytes > 0 && (limitBytes !== this.#limitBytes || policy !== this.#policy);
    this.#limitBytes = limitBytes;
    this.#ignoredByReplica = config.flag("replica-ignore-maxmemory");
    this.#policy = policy;
    this.#samples = config.number("maxmemory-samples");
    this.#pool = [];
    memory.followed = limitBytes > 0;
    if (!lowered) return;
    world.schedule(world.now, () => {
      if (this.limited) this.perform();
      this.#server.outbox.flushAll();
    });
  }

  /** There is a limit, and it is this server's business: a replica leaves it to its primary, unless it is told not to. */
  get limited(): boolean {
    return this.#limitBytes > 0 && !(this.#ignoredByReplica && this.#server.replication.isReplica);
  }

  /** Whether a command may not run while memory is lacking: it may take more, or the transaction does that it belongs to. */
  forbids({ flags, fullName }: ResolvedCommand, { transaction }: ClientPort): boolean {
    if (flags.has("denyoom")) return true;
    if (transaction === undefined) return false;
    if (fullName === "exec") return transaction.queue.some(({ command }) => command.flags.has("denyoom"));
    return this.#server.profile.can.limitsQueues && !ALWAYS_ALLOWED.has(fullName);
  }

  /** Evicts until memory suffices; false when nothing more can go. */
  perform(): boolean {
    this.#lacking = !this.#evict();
    return !this.#lacking;
  }

  /** Nothing more could go when the last command began, and it was not enough. */
  get lacking(): boolean {
    return this.limited && this.#lacking;
  }

  #evict(): boolean {
    while (this.#server.memory.used > this.#limitBytes) {
      const victim = this.#policy.endsWith("-random") ? this.#draw() : this.#worst();
      if (victim === undefined) return false;
      victim.db.evict(victim.key);
    }
    return true;
  }

  /** The keys that a policy chooses from, by chance. */
  #sample(db: Database): Bytes | undefined {
    if (this.#policy.startsWith("volatile-")) return db.deadlines.randomKey(this.#random);
    const keys = db.allKeys();
    return keys[this.#random.int(0, keys.length - 1)];
  }

  /** One database after the other. */
  #draw(): Omit<Candidate, "score"> | undefined {
    const { databases } = this.#server;
    for (let tries = 0; tries < databases.length && this.#policy !== "noeviction"; tries++) {
      const db = databases[this.#nextDatabase++ % databases.length]!;
      const key = db.size === 0 ? undefined : this.#sample(db);
      if (key !== undefined) return { db, key };
    }
    return undefined;
  }

  /** The worst of a few that are drawn now and of those that were drawn before and still stand. */
  #worst(): Candidate | undefined {
    if (this.#policy === "noeviction") return undefined;
    for (const db of this.#server.databases) if (db.size > 0) this.#populate(db);
    for (let worst = this.#pool.pop(); worst !== undefined; worst = this.#pool.pop()) {
      if (worst.db.raw(worst.key) !== undefined && this.#score(worst.db, worst.key) !== undefined) return worst;
    }
    return undefined;
  }

  #populate(db: Database): void {
    for (let i = 0; i < this.#samples; i++) {
      const key = this.#sample(db);
      const score = key === undefined ? undefined : this.#score(db, key);
      if (key === undefined || score === undefined) continue;
      if (this.#pool.some((each) => each.db === db && each.key === key)) continue;
      this.#pool.push({ db, key, score });
    }
    this.#pool.sort((a, b) => a.score - b.score);
    this.#pool = this.#pool.slice(-POOL_SIZE);
  }

  /** How little a key is worth; undefined where the policy spares it. */
  #score(db: Database, key: Bytes): number | undefined {
    const deadline = db.deadline(key);
    if (this.#policy.startsWith("volatile-") && deadline === undefined) return undefined;
    const { usage } = this.#server.keyspace;
    const stamp = db.stamp(key);
    if (this.#policy.endsWith("-lfu")) return 255 - usage.frequency(stamp);
    return this.#policy.endsWith("-ttl") ? -Number(deadline) : usage.idleMs(stamp);
  }
}
