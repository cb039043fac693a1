// What a command sees: its arguments, its database, its reply, and ports to the server. Nothing else.
import type { Bytes } from "../kernel/bytes.ts";
import type { Random } from "../kernel/random.ts";
import type { Database } from "../keyspace/database.ts";
import type { EventClass } from "../keyspace/keyspace-host.ts";
import type { TypeName } from "../keyspace/value.ts";
import type { Reply } from "../resp/reply.ts";
import type { CommandTable, ResolvedCommand } from "./command-table.ts";
import type { Profile } from "./profile.ts";
import type { ClientPort, ServerPort } from "./ports.ts";

/** Says what a command changed, as a replica or an AOF must learn it. Nothing said: nothing changed. */
export interface Propagate {
  /** Other commands in place of this one: `propagate("DEL", key)`. May be called several times. */
  (...command: readonly Bytes[]): void;
  /** This command as it was sent. `changes` is what INFO's rdb_changes_since_last_save grows by. */
  verbatim(changes?: number): void;
  /** This command, for replicas alone: it changed no data. */
  toReplicas(): void;
  /** A command with another word at one place; nothing is copied while nobody listens. */
  withWord(command: readonly Bytes[], at: number, word: Bytes): void;
  /** More changes than commands said: DEL of three keys counts three. */
  changed(changes: number): void;
}

/** A command that waits: the server tries again when one of the keys has come to hold what it waits for. */
export interface BlockRequest {
  /** None where it waits for something else. */
  readonly keys: readonly Bytes[];
  /** What a key must hold for the client to be served. */
  readonly type?: TypeName;
  /** It waits for replicas to say how far they are. */
  readonly awaitsReplicas?: boolean;
  /** There is no reply for the case that its time is over: CLIENT UNBLOCK ends it by an error alone. */
  readonly endless?: boolean;
  /** The client wants to know, too, when a key holds that no longer: XREADGROUP, whose group goes with it. */
  readonly heedsLoss?: boolean;
  /** The command as it must be sent to mean the same later, where that is not as it was sent. */
  readonly again?: readonly Bytes[];
  /** Milliseconds from now; 0 waits for ever. */
  readonly timeoutMs: number;
  /** Tries to serve the client, now that one of the keys may do; true when it replied. An error that is thrown is the reply. */
  readonly retry: (key: Bytes) => boolean;
  /** Writes the reply of a wait in vain. */
  readonly timedOut: () => void;
}

export interface CommandContext {
  /** As it was sent, the command's name first. */
  readonly argv: readonly Bytes[];
  /** The name in error texts: lower case, `client|kill`. */
  readonly commandName: Bytes;
  readonly profile: Profile;
  readonly table: CommandTable;
  readonly server: ServerPort;
  readonly client: ClientPort;
  /** The database that the client has selected. */
  readonly db: Database;
  readonly reply: Reply;
  /** The server's time in whole milliseconds of Unix time; constant within a unit. */
  readonly now: number;
  readonly random: Random;
  readonly propagate: Propagate;
  /** A keyspace event in the client's database, or in another one. */
  readonly notify: (event: EventClass, name: Bytes, key: Bytes, db?: number) => void;
  /** Runs another command in this one's unit: EXEC does, later scripts. */
  call(command: ResolvedCommand, argv: readonly Bytes[]): void;
  /** The error that this command replies is in INFO's statistics already: a script gives back what its command replied. */
  errorIsCounted(): void;
  /** False inside MULTI and scripts, where nothing may wait. */
  readonly mayBlock: boolean;
  readonly block: (request: BlockRequest) => void;
}
