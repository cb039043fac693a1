// So many wrong passwords a quarter of an hour, by rate-limiter-flexible: by its Lua script, or by its transactions.
import { RateLimiterRedis, RateLimiterRedisNonAtomic, RateLimiterRes } from "rate-limiter-flexible";

export const ATTEMPTS = 5;
export const WINDOW_S = 15 * 60;

export class LoginGuard {
  readonly #limiter: RateLimiterRedis | RateLimiterRedisNonAtomic;

  /** `client` is ioredis, or node-redis where `useRedisPackage` says so. */
  constructor(client: unknown, { useRedisPackage = false, inTransactions = false } = {}) {
    const Limiter = inTransactions ? RateLimiterRedisNonAtomic : RateLimiterRedis;
    this.#limiter = new Limiter({
      storeClient: client,
      useRedisPackage,
      keyPrefix: "login",
      points: ATTEMPTS,
      duration: WINDOW_S,
    });
  }

  /** Counts an attempt: how many are left, or for how many milliseconds there are none. */
  async attempt(user: string): Promise<{ readonly left: number } | { readonly blockedMs: number }> {
    try {
      return { left: (await this.#limiter.consume(user)).remainingPoints };
    } catch (outcome) {
      if (outcome instanceof RateLimiterRes) return { blockedMs: outcome.msBeforeNext };
      throw outcome;
    }
  }

  /** The password was right: what was counted is forgotten. */
  async forgive(user: string): Promise<void> {
    await this.#limiter.delete(user);
  }
}
