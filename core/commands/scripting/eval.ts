// Scripts by their text or their hash: EVAL, EVALSHA, and what only reads (eval.c: evalGenericCommand).
import type { Bytes } from "../../kernel/bytes.ts";
import { ReplyError } from "../../resp/errors.ts";
import { arg } from "../args.ts";
import type { ScriptFlags } from "../../scripting/script-flags.ts";
import { defineCommand, type Command, type CommandFacts, type CommandFlag } from "../command.ts";
import { key } from "../keys.ts";
import { readInt64 } from "../numbers.ts";

const facts = {
  group: "scripting",
  arity: -3,
  complexity: "that of the script",
  acl: ["scripting"],
} as const satisfies Partial<CommandFacts>;

/** Flags of what only reads. */
export const READS = ["readonly", "noscript", "stale", "skip_monitor", "no_mandatory_keys", "movablekeys"] as const;
/** Flags of what may write. */
export const WRITES = ["noscript", "stale", "skip_monitor", "no_mandatory_keys", "movablekeys"] as const;

/** A script may use its keys in any way. */
export const writtenKeys = {
  ...key.counted(2, "RW", "ACCESS", "UPDATE"),
  notes: "We cannot tell how the keys will be used so we assume the worst, RW and UPDATE",
};
export const readKeys = {
  ...key.counted(2, "RO", "ACCESS"),
  notes: "We cannot tell how the keys will be used so we assume the worst, RO and ACCESS",
};

export const words = [
  arg.lateInteger("numkeys"),
  arg.optional(arg.multiple(arg.key("key"))),
  arg.optional(arg.multiple(arg.string("arg"))),
] as const;

/** What a script declares stands for the command's own word (script.c: scriptFlagsToCmdFlags). */
export function declaredFlags(own: readonly CommandFlag[], declared: ScriptFlags): readonly CommandFlag[] | undefined {
  if (declared === undefined) return undefined;
  const writes = !declared.has("no-writes");
  return [
    ...own.filter((flag) => flag !== "stale"),
    ...(writes ? (["write"] as const) : []),
    ...(writes && !declared.has("allow-oom") ? (["denyoom"] as const) : []),
    ...(declared.has("allow-stale") ? (["stale"] as const) : []),
  ];
}

/** The words behind the script: so many keys, and the rest. */
export function keysAndArguments(argv: readonly Bytes[]): { readonly keys: Bytes[]; readonly args: Bytes[] } {
  const count = argv[2] === "0" ? 0 : Number(readInt64(argv[2]!));
  if (count > argv.length - 3) throw new ReplyError("ERR Number of keys can't be greater than number of args");
  if (count < 0) throw new ReplyError("ERR Number of keys can't be negative");
  return { keys: argv.slice(3, 3 + count), args: argv.slice(3 + count) };
}

export const evalCommand: Command = defineCommand({
  ...facts,
  name: "EVAL",
  since: "2.6.0",
  mayReplicate: true,
  flagsOf: ([, body = ""], { scripts }) => declaredFlags(WRITES, scripts.flagsOf({ body })),
  summary: "Runs a script.",
  flags: WRITES,
  keys: [writtenKeys],
  args: [arg.string("script"), ...words],
  ignoresArguments: true,
  run(context) {
    const { argv, server } = context;
    server.scripts.run(context, { body: argv[1]!, ...keysAndArguments(argv), mustRead: false });
  },
});

export const evalRo: Command = defineCommand({
  ...facts,
  name: "EVAL_RO",
  since: "7.0.0",
  flagsOf: ([, body = ""], { scripts }) => declaredFlags(READS, scripts.flagsOf({ body })),
  summary: "Runs a script that only reads.",
  flags: READS,
  keys: [readKeys],
  args: [arg.string("script"), ...words],
  ignoresArguments: true,
  run(context) {
    const { argv, server } = context;
    server.scripts.run(context, { body: argv[1]!, ...keysAndArguments(argv), mustRead: true });
  },
});

export const evalsha: Command = defineCommand({
  ...facts,
  name: "EVALSHA",
  since: "2.6.0",
  mayReplicate: true,
  flagsOf: ([, sha = ""], { scripts }) => declaredFlags(WRITES, scripts.flagsOf({ sha })),
  summary: "Runs a script that the server knows by its hash.",
  flags: WRITES,
  keys: [key.counted(2, "RW", "ACCESS", "UPDATE")],
  args: [arg.string("sha1"), ...words],
  ignoresArguments: true,
  run(context) {
    const { argv, server } = context;
    server.scripts.expectHash(argv[1]!); // before numkeys is read
    server.scripts.run(context, { sha: argv[1]!, ...keysAndArguments(argv), mustRead: false });
  },
});

export const evalshaRo: Command = defineCommand({
  ...facts,
  name: "EVALSHA_RO",
  since: "7.0.0",
  flagsOf: ([, sha = ""], { scripts }) => declaredFlags(READS, scripts.flagsOf({ sha })),
  summary: "Runs a script that the server knows by its hash, and that only reads.",
  flags: READS,
  keys: [key.counted(2, "RO", "ACCESS")],
  args: [arg.string("sha1"), ...words],
  ignoresArguments: true,
  run(context) {
    const { argv, server } = context;
    server.scripts.expectHash(argv[1]!); // before numkeys is read
    server.scripts.run(context, { sha: argv[1]!, ...keysAndArguments(argv), mustRead: true });
  },
});
