// A script that went past its budget: it was cut off, but to everybody outside it runs on, until it is killed (script.c: scriptKill).
// For `busy-reply-threshold` milliseconds the server says nothing at all; then it answers BUSY.
import type { ClientPort } from "../commands/ports.ts";
import { ReplyError } from "../resp/errors.ts";
import type { Timer } from "../kernel/scheduler.ts";
import { hexadecimal, sha1 } from "../kernel/sha1.ts";
import { everyone, type ScriptKind, type ScriptRun } from "../scripting/script-run.ts";
import type { Server } from "./server.ts";

const ENDLESS = "while true do end";

export class BusyScript {
  readonly #server: Server;
  #run: ScriptRun | undefined;
  #timer: Timer | undefined;
  #startedAt = 0;
  #killed = false;

  constructor(server: Server) {
    this.#server = server;
  }

  get script(): ScriptRun | undefined {
    return this.#run;
  }

  /** The same for FUNCTION STATS. */
  get running(): { readonly run: ScriptRun; readonly durationMs: number } | undefined {
    return this.#run && { run: this.#run, durationMs: this.#server.now - this.#startedAt };
  }

  /** It is not yet known that the script takes long: nobody is answered. */
  get silent(): boolean {
    return this.#run !== undefined && this.#timer !== undefined;
  }

  /** The script's reply is written; it leaves when the script is killed. */
  begin(run: ScriptRun): void {
    const server = this.#server;
    this.#run = run;
    this.#startedAt = server.now;
    const client = server.clients.get(run.caller.client.id);
    if (client !== undefined) client.suspended = true;
    const thresholdMs = server.config.number("busy-reply-threshold");
    const at = thresholdMs > 0 ? server.clock.worldTime(server.clock.now + thresholdMs) : Infinity;
    this.#timer = server.world.schedule(at, () => {
      this.#timer = undefined;
      for (const each of server.clients.values()) each.run();
    });
  }

  /** A script of nobody's begins, and does not end by itself. Gives how to end it; undefined where another one runs. */
  occupy({ wrote }: { readonly wrote: boolean }): (() => void) | undefined {
    if (this.#run !== undefined) return undefined;
    const { client } = this.#server.connect({ own: true, peer: { write() {}, close() {} } });
    const run: ScriptRun = {
      kind: "eval",
      name: hexadecimal(sha1(ENDLESS)),
      flags: undefined,
      caller: client.execution,
      command: ["EVAL", ENDLESS, "0"],
      readOnly: false,
      wrote,
      ranAway: true,
      protocol: 2,
      targets: everyone,
      slot: undefined,
      database: 0,
    };
    this.begin(run);
    return () => {
      if (this.#run === run) this.end();
    };
  }

  /** What every command is answered, except those that may end the script. */
  error(): ReplyError {
    return busyError(this.#run!.kind, this.#server);
  }

  kill(kind: ScriptKind): void {
    const run = this.#run;
    if (run === undefined) throw new ReplyError("NOTBUSY No scripts in execution right now.");
    if (run.wrote) {
      throw new ReplyError(
        "UNKILLABLE Sorry the script already executed write commands against the dataset. You can either wait the script termination or kill the server in a hard way using the SHUTDOWN NOSAVE command.",
      );
    }
    if (kind !== run.kind) throw busyError(run.kind, this.#server);
    this.#killed = true;
  }

  /** The end of a client's turn: a script that was killed ends now. What the same client sent behind was still refused. */
  turnEnded(): void {
    if (this.#killed) this.end();
  }

  /** The script ends: its client goes on, and so does whoever was told nothing so far. */
  end(): void {
    const run = this.#run;
    if (run === undefined) return;
    const server = this.#server;
    const wasSilent = this.silent;
    this.#run = undefined;
    this.#killed = false;
    this.#timer?.cancel();
    this.#timer = undefined;
    server.expiry.rearm();
    const client = server.clients.get(run.caller.client.id);
    if (client !== undefined) {
      client.suspended = false;
      const ran = { command: server.table.lookup(run.command), argv: run.command };
      const busyMs = server.lifecycle.busyMs - (server.now - this.#startedAt);
      server.commandLogs.ran(client, ran, { busyMs, writtenBytes: client.writtenBytes, at: this.#startedAt });
      server.outbox.resume(client);
    }
    if (wasSilent) for (const each of server.clients.values()) each.run();
  }

  /** The process is gone, and the script with it. */
  stop(): void {
    this.#run = undefined;
    this.#killed = false;
    this.#timer?.cancel();
    this.#timer = undefined;
  }

  /** Whose reply waits for the end of the script. */
  holds(client: ClientPort): boolean {
    return this.#run?.caller.client === client;
  }
}

function busyError(kind: ScriptKind, { identity }: Server): ReplyError {
  const command = kind === "eval" ? "SCRIPT KILL" : "FUNCTION KILL";
  return new ReplyError(
    `BUSY ${identity.title} is busy running a script. You can only call ${command} or SHUTDOWN NOSAVE.`,
  );
}
