// A seat is sold once: whoever sells it holds its lock. Redis is asked to keep the lock for HOLD_MS, and for longer while it is paid for.
import type { Redis } from "ioredis";
import Redlock from "redlock";

export const HOLD_MS = 5000;

export class Booking {
  readonly #redis: Redis;
  readonly #locks: Redlock;

  constructor(redis: Redis) {
    this.#redis = redis;
    this.#locks = new Redlock([redis], { retryCount: 2, retryDelay: 100, retryJitter: 0 });
  }

  /** Sells a seat once `pay` is through; false where it is sold. Throws redlock's LockError while somebody else buys it. */
  async sell(seat: string, buyer: string, pay: () => Promise<void>): Promise<boolean> {
    const lock = await this.#locks.lock(`lock:${seat}`, HOLD_MS);
    if ((await this.#redis.get(seat)) !== null) {
      await lock.unlock();
      return false;
    }
    await pay();
    // Whoever paid for too long holds nothing any more: extending fails, and nothing is sold.
    const held = await lock.extend(HOLD_MS);
    await this.#redis.set(seat, buyer);
    await held.unlock();
    return true;
  }
}
