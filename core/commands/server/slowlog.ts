// SLOWLOG, and Valkey's COMMANDLOG: commands that were slow, or had large requests or replies (slowlog.c, commandlog.c).
import { lower, type Bytes } from "../../kernel/bytes.ts";
import { parseInt64 } from "../../kernel/integers.ts";
import { ReplyError, unknownForm } from "../../resp/errors.ts";
import type { Reply } from "../../resp/reply.ts";
import type { CommandLog } from "../../server/command-log.ts";
import { arg } from "../args.ts";
import { defineCommand, defineContainer, type CommandFacts } from "../command.ts";
import { defineHelp } from "../help.ts";
import type { CommandLogs } from "../ports.ts";

const USUAL_COUNT = 10;

const facts = {
  group: "server",
  since: "2.2.12",
  complexity: "O(1)",
  flags: ["admin", "loading", "stale"],
} as const satisfies Partial<CommandFacts>;

const GET_TIPS = ["request_policy:all_nodes", "nondeterministic_output"] as const;
const LEN_TIPS = ["request_policy:all_nodes", "response_policy:agg_sum", "nondeterministic_output"] as const;
const RESET_TIPS = ["request_policy:all_nodes", "response_policy:all_succeeded"] as const;

/** Valkey has another command for it. */
const replacedBy = (replacement: Bytes): Pick<CommandFacts, "in"> => ({
  in: { valkey: { deprecated: { since: "8.1.0", replacedBy: `\`${replacement}\`` } } },
});

const get = defineCommand({
  ...facts,
  ...replacedBy("COMMANDLOG GET <count> SLOW"),
  name: "GET",
  arity: -2,
  summary: "Replies the slow commands, the last ones first.",
  complexity: "O(N) for N entries that are shown",
  tips: GET_TIPS,
  args: [arg.optional(arg.lateInteger("count"))],
  ignoresArguments: true,
  run({ argv, reply, server }) {
    const [, , word, more] = argv;
    if (more !== undefined) throw unknownForm(argv[1]!, "SLOWLOG");
    replyEntries(reply, server.commandLogs.slow, word === undefined ? USUAL_COUNT : readCount(word));
  },
});

const len = defineCommand({
  ...facts,
  ...replacedBy("COMMANDLOG LEN SLOW"),
  name: "LEN",
  arity: 2,
  summary: "Replies how many slow commands are kept.",
  tips: LEN_TIPS,
  run({ reply, server }) {
    reply.integer(server.commandLogs.slow.length);
  },
});

const reset = defineCommand({
  ...facts,
  ...replacedBy("COMMANDLOG RESET SLOW"),
  name: "RESET",
  arity: 2,
  summary: "Forgets the slow commands.",
  complexity: "O(N) for N entries",
  tips: RESET_TIPS,
  run({ reply, server }) {
    server.commandLogs.slow.reset();
    reply.ok();
  },
});

const help = defineHelp({ group: "server", since: "6.2.0", ...replacedBy("COMMANDLOG HELP") }, "slowlog", [
  "GET [<count>]",
  "    Return top <count> entries from the slowlog (default: 10, -1 mean all).",
  "    Entries are made of:",
  "    id, timestamp, time in microseconds, arguments array, client IP and port,",
  "    client name",
  "LEN",
  "    Return the length of the slowlog.",
  "RESET",
  "    Reset the slowlog.",
]);

export const slowlog = defineContainer({
  ...facts,
  ...replacedBy("COMMANDLOG"),
  name: "SLOWLOG",
  arity: -2,
  summary: "Commands about slow commands.",
  complexity: "that of the subcommand",
  flags: [],
  subcommands: [get, help, len, reset],
});

const logFacts = { ...facts, since: { valkey: "8.1.0" } } as const satisfies Partial<CommandFacts>;

const KINDS = ["slow", "large-request", "large-reply"] as const satisfies readonly (keyof CommandLogs)[];

const kind = arg.oneOf(
  "type",
  KINDS.map((name) => arg.string(name)),
);

const getOf = defineCommand({
  ...logFacts,
  name: "GET",
  arity: 4,
  summary: "Replies what is kept in a log, the last entries first.",
  complexity: "O(N) for N entries that are shown",
  tips: GET_TIPS,
  args: [arg.lateInteger("count"), kind],
  ignoresArguments: true,
  run({ argv, reply, server }) {
    const count = readCount(argv[2]!);
    replyEntries(reply, logOf(server.commandLogs, argv[3]!), count);
  },
});

const lenOf = defineCommand({
  ...logFacts,
  name: "LEN",
  arity: 3,
  summary: "Replies how much is kept in a log.",
  tips: LEN_TIPS,
  args: [kind],
  ignoresArguments: true,
  run({ argv, reply, server }) {
    reply.integer(logOf(server.commandLogs, argv[2]!).length);
  },
});

const resetOf = defineCommand({
  ...logFacts,
  name: "RESET",
  arity: 3,
  summary: "Forgets what is kept in a log.",
  complexity: "O(N) for N entries",
  tips: RESET_TIPS,
  args: [kind],
  ignoresArguments: true,
  run({ argv, reply, server }) {
    logOf(server.commandLogs, argv[2]!).reset();
    reply.ok();
  },
});

const helpOfLogs = defineHelp({ group: "server", since: logFacts.since }, "commandlog", [
  "GET <count> <type>",
  "    Return top <count> entries of the specified <type> from the commandlog (-1 mean all).",
  "    Entries are made of:",
  "    id, timestamp,",
  "        time in microseconds for type of slow,",
  "        or size in bytes for type of large-request,",
  "        or size in bytes for type of large-reply",
  "    arguments array, client IP and port,",
  "    client name",
  "LEN <type>",
  "    Return the length of the specified type of commandlog.",
  "RESET <type>",
  "    Reset the specified type of commandlog.",
]);

export const commandlog = defineContainer({
  ...logFacts,
  name: "COMMANDLOG",
  arity: -2,
  summary: "Commands about slow commands, large requests and large replies.",
  complexity: "that of the subcommand",
  flags: [],
  subcommands: [getOf, helpOfLogs, lenOf, resetOf],
});

/** -1: all of them. */
function readCount(word: Bytes): number {
  const count = parseInt64(word);
  if (count === undefined || count < -1) throw new ReplyError("ERR count should be greater than or equal to -1");
  return count === -1 ? Number.POSITIVE_INFINITY : Number(count);
}

function logOf(logs: CommandLogs, word: Bytes): CommandLog {
  const found = KINDS.find((name) => name === lower(word));
  if (found === undefined) throw new ReplyError(`ERR type should be one of the following: ${KINDS.join(", ")}`);
  return logs[found];
}

function replyEntries(reply: Reply, log: CommandLog, count: number): void {
  const entries = log.latest(count);
  reply.array(entries.length);
  for (const { id, at, value, words, address, clientName } of entries) {
    reply.array(6);
    reply.integer(id);
    reply.integer(Math.floor(at / 1000));
    reply.integer(value);
    reply.bulks(words);
    reply.bulk(address);
    reply.bulk(clientName);
  }
}
