// MONITOR: clients that see every command as it runs, administration excepted (replication.c: replicationFeedMonitors).
import type { Bytes } from "../kernel/bytes.ts";
import { quote } from "../kernel/quote.ts";
import type { ResolvedCommand } from "../commands/command-table.ts";
import type { ClientPort } from "../commands/ports.ts";
import type { Client } from "./client.ts";
import type { Server } from "./server.ts";

export class Monitors {
  readonly #server: Server;
  readonly #clients = new Set<Client>();

  constructor(server: Server) {
    this.#server = server;
  }

  /** Somebody watches. */
  get any(): boolean {
    return this.#clients.size > 0;
  }

  add(client: Client): void {
    this.#clients.add(client);
  }

  forget(client: Client): void {
    this.#clients.delete(client);
  }

  /** A command ran, or was refused by itself. */
  show({ command, flags }: ResolvedCommand, argv: readonly Bytes[], by: ClientPort): void {
    if (flags.has("admin")) return;
    const hidden = new Set(command.secrets?.(argv, this.#server.profile));
    const words = argv.map((word, index) => (hidden.has(index) ? '"(redacted)"' : this.#quoted(word)));
    const time = (Math.floor(this.#server.exactNow * 1000) / 1e6).toFixed(6);
    const line = `${time} [${by.database} ${by.kind === "script" ? "lua" : by.address}] ${words.join(" ")}`;
    for (const client of this.#clients) {
      client.reply.simple(line);
      this.#server.outbox.deliver(client);
      client.limitOutput();
    }
  }

  #quoted(word: Bytes): Bytes {
    return quote(word, { bare: this.#server.profile.can.quotesBare });
  }
}
