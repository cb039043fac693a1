// Whether a command may run now, for this client: processCommand's conditions, in Redis's order (server.c).
import { upper, type Bytes } from "../kernel/bytes.ts";
import type { ResolvedCommand } from "../commands/command-table.ts";
import {
  appendOnlyFileFull,
  misconf,
  noAuth,
  outOfMemory,
  primaryDown,
  readOnlyReplica,
  ReplyError,
  tooFewReplicas,
} from "../resp/errors.ts";
import type { Client } from "./client.ts";
import type { Cluster } from "./cluster/cluster.ts";
import { redirect, Redirection } from "./cluster/redirect.ts";
import type { Identity } from "./identity.ts";
import type { Server } from "./server.ts";

/** What a client may do in RESP2 while it listens to something. */
const ALLOWED_TO_SUBSCRIBERS: ReadonlySet<Bytes> = new Set([
  "subscribe",
  "psubscribe",
  "ssubscribe",
  "unsubscribe",
  "punsubscribe",
  "sunsubscribe",
  "ping",
  "quit",
  "reset",
]);

/** Who asks whom. */
interface Asking {
  readonly client: Client;
  readonly server: Server;
}

/** @throws ReplyError for the first condition that forbids the command */
export function admit(asking: Asking, command: ResolvedCommand, argv: readonly Bytes[]): void {
  const { client, server } = asking;
  if (command.isProtected) admitProtected(asking, command);
  if (client.mustAuthenticate && !command.flags.has("no_auth")) throw noAuth();
  if (client.transaction !== undefined && command.flags.has("no_multi")) {
    throw new ReplyError("ERR Command not allowed inside a transaction");
  }
  if (client.account?.unrestricted === false) server.users.admit(client, command, argv);
  if (server.cluster !== undefined && client.kind !== "primary" && !client.link.own) {
    admitBySlot(server.cluster, client, command, argv);
  }
  if (server.compatibility !== undefined && (!client.link.own || client.kind === "primary")) {
    server.compatibility.requested(client, { command, argv });
  }
  if (server.eviction.limited && !server.eviction.perform() && server.eviction.forbids(command, client)) {
    throw outOfMemory();
  }
  server.tracking.limit(client);
  if (lacksDisk(server)) admitWithoutDisk(asking, command);
  if (server.replication.restricts && client.kind !== "primary") admitByReplication(asking, command);
  if (client.protocol === 2 && client.subscribed && !ALLOWED_TO_SUBSCRIBERS.has(command.fullName)) {
    throw new ReplyError(
      `ERR Can't execute '${command.fullName}': only (P|S)SUBSCRIBE / (P|S)UNSUBSCRIBE / PING / QUIT / RESET are allowed in this context`,
    );
  }
  if (server.lifecycle.loading && !command.flags.has("loading")) throw loading(server.identity);
  if (server.busy.script !== undefined && !client.link.own && !command.flags.has("allow_busy")) {
    throw server.busy.error();
  }
  if (client.monitoring && touchesData(command)) throw new ReplyError("ERR Replica can't interact with the keyspace");
}

function admitProtected({ client, server }: Asking, { fullName }: ResolvedCommand): void {
  const name = fullName.split("|")[0]!;
  const by = `enable-${name}-command` as const;
  if (!server.allowsProtected(client, by)) throw protectedCommand(name, by);
}

/** In a cluster a request may belong elsewhere; a transaction that does is over. */
function admitBySlot(cluster: Cluster, client: Client, command: ResolvedCommand, argv: readonly Bytes[]): void {
  const elsewhere = redirect(cluster, client, { command, argv });
  if (elsewhere === undefined) return;
  if (command.fullName === "exec") client.discard();
  throw new Redirection(elsewhere);
}

/** Data that cannot be saved are not to change; a replica that is told to change them ends, unless it is to look away. */
function admitWithoutDisk({ client, server }: Asking, command: ResolvedCommand): void {
  if (client.link.own && client.kind !== "primary") return;
  const writing = writes(client, command);
  if (!writing && command.fullName !== "ping") return;
  if (client.kind !== "primary") throw diskRefusal(server);
  if (writing && !server.config.flag("replica-ignore-disk-write-errors")) server.lifecycle.crash();
}

/** Nothing may be written, since the disk did not take what was (server.c: writeCommandsDeniedByDiskError). */
export function lacksDisk({ snapshots, appendOnly }: Server): boolean {
  return snapshots.refusesWrites || appendOnly.refusesWrites();
}

/** What whoever writes nevertheless is told. */
export function diskRefusal({ snapshots, identity }: Server): ReplyError {
  return snapshots.refusesWrites ? misconf(identity.title) : appendOnlyFileFull();
}

/** A primary that lacks replicas and a replica refuse writes; a replica without its primary may refuse everything. */
function admitByReplication({ client, server: { replication } }: Asking, command: ResolvedCommand): void {
  const writing = writes(client, command);
  if (writing && replication.lacksReplicas) throw tooFewReplicas();
  if (writing && replication.refusesWrites) throw readOnlyReplica();
  if (replication.isStale && !command.flags.has("stale")) throw primaryDown();
}

/** EXEC writes where something does that was queued. */
function writes(client: Client, { flags, fullName }: ResolvedCommand): boolean {
  const queued = fullName === "exec" ? (client.transaction?.queue ?? []) : [];
  return flags.has("write") || queued.some(({ command }) => command.flags.has("write"));
}

function touchesData({ command, flags }: ResolvedCommand): boolean {
  return flags.has("write") || flags.has("readonly") || command.mayReplicate !== undefined;
}

/** Each family names itself. */
function loading({ title }: Identity): ReplyError {
  return new ReplyError(`LOADING ${title} is loading the dataset in memory`);
}

function protectedCommand(name: Bytes, by: Bytes): ReplyError {
  return new ReplyError(
    `ERR ${upper(name)} command not allowed. If the ${by} option is set to "local", you can run it from a local connection, otherwise you need to set this option in the configuration file, and then restart the server.`,
  );
}
