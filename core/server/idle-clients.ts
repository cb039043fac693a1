// `timeout`: a client that has sent nothing for longer is closed (networking.c: clientsCronHandleTimeout).
import type { Timer } from "../kernel/scheduler.ts";
import type { Client } from "./client.ts";
import type { Server } from "./server.ts";

export class IdleClients {
  readonly #server: Server;
  #timer: Timer | undefined;

  constructor(server: Server) {
    this.#server = server;
  }

  /** The limit or the clients changed. Without a limit nothing is scheduled; some clients are exempt. */
  rearm(): void {
    const limitSeconds = this.#server.config.number("timeout");
    if (limitSeconds === 0) {
      this.#timer?.cancel();
      this.#timer = undefined;
      return;
    }
    const idle = [...this.#server.clients.values()].filter(isBounded);
    const ends = idle.map((client) => endOf(client, limitSeconds));
    this.#timer?.cancel();
    this.#timer =
      ends.length === 0
        ? undefined
        : this.#server.world.schedule(this.#server.clock.worldTime(Math.min(...ends)), () => this.#close(limitSeconds));
  }

  #close(limitSeconds: number): void {
    const { now, clients } = this.#server;
    for (const client of clients.values()) {
      if (isBounded(client) && now >= endOf(client, limitSeconds)) client.close();
    }
    this.rearm();
  }
}

/** Whoever waits for the server, listens or watches may be silent for ever. */
function isBounded({ suspended, subscribed, monitoring }: Client): boolean {
  return !suspended && !subscribed && !monitoring;
}

/** Times are compared in whole seconds. */
function endOf({ lastInteractionAt }: Client, limitSeconds: number): number {
  return (Math.floor(lastInteractionAt / 1000) + limitSeconds + 1) * 1000;
}
