// The history that a server's data belong to: its name, how far it has come, and the end of it that is kept for those who come
// back (replication.c: replid, replid2, the backlog).
import type { Bytes } from "../../kernel/bytes.ts";
import type { WantedStream } from "../../commands/replication-port.ts";
import type { PropagatedCommand } from "../effects.ts";
import type { Server } from "../server.ts";
import { Backlog } from "./backlog.ts";
import { StreamWriter } from "./stream-writer.ts";

/** How far a history has come. */
export interface StreamPosition {
  readonly id: Bytes;
  /** The last byte that was taken. */
  readonly offset: number;
}

const NO_ID = "0".repeat(40);

export class History {
  readonly #server: Server;
  readonly #writer: StreamWriter;
  id: Bytes;
  /** The name until it was renamed, and the first offset that is not of it. */
  secondId = NO_ID;
  secondOffset = -1;
  /** The end: what was fed, or what has taken effect. */
  offset = 0;
  #backlog: Backlog | undefined;

  constructor(server: Server, id: Bytes) {
    this.#server = server;
    this.#writer = new StreamWriter(server.profile);
    this.id = id;
  }

  get backlog(): Backlog | undefined {
    return this.#backlog;
  }

  /** A new one, of which nobody knows: who followed the old one cannot go on. */
  begin(): void {
    this.is(this.#server.random.hex(40), this.offset);
  }

  /** It is this one now, up to there. */
  is(id: Bytes, offset: number): void {
    this.id = id;
    this.offset = offset;
    this.secondId = NO_ID;
    this.secondOffset = -1;
  }

  /** It has another name from here on; who followed the old one to its end may go on. */
  rename(id = this.#server.random.hex(40)): void {
    this.continues({ id: this.id, offset: this.offset });
    this.id = id;
  }

  /** It goes on where another one ended. */
  continues({ id, offset }: StreamPosition): void {
    this.secondId = id;
    this.secondOffset = offset + 1;
  }

  /** From here on its end is kept. */
  keep(): void {
    this.#backlog = new Backlog(this.offset, this.#server.config.number("repl-backlog-size"));
    this.forgetDatabase();
  }

  /** Nothing of it is kept any more. */
  letGo(): void {
    this.#backlog = undefined;
  }

  reaches({ id, offset }: WantedStream): boolean {
    const known = id === this.id || (id === this.secondId && offset <= this.secondOffset);
    return known && typeof offset === "number" && this.#backlog?.reaches(offset) === true;
  }

  append(bytes: Bytes): void {
    this.offset += bytes.length;
    this.#backlog!.append(bytes);
  }

  /** What a unit of changes adds to it. */
  write(commands: readonly PropagatedCommand[], inTransaction: boolean): Bytes {
    return this.#writer.write(commands, inTransaction);
  }

  /** The database in which it is; undefined where what comes next says it. */
  get database(): number | undefined {
    return this.#writer.database;
  }

  /** Whoever begins to listen knows of no database yet. */
  forgetDatabase(): void {
    this.#writer.forgetDatabase();
  }
}
