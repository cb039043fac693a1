// What changed, as it travels to replicas: commands in RESP, the database selected before, a unit of several inside MULTI and EXEC
// (replication.c: replicationFeedSlaves, server.c: propagatePendingCommands).
import type { Bytes } from "../../kernel/bytes.ts";
import type { Profile } from "../../commands/profile.ts";
import type { PropagatedCommand } from "../effects.ts";

export class StreamWriter {
  readonly #selectsInTransactions: boolean;
  #database: number | undefined;

  constructor({ can }: Profile) {
    this.#selectsInTransactions = can.selectsInTransactions;
  }

  /** The database in which the stream is. */
  get database(): number | undefined {
    return this.#database;
  }

  /** Whoever begins to listen knows of no database yet. */
  forgetDatabase(): void {
    this.#database = undefined;
  }

  /** One unit. */
  write(commands: readonly PropagatedCommand[], inTransaction: boolean): Bytes {
    let bytes = "";
    if (inTransaction) {
      if (!this.#selectsInTransactions && commands.length > 0) bytes += this.#select(commands[0]!.db);
      bytes += encodeRequest(["MULTI"]);
    }
    for (const { db, argv } of commands) bytes += this.#select(db) + encodeRequest(argv);
    return inTransaction ? bytes + encodeRequest(["EXEC"]) : bytes;
  }

  #select(db: number): Bytes {
    if (db === this.#database) return "";
    this.#database = db;
    return encodeRequest(["SELECT", String(db)]);
  }
}

/** A request as clients send it. */
export function encodeRequest(argv: readonly Bytes[]): Bytes {
  let bytes = `*${argv.length}\r\n`;
  for (const word of argv) bytes += `$${word.length}\r\n${word}\r\n`;
  return bytes;
}
