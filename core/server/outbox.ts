// What leaves at the end of a turn: replies of whoever waited, and messages that clients got from others.
import type { Client } from "./client.ts";
import type { Server } from "./server.ts";

export class Outbox {
  readonly #server: Server;
  /** Clients that wait no longer, and may have sent more meanwhile. */
  readonly #resumed = new Set<Client>();
  /** Clients that have something to send, and nothing to run. */
  readonly #addressed = new Set<Client>();

  constructor(server: Server) {
    this.#server = server;
  }

  /** A client waits no longer: at the end of the turn its reply leaves and its further requests run. */
  resume(client: Client): void {
    this.#resumed.add(client);
    this.#server.idle.rearm();
  }

  /** A client got a message: it leaves at the end of the turn. */
  deliver(client: Client): void {
    this.#addressed.add(client);
  }

  forget(client: Client): void {
    this.#resumed.delete(client);
    this.#addressed.delete(client);
  }

  /** The end of a client's turn: its replies leave, and whatever others got meanwhile. */
  flush(client: Client): void {
    this.#server.busy.turnEnded();
    this.#server.appendOnly.written.flush();
    if (this.#resumed.size > 0) this.#goOn();
    this.#server.replication.own.turnEnded();
    this.#server.tracking.broadcast();
    client.flush();
    if (this.#addressed.size > 0) this.#deliver();
    if (this.#server.clientEviction.limited) this.#server.clientEviction.perform();
  }

  /** The same where it was no client's turn. */
  flushAll(): void {
    this.#server.appendOnly.written.flush();
    this.#goOn();
    this.#server.replication.own.turnEnded();
    this.#server.tracking.broadcast();
    this.#deliver();
    if (this.#server.clientEviction.limited) this.#server.clientEviction.perform();
  }

  #goOn(): void {
    for (const client of this.#resumed) {
      this.#resumed.delete(client);
      client.execute();
      this.#addressed.add(client);
    }
  }

  #deliver(): void {
    for (const client of this.#addressed) client.flush();
    this.#addressed.clear();
  }
}
