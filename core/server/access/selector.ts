// A selector: commands, keys and channels that go together (acl.c: aclSelector). A user has one, and may be given more.
import { lower, type Bytes } from "../../kernel/bytes.ts";
import { globMatch } from "../../kernel/glob.ts";
import type { ChannelWords } from "../../commands/command.ts";
import type { CommandTable, ResolvedCommand } from "../../commands/command-table.ts";
import { findKeys, type FoundKey, type KeyFlag } from "../../commands/keys.ts";
import { printed } from "../../resp/errors.ts";
import { splitArguments } from "../../resp/split-arguments.ts";
import { CommandRules } from "./command-rules.ts";
import { describeCommands } from "./describe-commands.ts";
import type { RuleProblem } from "./rule-problem.ts";

/** Keys that may be used, and how. */
interface KeyPattern {
  readonly pattern: Bytes;
  readonly reads: boolean;
  readonly writes: boolean;
}

/** What forbids a request, and the position of the word that it is about. */
export interface Denial {
  readonly reason: "command" | "key" | "channel";
  readonly at: number;
}

/** What a request names, worked out once for all selectors. */
export class Request {
  readonly command: ResolvedCommand;
  readonly argv: readonly Bytes[];
  #keys: readonly FoundKey[] | undefined;

  constructor(command: ResolvedCommand, argv: readonly Bytes[]) {
    this.command = command;
    this.argv = argv;
  }

  get keys(): readonly FoundKey[] {
    return (this.#keys ??= findKeys(this.command.keys, this.argv) ?? []);
  }
}

export class Selector {
  readonly #table: CommandTable;
  readonly #commands: CommandRules;
  #allKeys = false;
  #allChannels: boolean;
  #keys: readonly KeyPattern[] = [];
  #channels: readonly Bytes[] = [];

  constructor(
    table: CommandTable,
    { allChannels }: { readonly allChannels: boolean },
    commands = new CommandRules(table),
  ) {
    this.#table = table;
    this.#commands = commands;
    this.#allChannels = allChannels;
  }

  /** The selector of `(~a* +get)`; the problem with it where it cannot be read. Quotes that are not closed leave it empty. */
  static parse(
    text: Bytes,
    table: CommandTable,
    options: { readonly allChannels: boolean },
  ): Selector | { readonly problem: RuleProblem } {
    const selector = new Selector(table, options);
    for (const rule of splitArguments(text.slice(1, -1)) ?? []) {
      const problem = selector.set(rule);
      if (problem !== undefined) return { problem };
    }
    return selector;
  }

  clone(): Selector {
    const copy = new Selector(this.#table, { allChannels: this.#allChannels }, this.#commands.clone());
    copy.#allKeys = this.#allKeys;
    copy.#keys = this.#keys;
    copy.#channels = this.#channels;
    return copy;
  }

  /** Nothing is forbidden. */
  get everything(): boolean {
    return this.#commands.everything && this.#allKeys && this.#allChannels;
  }

  /** Applies one rule; the problem with it where that cannot be done. */
  set(rule: Bytes): RuleProblem | undefined {
    const words = printed(rule);
    switch (lower(words)) {
      case "allkeys":
      case "~*":
        this.#setKeys(true);
        return undefined;
      case "resetkeys":
        this.#setKeys(false);
        return undefined;
      case "allchannels":
      case "&*":
        this.#setChannels(true);
        return undefined;
      case "resetchannels":
        this.#setChannels(false);
        return undefined;
      case "allcommands":
      case "+@all":
        this.#commands.setAll(true);
        return undefined;
      case "nocommands":
      case "-@all":
        this.#commands.setAll(false);
        return undefined;
      default:
        return this.#setOther(rule, words);
    }
  }

  #setOther(rule: Bytes, words: Bytes): RuleProblem | undefined {
    switch (words[0]) {
      case "~":
      case "%":
        return this.#addKeys(rule);
      case "&":
        return this.#addChannels(rule.slice(1));
      case "+":
      case "-":
        return this.#commands.set(words);
      default:
        return "syntax";
    }
  }

  #setKeys(all: boolean): void {
    this.#allKeys = all;
    this.#keys = [];
  }

  #setChannels(all: boolean): void {
    this.#allChannels = all;
    this.#channels = [];
  }

  /** `~pattern`, `%R~pattern`. The same pattern again adds to what may be done with it. */
  #addKeys(rule: Bytes): RuleProblem | undefined {
    if (this.#allKeys) return "allKeys";
    const added = readKeyPattern(rule);
    if (added === undefined || hasSpace(added.pattern)) return "syntax";
    const at = this.#keys.findIndex(({ pattern }) => pattern === added.pattern);
    if (at < 0) this.#keys = [...this.#keys, added];
    else {
      const { pattern, reads, writes } = this.#keys[at]!;
      this.#keys = this.#keys.with(at, { pattern, reads: reads || added.reads, writes: writes || added.writes });
    }
    return undefined;
  }

  #addChannels(pattern: Bytes): RuleProblem | undefined {
    if (this.#allChannels) return "allChannels";
    if (hasSpace(pattern)) return "syntax";
    if (!this.#channels.includes(pattern)) this.#channels = [...this.#channels, pattern];
    return undefined;
  }

  /** What forbids a request; undefined where nothing does (ACLSelectorCheckCmd). */
  denies(request: Request): Denial | undefined {
    const { command, argv } = request;
    if (!this.#commands.permits(command, argv)) return { reason: "command", at: 0 };
    if (!this.#allKeys && command.keys.length > 0) {
      const key = request.keys.find(({ index, flags }) => !this.#permitsKey(argv[index]!, flags));
      if (key !== undefined) return { reason: "key", at: key.index };
    }
    const { channels } = command.command;
    if (this.#allChannels || channels === undefined) return undefined;
    const at = channelPlaces(channels, argv).find((place) => !this.permitsChannel(argv[place]!, channels));
    return at === undefined ? undefined : { reason: "channel", at };
  }

  /** One pattern must permit all that is done with the key. Its length, its type, its existence count for nothing. */
  #permitsKey(key: Bytes, flags: readonly KeyFlag[]): boolean {
    const reads = flags.includes("ACCESS");
    const writes = flags.includes("INSERT") || flags.includes("DELETE") || flags.includes("UPDATE");
    return this.#keys.some(
      (each) => (each.reads || !reads) && (each.writes || !writes) && globMatch(each.pattern, key),
    );
  }

  get readsEveryKey(): boolean {
    return this.#allKeys || this.#keys.some(({ pattern, reads }) => reads && pattern === "*");
  }

  /** Whether a channel may be used; a pattern only where the very same is permitted. */
  permitsChannel(name: Bytes, { patterns }: Pick<ChannelWords, "patterns"> = {}): boolean {
    if (this.#allChannels) return true;
    return patterns ? this.#channels.includes(name) : this.#channels.some((each) => globMatch(each, name));
  }

  /** Whether whoever was permitted its channels is permitted them by others too, pattern by pattern. */
  channelsAreAmong(others: readonly Selector[]): boolean {
    if (others.some((other) => other.#allChannels)) return true;
    const names = new Set(others.flatMap((other) => other.#channels));
    return !this.#allChannels && this.#channels.every((each) => names.has(each));
  }

  get commandsText(): Bytes {
    return describeCommands(this.#commands, this.#table);
  }

  get keysText(): Bytes {
    return this.#allKeys ? "~*" : this.#keys.map(showKeyPattern).join(" ");
  }

  get channelsText(): Bytes {
    return this.#allChannels ? "&*" : this.#channels.map((each) => `&${each}`).join(" ");
  }

  /** As rules that make the same selector. */
  get text(): Bytes {
    const channels = this.#allChannels ? "" : "resetchannels";
    return [this.keysText, channels, this.channelsText, this.commandsText].filter(Boolean).join(" ");
  }
}

function readKeyPattern(rule: Bytes): KeyPattern | undefined {
  if (rule.startsWith("~")) return { pattern: rule.slice(1), reads: true, writes: true };
  const [, letters = "", rest = ""] = /^%([rw]*)(.*)$/is.exec(rule) ?? [];
  const reads = /r/i.test(letters);
  const writes = /w/i.test(letters);
  if (letters.length !== Number(reads) + Number(writes) || letters === "") return undefined;
  return rest === "" || rest.startsWith("~") ? { pattern: rest.slice(1), reads, writes } : undefined;
}

function showKeyPattern({ pattern, reads, writes }: KeyPattern): Bytes {
  if (reads && writes) return `~${pattern}`;
  return `${reads ? "%R" : "%W"}~${pattern}`;
}

function channelPlaces({ at, many }: ChannelWords, argv: readonly Bytes[]): readonly number[] {
  return many ? Array.from({ length: argv.length - at }, (_, i) => at + i) : [at];
}

/** Spaces and NULs end words in the files that rules are written to. */
export function hasSpace(text: Bytes): boolean {
  return /[\0\t-\r ]/.test(text);
}
