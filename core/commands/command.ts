// A command: its facts and its behaviour in one place.
import { lower, type Bytes } from "../kernel/bytes.ts";
import type { Arg, Parsed, UnknownOption } from "./args.ts";
import type { CommandContext } from "./context.ts";
import type { KeySpec } from "./keys.ts";
import type { ServerPort } from "./ports.ts";
import { exists, type Profile, type Since } from "./profile.ts";

/** Flags as COMMAND INFO prints them. */
export type CommandFlag =
  | "write"
  | "readonly"
  | "denyoom"
  | "admin"
  | "pubsub"
  | "noscript"
  | "blocking"
  | "loading"
  | "stale"
  | "skip_monitor"
  | "skip_slowlog"
  | "skip_commandlog"
  | "asking"
  | "fast"
  | "no_auth"
  | "no_async_loading"
  | "no_multi"
  | "movablekeys"
  | "no_mandatory_keys"
  | "allow_busy"
  /** It comes from a module. */
  | "module"
  | "protected";

/** ACL categories without their `@`; those that follow from flags (read, write, fast, slow, admin...) are added. */
export type AclCategory =
  | "keyspace"
  | "read"
  | "write"
  | "set"
  | "sortedset"
  | "list"
  | "hash"
  | "string"
  | "bitmap"
  | "hyperloglog"
  | "geo"
  | "stream"
  | "pubsub"
  | "admin"
  | "fast"
  | "slow"
  | "blocking"
  | "dangerous"
  | "connection"
  | "transaction"
  | "scripting";

export type CommandGroup =
  | "string"
  | "list"
  | "set"
  | "hash"
  | "sorted-set"
  | "stream"
  | "bitmap"
  | "hyperloglog"
  | "geo"
  | "generic"
  | "connection"
  | "server"
  | "transactions"
  | "pubsub"
  | "scripting"
  | "sentinel"
  | "cluster"
  | "vector-set";

/** Facts that one release words differently from the rest. */
export interface FactOverrides {
  readonly since?: string;
  readonly arity?: number;
  readonly flags?: readonly CommandFlag[];
  readonly keys?: readonly KeySpec[];
  readonly tips?: readonly string[] | undefined;
  readonly acl?: readonly AclCategory[];
  readonly deprecated?: Deprecation | undefined;
}

export interface Deprecation {
  readonly since: string;
  readonly replacedBy: string;
}

export interface CommandFacts {
  /** Upper case; a subcommand has its own name only (`KILL`). */
  readonly name: string;
  readonly group: CommandGroup;
  readonly since: Since;
  readonly summary: string;
  /** Not every command says so. */
  readonly complexity?: string;
  /** The number of arguments with the name (and the subcommand's); negative: at least so many. */
  readonly arity: number;
  readonly flags: readonly CommandFlag[];
  readonly acl?: readonly AclCategory[];
  readonly tips?: readonly string[] | undefined;
  readonly keys?: readonly KeySpec[];
  readonly deprecated?: Deprecation | undefined;
  /** The channels that it publishes or listens to. */
  readonly channels?: ChannelWords;
  /**
   * Something of it may travel to replicas although it has not the flag `write`: CLIENT PAUSE WRITE holds it back, and a
   * script that only reads may not call it.
   */
  readonly mayReplicate?: boolean;
  /** The flags of one request, where a script says of itself what it does; undefined where it says nothing. */
  readonly flagsOf?: (argv: readonly Bytes[], server: ServerPort) => readonly CommandFlag[] | undefined;
  readonly docFlags?: readonly string[];
  /** The module that it comes from: such a command is in no category, tells nothing of itself and is named in upper case. */
  readonly module?: string;
  /** Facts that differ in a profile's family and release: `{ "redis-7.0": { ... } }`. */
  readonly in?: Readonly<Record<string, FactOverrides>>;
}

/** Which words of a request are channels: the one at a position, or all from there on. */
export interface ChannelWords {
  readonly at: number;
  readonly many?: boolean;
  /** They are patterns. */
  readonly patterns?: boolean;
}

/** A command or a subcommand as the table holds it. */
export interface Command extends CommandFacts {
  readonly args: readonly Arg[];
  readonly unknownOption: UnknownOption | undefined;
  /** The positions of words that nobody else may see. */
  readonly secrets: ((argv: readonly Bytes[], profile: Profile) => readonly number[]) | undefined;
  /** Whatever follows the name is accepted and not looked at. */
  readonly ignoresArguments: boolean;
  readonly subcommands: readonly Command[];
  /** Undefined only for a container, which runs nothing itself. */
  readonly run: ((context: CommandContext, args: never) => void) | undefined;
}

/** Defines a command: the arguments that `run` receives are typed after `args`. */
export function defineCommand<const A extends readonly Arg[]>(
  definition: CommandFacts & {
    readonly args?: A;
    /** The error for a word that is no option of this command. */
    readonly unknownOption?: UnknownOption;
    readonly secrets?: (argv: readonly Bytes[], profile: Profile) => readonly number[];
    readonly ignoresArguments?: boolean;
    readonly run: (context: CommandContext, args: Parsed<A>) => void;
  },
): Command {
  const { args, unknownOption, secrets, ignoresArguments = false, run, ...facts } = definition;
  return { ...facts, args: args ?? [], unknownOption, secrets, ignoresArguments, subcommands: [], run };
}

/** Defines a command that only has subcommands: CLIENT, CONFIG, COMMAND. */
export function defineContainer(
  definition: CommandFacts & {
    readonly subcommands: readonly Command[];
    /** What the container does without a subcommand, where it may stand alone: COMMAND. */
    readonly run?: (context: CommandContext) => void;
  },
): Command {
  const { run, ...facts } = definition;
  return {
    ...facts,
    args: [],
    unknownOption: undefined,
    secrets: undefined,
    ignoresArguments: false,
    run,
  };
}

/** The name in error texts and statistics: `get`, `client|kill`, `VADD`. */
export function fullName(command: Command, container?: Command): Bytes {
  if (command.module !== undefined) return command.name;
  return container ? `${lower(container.name)}|${lower(command.name)}` : lower(command.name);
}

/** Whether a profile has a command. */
export function commandExists({ since }: Command, profile: Profile): boolean {
  return exists(since, profile);
}
