// What changed, as it travels to replicas: commands in RESP, the database selected before, a unit of several inside MULTI and EXEC
// (replication.c: replicationFeedSlaves, server.c: propagatePendingCommands).
import type { Bytes } from "../../kernel/bytes.ts";
import type { PropagatedCommand } from "../effects.ts";

export class StreamWriter {
  #database: number | undefined;

  /** The database in which the stream is. */
  get database(): number | undefined {
    return this.#database;
  }

  /** Whoever begins to listen knows of no database yet. */
  forgetDatabase(): void {
    this.#database = undefined;
  }

  /** One unit. */
  write(commands: readonly PropagatedCommand[]): Bytes {
    const several = commands.length > 1;
    let bytes = several ? encodeRequest(["MULTI"]) : "";
    for (const { db, argv } of commands) {
      if (db !== this.#database) bytes += encodeRequest(["SELECT", String(db)]);
      this.#database = db;
      bytes += encodeRequest(argv);
    }
    return several ? bytes + encodeRequest(["EXEC"]) : bytes;
  }
}

/** A request as clients send it. */
export function encodeRequest(argv: readonly Bytes[]): Bytes {
  let bytes = `*${argv.length}\r\n`;
  for (const word of argv) bytes += `$${word.length}\r\n${word}\r\n`;
  return bytes;
}
