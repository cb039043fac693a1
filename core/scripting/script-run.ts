// A script while it runs: who called it, what it may do, what it has done, and the host that runs its commands.
import type { Bytes, Slice } from "../kernel/bytes.ts";
import type { CommandTable, ResolvedCommand } from "../commands/command-table.ts";
import type { CommandContext } from "../commands/context.ts";
import type { ClientPort } from "../commands/ports.ts";
import type { Profile } from "../commands/profile.ts";
import type { Protocol } from "../resp/reply.ts";
import type { LuaReply } from "./lua-reply.ts";
import type { ScriptFlags } from "./script-flags.ts";
import type { ScriptRandom } from "./script-random.ts";
import type { WasmPort } from "./wasm-port.ts";

/** What kind of script it is: the texts of errors differ, and which KILL ends it. */
export type ScriptKind = "eval" | "function";

/** To whom the commands of a script travel: redis.set_repl. */
export interface PropagationTargets {
  readonly replicas: boolean;
  readonly aof: boolean;
}

export const everyone: PropagationTargets = { replicas: true, aof: true };

/** Which script it is, and what it says of itself. */
export interface ScriptIdentity {
  readonly kind: ScriptKind;
  /** As errors name it: the script's SHA-1, the function's name. */
  readonly name: Bytes;
  readonly flags: ScriptFlags;
}

export interface ScriptRun extends ScriptIdentity {
  /** The client's own context: EVAL or FCALL. */
  readonly caller: CommandContext;
  /** The client's command. */
  readonly command: readonly Bytes[];
  /** It must not write: EVAL_RO, or the flag `no-writes`. */
  readonly readOnly: boolean;
  /** A command of it wrote: it can no longer be killed. */
  wrote: boolean;
  /** It went past its budget and was cut off. */
  ranAway: boolean;
  /** What setresp chose. */
  protocol: Protocol;
  targets: PropagationTargets;
  /** In a cluster: the slot in which its next command looks for keys, that of the keys that it was given to begin with. */
  slot: number | undefined;
  /** The number of the selected database: the caller's, until the script selects another. */
  database: number;
}

export type CommandRunner = (run: ScriptRun, command: ResolvedCommand, argv: readonly Bytes[]) => void;

/** Who runs the commands of scripts: the server. */
export interface ScriptHost {
  readonly profile: Profile;
  readonly table: CommandTable;
  readonly wasm: WasmPort;
  readonly slice: Slice;
  /** What scripts draw from with math.random, all of them. */
  readonly random: ScriptRandom;
  /** The server's time in milliseconds. */
  readonly now: number;
  /** Milliseconds since the server was started. */
  readonly uptimeMs: number;
  /** Instructions after which a script counts as endless. */
  readonly scriptBudget: number;
  /** Memory was lacking when the script began: what may take more is refused until something was written. */
  readonly lacksMemory: boolean;
  /** A replica without its primary, which answers only what needs no data. */
  readonly isStale: boolean;
  /** A replica at which nothing may be written. */
  readonly isReadOnlyReplica: boolean;
  /** Fewer replicas are near than there have to be for a write. */
  readonly lacksReplicas: boolean;
  /** Why a client may write nothing here, as an error: a replica, a full disk, or too few replicas. The primary may. */
  writeRefusal(client: ClientPort): Bytes | undefined;
  readonly inCluster: boolean;
  /** Whether it matters in which slots scripts find their keys: in a cluster, or where it is asked what would not do in one. */
  readonly mindsSlots: boolean;
  /** Why whoever called a script may not do what it wants to do; undefined where it may. It is remembered. */
  denied(run: ScriptRun, command: ResolvedCommand, argv: readonly Bytes[]): Bytes | undefined;
  /** Whether whoever called a script might do something; it is not remembered. */
  permits(run: ScriptRun, command: ResolvedCommand, argv: readonly Bytes[]): boolean;
  /** A script wants to run a command. In a cluster: why it may not run it here, where its keys lie elsewhere. */
  elsewhere(run: ScriptRun, command: ResolvedCommand, argv: readonly Bytes[]): Bytes | undefined;
  /** Makes what runs the commands of scripts, with replies into Lua. Nothing may block in them. */
  commandRunner(reply: LuaReply): CommandRunner;
  /** A command was refused before it ran: INFO counts it. */
  refused(command: ResolvedCommand | undefined, error: Bytes): void;
  /** A script is one that says of itself that it is not for clusters. */
  incompatible(): void;
  /** A script was cut off. What it wrote stays; the server is busy until it is killed. */
  scriptRanAway(run: ScriptRun): void;
  /** A script wrote to the server's log: levels from 0 (debug) to 3 (warning). */
  logFromScript(level: number, text: Bytes): void;
}
