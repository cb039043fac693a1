// Sessions: they slide while they are used, are rotated, and end everywhere at once. One JSON value a session.
import { randomUUID } from "node:crypto";
import type { Redis } from "ioredis";

export interface Session {
  readonly user: string;
  readonly role: string;
}

export interface SessionOptions {
  /** A session that nobody uses ends after so long. Default 30 minutes. */
  readonly idleMs?: number;
  /** After a rotation the old token works for so long: other requests of the same page are still under way. Default 10 s. */
  readonly graceMs?: number;
  readonly newToken?: () => string;
}

/** What is stored: a session is over when its user's generation has moved on. */
interface Stored extends Session {
  readonly generation: number;
}

export class Sessions {
  readonly #redis: Redis;
  readonly #idleMs: number;
  readonly #graceMs: number;
  readonly #newToken: () => string;

  constructor(redis: Redis, { idleMs = 30 * 60_000, graceMs = 10_000, newToken = randomUUID }: SessionOptions = {}) {
    this.#redis = redis;
    this.#idleMs = idleMs;
    this.#graceMs = graceMs;
    this.#newToken = newToken;
  }

  /** Gives the token of a new session. */
  async open({ user, role }: Session): Promise<string> {
    const token = this.#newToken();
    const stored: Stored = { user, role, generation: await this.#generation(user) };
    await this.#redis.set(keyOf(token), JSON.stringify(stored), "PX", this.#idleMs);
    return token;
  }

  /** The session behind a token, which lives on from here; null when it is over. */
  async read(token: string): Promise<Session | null> {
    const text = await this.#redis.getex(keyOf(token), "PX", this.#idleMs);
    if (text === null) return null;
    const { generation, user, role } = JSON.parse(text) as Stored;
    return generation === (await this.#generation(user)) ? { user, role } : null;
  }

  /** Moves a session to a new token; null when it is over. A lost reply does no harm: what is done twice is the same. */
  async rotate(token: string): Promise<string | null> {
    const text = await this.#redis.get(keyOf(token));
    if (text === null) return null;
    const next = this.#newToken();
    await onceMore(() =>
      this.#redis.multi().set(keyOf(next), text, "PX", this.#idleMs).pexpire(keyOf(token), this.#graceMs).exec(),
    );
    return next;
  }

  /** Ends one session. */
  async close(token: string): Promise<void> {
    await this.#redis.del(keyOf(token));
  }

  /** Ends every session of a user, wherever it was opened. */
  async closeAll(user: string): Promise<void> {
    await this.#redis.incr(generationKey(user));
  }

  async #generation(user: string): Promise<number> {
    return Number(await this.#redis.get(generationKey(user)));
  }
}

function keyOf(token: string): string {
  return `session:${token}`;
}

function generationKey(user: string): string {
  return `user:${user}:generation`;
}

/** Tries again after a broken connection: for what may be done twice. */
async function onceMore<T>(attempt: () => Promise<T>): Promise<T> {
  try {
    return await attempt();
  } catch {
    return attempt();
  }
}
