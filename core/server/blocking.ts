// Clients that wait for keys: first blocked, first served, after the unit that wrote (blocked.c: handleClientsBlockedOnKeys).
import type { Bytes } from "../kernel/bytes.ts";
import type { Timer } from "../kernel/scheduler.ts";
import type { BlockRequest } from "../commands/context.ts";
import { ReplyError } from "../resp/errors.ts";
import type { Client } from "./client.ts";
import type { Server } from "./server.ts";

interface Waiter {
  readonly client: Client;
  readonly db: number;
  readonly request: BlockRequest;
  timer: Timer | undefined;
}

export class Blocking {
  readonly #server: Server;
  /** Database and key -> who waits, in the order of their coming. */
  readonly #waiters = new Map<Bytes, Set<Waiter>>();
  readonly #byClient = new Map<Client, Waiter>();
  #ready = new Set<Bytes>();
  #serving = false;

  constructor(server: Server) {
    this.#server = server;
  }

  /** Clients that wait. */
  get size(): number {
    return this.#byClient.size;
  }

  block(client: Client, db: number, request: BlockRequest): void {
    const waiter: Waiter = { client, db, request, timer: undefined };
    for (const key of request.keys) {
      const place = placeOf(db, key);
      const waiters = this.#waiters.get(place);
      if (waiters) waiters.add(waiter);
      else this.#waiters.set(place, new Set([waiter]));
    }
    this.#byClient.set(client, waiter);
    client.suspended = true;
    if (request.timeoutMs > 0) {
      const at = this.#server.clock.worldTime(this.#server.clock.now + request.timeoutMs);
      waiter.timer = this.#server.world.schedule(at, () => {
        request.timedOut();
        this.#release(waiter);
        client.run();
      });
    }
  }

  /** A key was written: whoever waits for it is tried when the unit is over. */
  written(db: number, key: Bytes): void {
    if (this.#waiters.size === 0) return;
    const place = placeOf(db, key);
    if (this.#waiters.has(place)) this.#ready.add(place);
  }

  /** Tries the waiters of every written key, until no service makes another key ready. */
  serve(): void {
    if (this.#serving) return;
    this.#serving = true;
    while (this.#ready.size > 0) {
      const ready = this.#ready;
      this.#ready = new Set();
      for (const place of ready) {
        for (const waiter of Array.from(this.#waiters.get(place) ?? [])) {
          this.#server.effects.begin();
          const served = serves(waiter, keyOf(place));
          this.#server.effects.end();
          if (!served) continue;
          this.#release(waiter);
          this.#server.resume(waiter.client);
        }
      }
    }
    this.#serving = false;
  }

  /** The client is gone, or must wait no longer. */
  forget(client: Client): void {
    const waiter = this.#byClient.get(client);
    if (waiter) this.#release(waiter);
  }

  #release(waiter: Waiter): void {
    waiter.timer?.cancel();
    waiter.client.suspended = false;
    this.#byClient.delete(waiter.client);
    for (const key of waiter.request.keys) {
      const place = placeOf(waiter.db, key);
      const waiters = this.#waiters.get(place);
      waiters?.delete(waiter);
      if (waiters?.size === 0) this.#waiters.delete(place);
    }
  }
}

/** Tries to serve a client; an error is a reply too. */
function serves({ client, request }: Waiter, key: Bytes): boolean {
  try {
    return request.retry(key);
  } catch (error) {
    if (!(error instanceof ReplyError)) throw error;
    client.reply.error(error);
    return true;
  }
}

function placeOf(db: number, key: Bytes): Bytes {
  return `${db}:${key}`;
}

function keyOf(place: Bytes): Bytes {
  return place.slice(place.indexOf(":") + 1);
}
