// The ports through which commands reach their client and their server, so that commands never import the server.
import type { Bytes } from "../kernel/bytes.ts";
import type { Database, Watcher } from "../keyspace/database.ts";
import type { Protocol } from "../resp/reply.ts";
import type { ResolvedCommand } from "./command-table.ts";

/** A command that waits for EXEC. */
export interface QueuedCommand {
  readonly command: ResolvedCommand;
  readonly argv: readonly Bytes[];
}

/** MULTI's state. */
export interface Transaction {
  readonly queue: QueuedCommand[];
  /** A command was refused while queueing: EXEC answers EXECABORT. */
  doomed: boolean;
}

/** A key under WATCH. */
export interface WatchedKey {
  readonly db: Database;
  readonly key: Bytes;
  /** It was past its deadline already when WATCH came: its disappearance is no change. */
  readonly wasExpired: boolean;
}

/** CLIENT REPLY: `skip` mutes the next command, `skipping` is that command itself. */
export type ReplyMode = "on" | "off" | "skip" | "skipping";

export interface ClientPort extends Watcher {
  readonly id: number;
  /** `127.0.0.1:50000`, of the client's end. */
  readonly address: Bytes;
  /** `127.0.0.1:6379`, of the server's end. */
  readonly localAddress: Bytes;
  readonly createdAt: number;
  name: Bytes;
  libraryName: Bytes;
  libraryVersion: Bytes;
  user: Bytes;
  authenticated: boolean;
  protocol: Protocol;
  /** The number of the selected database. */
  database: number;
  noEvict: boolean;
  noTouch: boolean;
  readonly replyMode: ReplyMode;
  /** CLIENT REPLY; takes effect at once. */
  setReplyMode(mode: ReplyMode): void;
  transaction: Transaction | undefined;
  readonly watched: WatchedKey[];
  /** Sends what was written, then closes. */
  closeAfterReply(): void;
  /** Closes at once; what was written and not sent is lost. */
  close(): void;
}

export interface ServerPort {
  /** `proto-max-bulk-len`, in bytes. */
  readonly maxBulkBytes: number;
  readonly databases: readonly Database[];
  readonly clients: ReadonlyMap<number, ClientPort>;
  /** `requirepass`; empty when the default user needs no password. */
  readonly password: Bytes;
  /** Forgets what a client has set up on its connection: RESET. */
  resetClient(client: ClientPort): void;
  /** Ends MULTI and WATCH without running anything. */
  discard(client: ClientPort): void;
  /** Ends WATCH: what happened to the keys is forgotten. */
  unwatch(client: ClientPort): void;
  /** Runs a command in the unit of the one that runs already: EXEC, later scripts. */
  call(client: ClientPort, command: ResolvedCommand, argv: readonly Bytes[]): void;
  /** The server does nothing else for a time, as in DEBUG SLEEP; replies leave afterwards. */
  stall(durationMs: number): void;
}
