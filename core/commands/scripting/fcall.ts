// Functions of libraries: FCALL, and what only reads (functions.c: fcallCommandGeneric).
import { parseInt64 } from "../../kernel/integers.ts";
import { ReplyError } from "../../resp/errors.ts";
import { arg } from "../args.ts";
import { defineCommand, type Command, type CommandFacts } from "../command.ts";
import type { CommandContext } from "../context.ts";
import { declaredFlags, keysAndArguments, READS, readKeys, words, WRITES, writtenKeys } from "./eval.ts";

const facts = {
  group: "scripting",
  since: "7.0.0",
  arity: -3,
  complexity: "that of the function",
  acl: ["scripting"],
} as const satisfies Partial<CommandFacts>;

export const fcall: Command = defineCommand({
  ...facts,
  name: "FCALL",
  summary: "Calls a function.",
  flags: WRITES,
  mayReplicate: true,
  flagsOf: ([, name = ""], { functions }) => declaredFlags(WRITES, functions.flagsOf(name)),
  keys: [writtenKeys],
  args: [arg.string("function"), ...words],
  ignoresArguments: true,
  run: (context) => call(context, false),
});

export const fcallRo: Command = defineCommand({
  ...facts,
  name: "FCALL_RO",
  summary: "Calls a function that only reads.",
  flagsOf: ([, name = ""], { functions }) => declaredFlags(READS, functions.flagsOf(name)),
  flags: READS,
  keys: [readKeys],
  args: [arg.string("function"), ...words],
  ignoresArguments: true,
  run: (context) => call(context, true),
});

function call(context: CommandContext, mustRead: boolean): void {
  const { argv, server } = context;
  const [, name = "", count = ""] = argv;
  if (!server.functions.has(name)) throw new ReplyError("ERR Function not found");
  if (parseInt64(count) === undefined) throw new ReplyError("ERR Bad number of keys provided");
  server.functions.run(context, { name, ...keysAndArguments(argv), mustRead });
}
