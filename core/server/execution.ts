// Runs commands for one client: what may not run is refused, what may is called, and this is the context that
// handlers see.
import { lower, type Bytes } from "../kernel/bytes.ts";
import type { Random } from "../kernel/random.ts";
import { asRequested, CommandTable, type ResolvedCommand } from "../commands/command-table.ts";
import type { BlockRequest, CommandContext, Propagate } from "../commands/context.ts";
import { findKeys } from "../commands/keys.ts";
import type { Profile } from "../commands/profile.ts";
import type { Database } from "../keyspace/database.ts";
import type { EventClass } from "../keyspace/keyspace-host.ts";
import { ReplyError } from "../resp/errors.ts";
import type { Reply } from "../resp/reply.ts";
import { admit } from "./admission.ts";
import type { WaitEnd, WaitingCommand } from "./blocking.ts";
import type { Client } from "./client.ts";
import type { Beginning } from "./command-watch.ts";
import { Redirection } from "./cluster/redirect.ts";
import { judgeCommand, judgeReply } from "./judged.ts";
import type { Server } from "./server.ts";

const NO_ARGUMENTS: readonly Bytes[] = [];

/** Commands that run at once inside MULTI. */
const UNQUEUED: ReadonlySet<Bytes> = new Set(["exec", "discard", "multi", "watch", "quit", "reset"]);

/** A browser was made to speak to a Redis port: the connection is cut off (server.c: securityWarningCommand). */
const SECURITY_WARNINGS: ReadonlySet<Bytes> = new Set(["post", "host:"]);

/** A reply writer that tells how many errors went through it, and the last of them. */
export type CountingReply = Reply & { readonly errors: number; readonly lastError: Bytes };

export class Execution implements CommandContext {
  readonly client: Client;
  readonly server: Server;
  readonly profile: Profile;
  readonly table: CommandTable;
  readonly reply: CountingReply;
  readonly random: Random;
  readonly propagate: Propagate;
  argv: readonly Bytes[] = NO_ARGUMENTS;
  #command: ResolvedCommand | undefined;
  /** What the client asked for itself; EXEC while it runs what was queued. */
  #requested: ResolvedCommand | undefined;
  /** The words of that. */
  request = NO_ARGUMENTS;
  /** What the client had got before it. */
  #writtenBefore = 0;
  #errorIsCounted = false;

  constructor(server: Server, client: Client, reply: CountingReply) {
    this.server = server;
    this.client = client;
    this.profile = server.profile;
    this.table = server.table;
    this.reply = reply;
    this.random = server.random;
    const { effects } = server;
    this.propagate = Object.assign(
      (...command: readonly Bytes[]) => {
        effects.dirty++;
        effects.propagate(client.database, command);
      },
      {
        verbatim: (changes = 1) => {
          effects.dirty += changes;
          effects.propagate(client.database, this.argv);
        },
        toReplicas: () => {
          effects.propagate(client.database, this.argv, { replicas: effects.targets.replicas, aof: false });
        },
        withWord: (command: readonly Bytes[], at: number, word: Bytes) => {
          effects.dirty++;
          if (effects.observed) effects.propagate(client.database, command.with(at, word));
        },
        changed: (changes: number) => {
          effects.dirty += changes;
        },
      },
    );
  }

  get commandName(): Bytes {
    return this.#command?.fullName ?? "";
  }

  get db(): Database {
    return this.server.databases[this.client.database]!;
  }

  get now(): number {
    return this.server.now;
  }

  readonly notify = (event: EventClass, name: Bytes, key: Bytes, db = this.client.database): void => {
    this.server.keyspace.notify(event, name, key, db);
  };

  /** Inside MULTI nothing may wait: the client's transaction stands until EXEC has run it. */
  get mayBlock(): boolean {
    return this.#command === this.#requested;
  }

  readonly block = (request: BlockRequest): void => {
    const waiting = { command: this.#command!, argv: this.argv, request };
    this.server.blocking.block(this.client, this.client.database, waiting);
  };

  errorIsCounted(): void {
    this.#errorIsCounted = true;
  }

  /** A request arrived: refuse it, queue it, or run it. */
  process(argv: readonly Bytes[]): void {
    const { client, server, reply } = this;
    client.lastInteractionAt = server.now;
    server.keyspace.seesExpired = (client.importSource && server.importMode) || client.kind === "primary";
    let command: ResolvedCommand | undefined;
    try {
      client.lastCommand = "NULL";
      this.#requested = undefined;
      this.request = argv;
      if (server.commandLogs.looksClosely) this.#writtenBefore = client.writtenBytes;
      command = server.table.lookup(argv);
      this.#requested = command;
      client.lastCommand = command.fullName;
      CommandTable.checkArity(command, argv);
      if (command.command.flagsOf !== undefined) {
        command = asRequested(command, argv, server);
        this.#requested = command;
      }
      admit(this, command, argv);
    } catch (error) {
      if (command === undefined && SECURITY_WARNINGS.has(lower(argv[0]!))) {
        client.close();
        return;
      }
      this.#refuse(asReplyError(error), command);
      this.#endRequest(argv);
      return;
    }
    if (server.pausing.holds(command, argv, client) && !client.link.own) {
      server.pausing.postpone(client, argv);
      return;
    }
    const { transaction } = client;
    if (transaction !== undefined && !UNQUEUED.has(command.fullName)) {
      if (!client.touched && !transaction.doomed) transaction.queue.push({ command, argv });
      reply.simple("QUEUED");
    } else {
      const outer = server.executing;
      server.executing = client;
      const { busyMs } = server.lifecycle;
      const { offset } = server.replication;
      if (server.world.hooks.watchesCommands && !client.link.own)
        judgeCommand(this, { command, argv }, () => this.call(command, argv, busyMs));
      else this.call(command, argv);
      if (server.replication.offset !== offset || !this.profile.can.waitsForOwnWrites) {
        client.writtenOffset = server.replication.offset;
      }
      this.#endUnit(outer);
    }
    this.#endRequest(argv);
  }

  /** A refused command dooms the transaction it was meant for; a refused EXEC ends it. */
  #refuse(error: ReplyError, command: ResolvedCommand | undefined): void {
    const { client, server, reply } = this;
    if (command !== undefined) server.stats.command(command.fullName).rejected++;
    if (client.transaction !== undefined) {
      client.transaction.doomed = true;
      if (server.profile.can.emptiesDoomedTransactions) client.transaction.queue.length = 0;
    }
    if (command?.fullName === "exec" && !(error instanceof Redirection)) {
      client.discard();
      error = new ReplyError(`EXECABORT Transaction discarded because of: ${error.message.replace(/^ERR /, "")}`);
    }
    reply.error(error);
    server.countError(error.message);
  }

  /** What the client's own command brought it follows its replies. */
  #endUnit(outer: Client | undefined): void {
    const { client, server } = this;
    server.tracking.settle(client);
    server.executing = outer;
    client.pushOwn();
  }

  /** @param counted the request, where it counts in what passes through its slot */
  #endRequest(counted?: readonly Bytes[]): void {
    const { client, server } = this;
    if (server.traffic !== undefined) {
      if (counted === undefined) server.traffic.settle(client);
      else server.traffic.requestEnded(client, counted);
    }
    server.keyspace.seesExpired = false;
    const { tracking } = client;
    if (tracking?.caching && client.transaction === undefined && !client.lastCommand.startsWith("client|")) {
      tracking.caching = false;
    }
    this.argv = NO_ARGUMENTS;
    this.request = NO_ARGUMENTS;
    this.#command = undefined;
    if (client.suspended) return;
    const keepsAsking = client.transaction !== undefined || this.#requested?.fullName === "asking";
    if (client.asking && !keepsAsking) client.asking = false;
    if (client.replyMode === "skip") client.setReplyMode("skipping");
    else if (client.replyMode === "skipping") client.setReplyMode("on");
  }

  /** Goes on with a command that waits, now that a key may serve it; false where it waits on. */
  retry(waiting: WaitingCommand, key: Bytes): boolean {
    let over = false;
    judgeReply(this, waiting, () => (over = this.#retry(waiting, key)));
    return over;
  }

  #retry(waiting: WaitingCommand, key: Bytes): boolean {
    const { client, server } = this;
    const runsAgain = !this.profile.can.servesWrittenKeyAlone;
    const errorsBefore = this.reply.errors;
    const outer = server.executing;
    const begun = this.#beginning;
    this.#resume(waiting);
    server.executing = client;
    let over = true;
    try {
      if (runsAgain) admit(this, waiting.command, waiting.argv);
      over = waiting.request.retry(key);
    } catch (error) {
      this.reply.error(asReplyError(error));
    }
    if (runsAgain) this.#remember(waiting.command, waiting.argv);
    this.#endUnit(outer);
    const failed = this.reply.errors > errorsBefore;
    if (failed) this.server.countError(this.reply.lastError);
    if (over) {
      this.#countWait(waiting, failed ? "failed" : undefined);
      server.commandLogs.ran(client, waiting, begun);
    }
    client.suspended = !over;
    if (over) server.traffic?.ran(client, waiting.command, waiting.argv);
    this.#endRequest(waiting.argv);
    return over;
  }

  /** Ends a wait that no key ended; `answer` replies, unless an error does. */
  endWait(waiting: WaitingCommand, how: WaitEnd, answer: () => void): void {
    const { can, family } = this.profile;
    const { stats } = this.server;
    const byError = how === "unblocked by error";
    const begun = this.#beginning;
    this.#resume(waiting);
    this.client.suspended = false;
    judgeReply(this, waiting, byError ? () => this.#unblocked() : answer);
    const errorMark = family === "valkey" ? "rejected" : "failed";
    const marked = can.countsFinishedWaits ? byError : how.startsWith("unblocked");
    this.#countWait(waiting, marked ? errorMark : undefined);
    if (can.countsFinishedWaits) this.server.commandLogs.ran(this.client, waiting, begun);
    // A wait for replicas that an error ends counts twice, as on a real server.
    if (byError && can.countsFinishedWaits && waiting.request.keys.length === 0) this.#count(waiting.command);
    // Whoever unblocks by an error is charged with it too.
    if (byError) stats.command("client|unblock").failed++;
    this.#endRequest();
  }

  #unblocked(): void {
    const error = "UNBLOCKED client unblocked via CLIENT UNBLOCK";
    this.reply.error(error);
    this.server.countError(error);
  }

  #resume({ command, argv }: WaitingCommand): void {
    const { client, server } = this;
    this.argv = argv;
    this.request = argv;
    this.#command = command;
    this.#requested = command;
    server.keyspace.touches = !client.noTouch;
    server.keyspace.seesExpired = client.importSource && server.importMode;
  }

  /** A command that waited is counted when that is over; its beginning counted, in older releases. */
  #countWait({ command }: WaitingCommand, mark: "failed" | "rejected" | undefined): void {
    if (this.profile.can.countsFinishedWaits) this.#count(command);
    if (mark === undefined) return;
    this.server.stats.command(command.fullName)[mark]++;
  }

  /** Runs a command as one unit: parses its arguments, counts, and turns a thrown ReplyError into the reply. */
  call(command: ResolvedCommand, argv: readonly Bytes[], busyMs = this.server.lifecycle.busyMs): void {
    const { client, server, reply } = this;
    const outerArgv = this.argv;
    const outerCommand = this.#command;
    this.argv = argv;
    this.#command = command;
    const errorsBefore = reply.errors;
    server.keyspace.touches = !client.noTouch || command.fullName === "touch";
    this.#show(command, argv, "before");
    server.effects.begin();
    try {
      command.run!(this, command.parse(argv, command.words, server) as never);
    } catch (error) {
      reply.error(asReplyError(error));
    } finally {
      if (!client.suspended) this.#look(command, argv, busyMs);
      server.effects.end();
      if (reply.overflowing) client.close();
      else if (client.closesAfterCommand) client.closeAfterReply();
      else client.limitOutput();
      this.argv = outerArgv;
      this.#command = outerCommand;
    }
    this.#remember(command, argv);
    this.#show(command, argv, "behind");
    if (client.suspended && this.profile.can.countsFinishedWaits) return;
    this.#count(command);
    if (server.traffic !== undefined) server.traffic.ran(client, command, argv);
    if (reply.errors > errorsBefore) {
      server.stats.command(command.fullName).failed++;
      if (!this.#errorIsCounted) server.countError(reply.lastError);
    }
    this.#errorIsCounted = false;
  }

  /** Runs a command of the append-only file, as it ran before: nobody counts it, refuses it or looks on. */
  replay(command: ResolvedCommand, argv: readonly Bytes[]): void {
    const { server } = this;
    this.argv = argv;
    this.#command = command;
    this.#requested = command;
    server.effects.begin();
    try {
      command.run!(this, command.parse(argv, command.words, server) as never);
    } catch (error) {
      asReplyError(error);
    } finally {
      server.effects.end();
    }
  }

  /** Most commands take no time, and nobody asks for more: that is all there is to know. */
  #look(command: ResolvedCommand, argv: readonly Bytes[], busyMs: number): void {
    const { commandLogs, lifecycle } = this.server;
    if (lifecycle.busyMs === busyMs && !commandLogs.looksClosely) commandLogs.ranAtOnce(command);
    else commandLogs.ran(this.client, { command, argv }, { busyMs, writtenBytes: this.#writtenBefore });
  }

  get #beginning(): Beginning {
    return { busyMs: this.server.lifecycle.busyMs, writtenBytes: this.client.writtenBytes };
  }

  /** Monitors see what ran behind it; before it only what shows itself so, ahead of the commands that it calls. */
  #show(command: ResolvedCommand, argv: readonly Bytes[], when: "before" | "behind"): void {
    const { client, server } = this;
    if (!server.monitors.any || (client.link.own && client.kind !== "script")) return;
    if (command.flags.has("skip_monitor") === (when === "before")) server.monitors.show(command, argv, client);
  }

  /** The keys that the running command declares: a script's are those that it was given. */
  get declaredKeys(): readonly Bytes[] {
    return keysOf(this.#command!, this.argv);
  }

  /** What a client reads it may keep a copy of. */
  #remember(command: ResolvedCommand, argv: readonly Bytes[]): void {
    const { server, client } = this;
    const reader = server.executing;
    if (reader?.tracking === undefined || !command.flags.has("readonly")) return;
    if (command.command.group === "scripting") return;
    const declared = client.kind === "script" && this.profile.can.remembersDeclaredKeys;
    server.tracking.remember(reader, declared ? reader.execution.declaredKeys : keysOf(command, argv));
  }

  #count({ fullName }: ResolvedCommand): void {
    const { stats } = this.server;
    stats.commandsProcessed++;
    this.client.commandsProcessed++;
    stats.command(fullName).calls++;
  }
}

function keysOf({ keys }: ResolvedCommand, argv: readonly Bytes[]): Bytes[] {
  return (findKeys(keys, argv) ?? []).map(({ index }) => argv[index]!);
}

function asReplyError(error: unknown): ReplyError {
  if (error instanceof ReplyError) return error;
  throw error;
}
