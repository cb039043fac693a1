// When keys vanish. Exact: at the first millisecond at which a real server would refuse them. Sampled: as a real server's
// active expiry does it, late and by chance (expire.c: activeExpireCycle).
import type { Int64 } from "../kernel/integers.ts";
import type { Timer } from "../kernel/scheduler.ts";
import type { Server } from "./server.ts";

export type ExpiryMode = "exact" | "sampled";

const KEYS_PER_LOOP = 20;
const ACCEPTABLE_STALE_SHARE = 0.1;
/** What each step of `active-expire-effort` above 1 adds to the keys, and takes from the acceptable share. */
const EFFORT_KEYS = 5;
const EFFORT_SHARE = 0.01;
const MAX_LOOPS = 16; // stands for the share of time that a cycle may take

export class Expiry {
  readonly #server: Server;
  readonly #mode: ExpiryMode;
  #timer: Timer | undefined;
  #active = true;

  constructor(server: Server, mode: ExpiryMode) {
    this.#server = server;
    this.#mode = mode;
  }

  /** DEBUG SET-ACTIVE-EXPIRE: without it keys vanish only when somebody looks. */
  set active(active: boolean) {
    this.#active = active;
    this.rearm();
  }

  deadlineSet(when: Int64): void {
    if (!this.#active || typeof when === "bigint") return;
    const at = this.#server.clock.worldTime(
      this.#mode === "exact" ? when + 1 : this.#server.now + Math.floor(1000 / this.#server.config.number("hz")),
    );
    if (this.#timer === undefined || (this.#mode === "exact" && at < this.#timer.at)) this.#arm(at);
  }

  /** Deadlines or the clock changed at large. */
  rearm(): void {
    this.#timer?.cancel();
    this.#timer = undefined;
    if (!this.#active) return;
    let next: number | undefined;
    for (const { deadlines } of this.#server.databases) {
      const when = deadlines.next();
      if (when !== undefined && (next === undefined || when < next)) next = when;
    }
    if (next !== undefined) this.deadlineSet(next);
  }

  #arm(at: number): void {
    this.#timer?.cancel();
    this.#timer = this.#server.world.scheduleInBackground(at, () => {
      this.#timer = undefined;
      if (this.#server.stalled || !this.#server.deletesExpired) return; // whoever ends that rearms
      if (this.#mode === "exact") this.#expireDue();
      else this.#cycle();
      this.rearm();
      this.#server.flushAll();
    });
  }

  #expireDue(): void {
    const { now } = this.#server;
    for (const db of this.#server.databases) {
      for (let when = db.deadlines.next(); when !== undefined && now > when; when = db.deadlines.next()) {
        db.expire(db.deadlines.take());
      }
    }
  }

  #cycle(): void {
    const { now, random, config } = this.#server;
    const effort = config.number("active-expire-effort") - 1;
    const keysPerLoop = KEYS_PER_LOOP + EFFORT_KEYS * effort;
    const acceptable = ACCEPTABLE_STALE_SHARE - EFFORT_SHARE * effort;
    for (const db of this.#server.databases) {
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
