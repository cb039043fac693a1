// COMMAND and its subcommands: what the table knows, as clients and routers ask for it.
import { lower, type Bytes } from "../../kernel/bytes.ts";
import { globMatch } from "../../kernel/glob.ts";
import { ReplyError } from "../../resp/errors.ts";
import { categoriesOf } from "../acl/categories.ts";
import { arg } from "../args.ts";
import { defineCommand, defineContainer, type CommandFacts } from "../command.ts";
import type { ResolvedCommand } from "../command-table.ts";
import type { CommandContext } from "../context.ts";
import { defineHelp, type HelpLine } from "../help.ts";
import { findKeys, isOfKeys, type FoundKey } from "../keys.ts";
import { replyDocs, replyInfo } from "./command-docs.ts";

const facts = {
  group: "server",
  complexity: "O(N) for N commands",
  flags: ["loading", "stale"],
  acl: ["connection"],
} as const satisfies Partial<CommandFacts>;

const unordered = ["nondeterministic_output_order"] as const;

const count = defineCommand({
  ...facts,
  name: "COUNT",
  since: "2.8.13",
  arity: 2,
  summary: "Counts the commands.",
  complexity: "O(1)",
  run({ table, reply }) {
    reply.integer(table.size);
  },
});

const commandNames = arg.optional(arg.multiple(arg.string("command-name")));

const info = defineCommand({
  ...facts,
  name: "INFO",
  since: "2.8.13",
  arity: -2,
  summary: "Replies arity, flags, categories and keys of commands.",
  tips: unordered,
  args: [commandNames],
  run({ table, reply }, { "command-name": names = [] }) {
    if (names.length === 0) {
      replyAll({ table, reply });
      return;
    }
    reply.array(names.length);
    for (const name of names) {
      const found = table.named(name);
      if (found) replyInfo(reply, found);
      else reply.null();
    }
  },
});

function replyAll({ table, reply }: Pick<CommandContext, "table" | "reply">): void {
  reply.array(table.size);
  for (const each of table.all()) replyInfo(reply, each);
}

const docs = defineCommand({
  ...facts,
  name: "DOCS",
  since: "7.0.0",
  arity: -2,
  summary: "Replies the documentation of commands, their arguments included.",
  tips: unordered,
  args: [commandNames],
  run({ table, reply, profile }, { "command-name": names = [] }) {
    const found =
      names.length === 0
        ? [...table.all()]
        : names.map((name) => table.named(name)).filter((each) => each !== undefined);
    reply.map(found.length);
    for (const each of found) replyDocs(reply, each, profile);
  },
});

const list = defineCommand({
  ...facts,
  name: "LIST",
  since: "7.0.0",
  arity: -2,
  summary: "Replies the names of the commands, or of those that a filter lets through.",
  tips: unordered,
  args: [
    arg.optional(
      arg.oneOf(
        "filterby",
        [
          arg.string("module-name", { token: "MODULE" }),
          arg.string("category", { token: "ACLCAT" }),
          arg.pattern("pattern", { token: "PATTERN" }),
        ],
        { token: "FILTERBY", onlyOnce: true },
      ),
    ),
  ],
  run({ table, reply }, { filterby }) {
    const names: Bytes[] = [];
    for (const each of table.all()) {
      for (const one of [each, ...each.subcommands.values()]) if (passes(one, filterby)) names.push(one.fullName);
    }
    reply.array(names.length);
    for (const name of names) reply.bulk(name);
  },
});

type Filter = { readonly is: "module-name" | "category" | "pattern"; readonly value: Bytes };

function passes(command: ResolvedCommand, filter: Filter | undefined): boolean {
  switch (filter?.is) {
    case undefined:
      return true;
    case "module-name":
      return command.command.module === lower(filter.value);
    case "category":
      return categoriesOf(command).some((category) => category === lower(filter.value));
    case "pattern":
      return globMatch(filter.value, command.fullName, { ignoreCase: true });
  }
}

const keysFacts = {
  ...facts,
  arity: -3,
  in: { "redis-7.0": { arity: -4 } },
  complexity: "O(N) for N arguments",
} as const satisfies Partial<CommandFacts>;

const fullCommand = [
  arg.string("command", { since: "7.2.0", sinceShown: {} }),
  arg.optional(arg.multiple(arg.string("arg", { since: "7.2.0", sinceShown: {} }))),
] as const;

const getkeys = defineCommand({
  ...keysFacts,
  name: "GETKEYS",
  since: "2.8.13",
  summary: "Replies the keys of a whole command.",
  args: fullCommand,
  ignoresArguments: true,
  run(context) {
    const argv = context.argv.slice(2);
    context.reply.bulks(keysOf(context, argv).map(({ index }) => argv[index]!));
  },
});

const getkeysandflags = defineCommand({
  ...keysFacts,
  name: "GETKEYSANDFLAGS",
  since: "7.0.0",
  summary: "Replies the keys of a whole command, and how it uses each.",
  args: fullCommand,
  ignoresArguments: true,
  run(context) {
    const { reply } = context;
    const argv = context.argv.slice(2);
    const found = keysOf(context, argv);
    reply.array(found.length);
    for (const { index, flags } of found) {
      reply.array(2);
      reply.bulk(argv[index]!);
      reply.set(flags.length);
      for (const flag of flags) reply.simple(flag.length === 2 ? flag : lower(flag));
    }
  },
});

function keysOf({ table }: CommandContext, argv: readonly Bytes[]): readonly FoundKey[] {
  const container = table.get(argv[0]!);
  const command =
    container?.subcommands.size === 0 || argv.length < 2 ? container : container?.subcommands.get(lower(argv[1]!));
  if (command === undefined) throw new ReplyError("ERR Invalid command specified");
  if (!command.keys.some(isOfKeys)) throw new ReplyError("ERR The command has no key arguments");
  const { arity } = command;
  if (arity > 0 ? argv.length !== arity : argv.length < -arity) {
    throw new ReplyError("ERR Invalid number of arguments specified for command");
  }
  const found = findKeys(command.keys, argv);
  if (found === undefined && command.flags.has("no_mandatory_keys")) return [];
  if (found === undefined || found.length === 0) throw new ReplyError("ERR Invalid arguments specified for command");
  return found;
}

/** Redis says whose commands they are; Valkey does not. */
const of =
  (before: Bytes, redis: Bytes, after: Bytes): HelpLine =>
  ({ family }) =>
    `    ${before}${family === "redis" ? redis : ""}${after}`;

const help = defineHelp({ group: "server", acl: ["connection"] }, "command", [
  "(no subcommand)",
  of("Return details about all ", "Redis ", "commands."),
  "COUNT",
  of("Return the total number of commands in this ", "Redis ", "server."),
  "LIST",
  of("Return a list of all commands in this ", "Redis ", "server."),
  "INFO [<command-name> ...]",
  of("Return details about multiple ", "Redis ", "commands."),
  "    If no command names are given, documentation details for all",
  "    commands are returned.",
  "DOCS [<command-name> ...]",
  of("Return documentation details about multiple ", "Redis ", "commands."),
  "    If no command names are given, documentation details for all",
  "    commands are returned.",
  "GETKEYS <full-command>",
  of("Return the keys from a full ", "Redis ", "command."),
  "GETKEYSANDFLAGS <full-command>",
  of("Return the keys and the access flags from a full ", "Redis ", "command."),
]);

export const command = defineContainer({
  ...facts,
  name: "COMMAND",
  since: "2.8.13",
  arity: -1,
  summary: "Replies what the server knows about every command.",
  tips: unordered,
  subcommands: [count, docs, getkeys, getkeysandflags, help, info, list],
  run: replyAll,
});
