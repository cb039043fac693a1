// What applications asked of a server: the last commands, in order, for assertions and for the report of a failing test.
import type { Bytes, Client, Server } from "../core/index.ts";
import { fromBytes } from "./text.ts";

/** A command that a server received. */
export interface ReceivedCommand {
  /** Upper case, as in `SET`. */
  readonly name: string;
  readonly args: readonly (string | Buffer)[];
  readonly client: { readonly id: number; readonly name: string; readonly address: string };
  /** The server's time when it came, in milliseconds of Unix time. */
  readonly time: number;
}

interface Entry {
  readonly argv: readonly Bytes[];
  readonly client: Client;
  readonly time: number;
}

/** Argument bytes that a log may hold on to. */
const MOST_BYTES = 32 * 1024 * 1024;

/** Keeps the last `capacity` commands; decodes them only when somebody looks. */
export class CommandLog {
  readonly #capacity: number;
  #entries: Entry[] = [];
  #bytes = 0;

  constructor(capacity: number) {
    this.#capacity = capacity;
  }

  /** Begins to listen to a server. */
  tap(server: Server): void {
    if (this.#capacity <= 0) return;
    server.tap = (client, argv) => {
      this.#entries.push({ argv, client, time: server.now });
      for (const word of argv) this.#bytes += word.length;
      if (this.#entries.length >= 2 * this.#capacity || this.#bytes > MOST_BYTES) this.#trim();
    };
  }

  get all(): readonly ReceivedCommand[] {
    return this.#entries.slice(-this.#capacity).map(({ argv, client, time }) => ({
      name: argv[0]!.toUpperCase(),
      args: argv.slice(1).map(fromBytes),
      client: { id: client.id, name: String(fromBytes(client.name)), address: client.address },
      time,
    }));
  }

  clear(): void {
    this.#entries = [];
    this.#bytes = 0;
  }

  #trim(): void {
    const half = Math.floor(this.#entries.length / 2);
    this.#entries = this.#entries.slice(Math.max(half, this.#entries.length - this.#capacity));
    this.#bytes = 0;
    for (const { argv } of this.#entries) for (const word of argv) this.#bytes += word.length;
  }
}
