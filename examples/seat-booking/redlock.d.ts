// redlock 4 brings no types: what the booking uses of it.
declare module "redlock" {
  import type { Redis } from "ioredis";

  export interface Lock {
    /** Milliseconds since 1970 until which it is held. */
    readonly expiration: number;
    unlock(): Promise<void>;
    extend(ttlMs: number): Promise<Lock>;
  }

  export default class Redlock {
    constructor(
      clients: readonly Redis[],
      options?: { retryCount?: number; retryDelay?: number; retryJitter?: number },
    );
    lock(resource: string, ttlMs: number): Promise<Lock>;
  }
}
