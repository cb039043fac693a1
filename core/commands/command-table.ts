// The command table of one profile: every command resolved once, when a server is made.
import { lower, upper, type Bytes } from "../kernel/bytes.ts";
import { ReplyError, wrongArity } from "../resp/errors.ts";
import { compileParser, type Parser } from "./args.ts";
import { commandExists, fullName, type Command, type CommandFlag } from "./command.ts";
import type { CommandContext } from "./context.ts";
import type { KeySpec } from "./keys.ts";
import type { ServerPort } from "./ports.ts";
import type { Profile } from "./profile.ts";

/** A command as one profile has it. */
export interface ResolvedCommand {
  readonly command: Command;
  /** `get`, `client|kill`, `VADD` */
  readonly fullName: Bytes;
  readonly arity: number;
  readonly flags: ReadonlySet<CommandFlag>;
  readonly keys: readonly KeySpec[];
  readonly subcommands: ReadonlyMap<Bytes, ResolvedCommand>;
  /** Words before the arguments: 1, or 2 for a subcommand. */
  readonly words: 1 | 2;
  /** It has the flag that `enable-debug-command` and its kin are about. */
  readonly isProtected: boolean;
  readonly parse: Parser;
  readonly run: ((context: CommandContext, args: never) => void) | undefined;
}

export class CommandTable {
  readonly profile: Profile;
  readonly #commands = new Map<Bytes, ResolvedCommand>();
  /** The spelling as it was sent, so that the usual ones need no case folding. */
  readonly #spellings = new Map<Bytes, ResolvedCommand>();
  /** What was asked for last: the same command often comes again. */
  #lastSpelling: Bytes | undefined;
  #last: ResolvedCommand | undefined;

  constructor(commands: readonly Command[], profile: Profile) {
    this.profile = profile;
    for (const command of commands.filter((each) => commandExists(each, profile))) {
      const resolved = resolve(command, profile);
      this.#commands.set(lower(resolved.fullName), resolved);
      this.#spellings.set(lower(resolved.fullName), resolved);
      this.#spellings.set(upper(resolved.fullName), resolved);
    }
  }

  /** The commands by name, in the table's order. */
  all(): IterableIterator<ResolvedCommand> {
    return this.#commands.values();
  }

  get size(): number {
    return this.#commands.size;
  }

  /** A command by its name in any case, containers included, without regard to subcommands. */
  get(name: Bytes): ResolvedCommand | undefined {
    if (name === this.#lastSpelling) return this.#last;
    this.#lastSpelling = name;
    return (this.#last = this.#spellings.get(name) ?? this.#commands.get(lower(name)));
  }

  /** A command or `container|subcommand` by its full name in any case. */
  named(fullName: Bytes): ResolvedCommand | undefined {
    const [container = "", subcommand, ...more] = fullName.split("|");
    const found = more.length > 0 ? undefined : this.get(container);
    return subcommand === undefined ? found : found?.subcommands.get(lower(subcommand));
  }

  /** Every command and every subcommand, each container before its own. */
  *everyForm(): Generator<ResolvedCommand> {
    for (const command of this.all()) {
      yield command;
      yield* command.subcommands.values();
    }
  }

  /** The command that a request means, its subcommand where it has one; throws Redis's errors for unknown ones. */
  lookup(argv: readonly Bytes[]): ResolvedCommand {
    const command = this.get(argv[0]!);
    if (command === undefined) throw unknownCommand(argv);
    if (command.subcommands.size === 0 || argv.length < 2) return command;
    const subcommand = command.subcommands.get(lower(argv[1]!));
    if (subcommand === undefined) throw unknownSubcommand(argv[1]!, command.fullName);
    return subcommand;
  }

  /** The same where there is no error to throw: undefined for unknown ones. */
  find(argv: readonly Bytes[]): ResolvedCommand | undefined {
    const command = this.get(argv[0]!);
    return command === undefined || command.subcommands.size === 0 || argv.length < 2
      ? command
      : command.subcommands.get(lower(argv[1]!));
  }

  /** Throws when the number of arguments is wrong. */
  static checkArity(command: ResolvedCommand, argv: readonly Bytes[]): void {
    if (!CommandTable.hasArity(command, argv)) throw wrongArity(command.fullName);
  }

  /** Whether it can be run with so many words; a container cannot. */
  static hasArity({ arity, run }: ResolvedCommand, argv: readonly Bytes[]): boolean {
    return run !== undefined && (arity > 0 ? argv.length === arity : argv.length >= -arity);
  }
}

/** A command with the flags that what it runs declares for itself, where it does. */
export function asRequested(resolved: ResolvedCommand, argv: readonly Bytes[], server: ServerPort): ResolvedCommand {
  const flags = resolved.command.flagsOf?.(argv, server);
  if (flags === undefined) return resolved;
  return { ...resolved, command: { ...resolved.command, mayReplicate: false }, flags: new Set(flags) };
}

function resolve(command: Command, profile: Profile, container?: Command): ResolvedCommand {
  const overrides = command.in?.[profile.name] ?? command.in?.[profile.family];
  const name = fullName(command, container);
  const flags = overrides?.flags ?? command.flags;
  const subcommands = command.subcommands
    .filter((each) => commandExists(each, profile))
    .map((each) => [lower(each.name), resolve(each, profile, command)] as const);
  return {
    command: overrides ? { ...command, ...overrides } : command,
    fullName: name,
    arity: overrides?.arity ?? command.arity,
    flags: new Set(flags),
    isProtected: flags.includes("protected"),
    keys: overrides?.keys ?? command.keys ?? [],
    subcommands: new Map(subcommands),
    words: container ? 2 : 1,
    parse: command.ignoresArguments
      ? () => ({})
      : compileParser(command.args, {
          profile,
          unknown: command.unknownOption,
        }),
    run: command.run,
  };
}

/** Redis shows at most 128 bytes of the name, and of the arguments those that begin within 128 bytes. */
function unknownCommand(argv: readonly Bytes[]): ReplyError {
  let shown = "";
  for (let i = 1; i < argv.length && shown.length < 128; i++) shown += `'${cut(argv[i]!, 128 - shown.length)}' `;
  return new ReplyError(`ERR unknown command '${cut(argv[0]!, 128)}', with args beginning with: ${shown}`);
}

function unknownSubcommand(word: Bytes, container: Bytes): ReplyError {
  return new ReplyError(`ERR unknown subcommand '${cut(word, 128)}'. Try ${upper(container)} HELP.`);
}

/** printf's `%.Ns`: it also ends at a NUL. */
function cut(bytes: Bytes, length: number): Bytes {
  const nul = bytes.indexOf("\0");
  return bytes.slice(0, nul < 0 ? length : Math.min(nul, length));
}
