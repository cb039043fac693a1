// Runs the commands of scripts: as a client of the server's own, with replies into Lua and effects in the unit of EVAL or FCALL.
import type { ClientPort } from "../commands/ports.ts";
import type { Bytes, Slice } from "../kernel/bytes.ts";
import type { CommandTable, ResolvedCommand } from "../commands/command-table.ts";
import type { Profile } from "../commands/profile.ts";
import { readOnlyReplica, tooFewReplicas } from "../resp/errors.ts";
import { MeasuredReply } from "../resp/measured-reply.ts";
import type { LuaReply } from "../scripting/lua-reply.ts";
import { ScriptRandom } from "../scripting/script-random.ts";
import { everyone, type CommandRunner, type ScriptHost, type ScriptRun } from "../scripting/script-run.ts";
import type { WasmPort } from "../scripting/wasm-port.ts";
import type { Client } from "./client.ts";
import { refusalInScript } from "./access/refusals.ts";
import { refusalInScript as refusalInCluster } from "./cluster/redirect.ts";
import { slotOf } from "./cluster/slot-traffic.ts";
import { Execution } from "./execution.ts";
import { diskRefusal, lacksDisk } from "./admission.ts";
import type { Server } from "./server.ts";

const SCRIPT_BUDGET = 100_000_000;

/** What runs commands where it matters how long their replies would be, were they sent. */
interface Measured {
  readonly execution: Execution;
  readonly reply: MeasuredReply<LuaReply>;
}

export class ScriptCommands implements ScriptHost {
  readonly profile: Profile;
  readonly table: CommandTable;
  readonly slice: Slice;
  readonly random = new ScriptRandom();
  readonly scriptBudget: number;
  readonly #server: Server;

  constructor(server: Server, scriptBudget = SCRIPT_BUDGET) {
    this.#server = server;
    this.profile = server.profile;
    this.table = server.table;
    this.slice = server.world.slice;
    this.scriptBudget = scriptBudget;
  }

  get wasm(): WasmPort {
    const { wasm } = this.#server.world;
    if (wasm === undefined) {
      throw new Error("scripts need WebAssembly: new World({ wasm }), with the port of adapters/scripting");
    }
    return wasm;
  }

  get isStale(): boolean {
    return this.#server.replication.isStale;
  }

  get isReadOnlyReplica(): boolean {
    return this.#server.replication.refusesWrites;
  }

  get lacksReplicas(): boolean {
    return this.#server.replication.lacksReplicas;
  }

  writeRefusal({ kind }: ClientPort): Bytes | undefined {
    if (kind === "primary") return undefined;
    if (this.isReadOnlyReplica) return `-${readOnlyReplica().message}`;
    if (lacksDisk(this.#server)) return `-${diskRefusal(this.#server).message}`;
    return this.lacksReplicas ? `-${tooFewReplicas().message}` : undefined;
  }

  get inCluster(): boolean {
    return this.#server.cluster !== undefined;
  }

  get mindsSlots(): boolean {
    return this.inCluster || this.#server.compatibility !== undefined;
  }

  denied({ caller: { client } }: ScriptRun, command: ResolvedCommand, argv: readonly Bytes[]): Bytes | undefined {
    const denial = this.#server.users.denies(client, { command, argv, context: "lua" });
    return denial && refusalInScript(denial, { profile: this.profile, command, username: client.user });
  }

  permits({ caller: { client } }: ScriptRun, command: ResolvedCommand, argv: readonly Bytes[]): boolean {
    return client.account?.denies(command, argv) === undefined;
  }

  elsewhere(run: ScriptRun, command: ResolvedCommand, argv: readonly Bytes[]): Bytes | undefined {
    const { cluster, compatibility } = this.#server;
    compatibility?.scriptCalls(run, { command, argv });
    return cluster && refusalInCluster(cluster, run, { command, argv });
  }

  incompatible(): void {
    this.#server.incompatible();
  }

  get now(): number {
    return this.#server.now;
  }

  get uptimeMs(): number {
    return this.#server.now - this.#server.lifecycle.startedAt;
  }

  commandRunner(reply: LuaReply): CommandRunner {
    const server = this.#server;
    const { effects } = server;
    const client = this.#client();
    const execution = new Execution(server, client, reply);
    let measured: Measured | undefined;
    return (run, command, argv) => {
      const { client: caller } = run.caller;
      client.account = caller.account;
      client.noTouch = caller.noTouch;
      client.database = run.database;
      effects.targets = run.targets;
      server.acting = client;
      const { traffic, executing } = server;
      if (traffic === undefined || executing === undefined) execution.call(command, argv);
      else {
        measured ??= measuredExecution(server, client, reply);
        measured.execution.call(command, argv);
        const replyBytes = measured.reply.takeSize();
        traffic.ranInScript(executing, run.flags, { slot: slotOf(command, argv), replyBytes });
      }
      server.acting = undefined;
      effects.targets = everyone;
      run.database = client.database;
    };
  }

  get lacksMemory(): boolean {
    return this.#server.eviction.lacking;
  }

  refused(command: ResolvedCommand | undefined, error: Bytes): void {
    const { stats } = this.#server;
    if (command !== undefined) stats.command(command.fullName).rejected++;
    this.#server.countError(error);
  }

  /** A client without a connection: nobody sees it. */
  #client(): Client {
    const peer = { write() {}, close() {} };
    const { client } = this.#server.connect({ peer, own: true });
    client.kind = "script";
    return client;
  }

  scriptRanAway(run: ScriptRun): void {
    this.#server.busy.begin(run);
  }

  logFromScript(level: number, text: Bytes): void {
    this.#server.log(level, text);
  }
}

function measuredExecution(server: Server, client: Client, into: LuaReply): Measured {
  const reply = new MeasuredReply(into, server.profile.can.shortestDoubles ? "shortest" : "printf17");
  return { reply, execution: new Execution(server, client, reply) };
}
