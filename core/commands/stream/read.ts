// Following streams: XREAD, XREADGROUP (t_stream.c: xreadCommand).
import { equalIgnoringCase, upper, type Bytes } from "../../kernel/bytes.ts";
import { ReplyError, syntaxError } from "../../resp/errors.ts";
import { arg } from "../args.ts";
import { defineCommand, type CommandFacts, type FactOverrides } from "../command.ts";
import type { CommandContext } from "../context.ts";
import { key, type FoundKey } from "../keys.ts";
import { readInt64 } from "../numbers.ts";
import { readTimeoutMs } from "../timeout.ts";
import { serve, type Request } from "./serve.ts";

const facts = {
  group: "stream",
  since: "5.0.0",
  acl: ["stream", "blocking"],
  ignoresArguments: true,
} as const satisfies Partial<CommandFacts> & { ignoresArguments: boolean };

/**
 * Redis 8.0 does not trust the first STREAMS: a value before it may be that word (db.c: xreadGetKeys). It looks for another only
 * where there is one behind the words that must come before it.
 */
function keysBehindOptions(startFrom: number, notes: string): FactOverrides {
  const spec = key.after("STREAMS", startFrom, { lastKey: -1, limit: 2 }, "RO", "ACCESS", "incomplete");
  return {
    keys: [{ ...spec, notes, keysOf: (argv) => (argv.slice(startFrom).some(isStreams) ? streamKeys(argv) : []) }],
  };
}

const isStreams = (word: Bytes): boolean => equalIgnoringCase(word, "STREAMS");

function streamKeys(argv: readonly Bytes[]): readonly FoundKey[] | undefined {
  let at = 1;
  for (; at < argv.length && !isStreams(argv[at]!); at++) {
    const values = VALUES_BEHIND[upper(argv[at]!)];
    if (values === undefined) return undefined;
    at += values;
  }
  const words = argv.length - at - 1;
  if (words <= 0 || words % 2 === 1) return undefined;
  return Array.from({ length: words / 2 }, (_, i) => ({ index: at + 1 + i, flags: ["RO", "ACCESS"] }));
}

const VALUES_BEHIND: Readonly<Record<string, number>> = { BLOCK: 1, COUNT: 1, GROUP: 2, NOACK: 0 };

const count = arg.optional(arg.lateInteger("count", { token: "COUNT" }));
const milliseconds = arg.optional(arg.lateInteger("milliseconds", { token: "BLOCK" }));
const streams = arg.block("streams", [arg.multiple(arg.key("key")), arg.multiple(arg.string("id"))], {
  token: "STREAMS",
});

export const xread = defineCommand({
  ...facts,
  name: "XREAD",
  arity: -4,
  summary: "Replies the entries of streams behind given ids, or waits for them.",
  complexity: "O(1) an entry",
  flags: ["readonly", "blocking", "movablekeys"],
  keys: [key.after("STREAMS", 1, { lastKey: -1, limit: 2 }, "RO", "ACCESS")],
  in: {
    "redis-8.0": keysBehindOptions(
      1,
      "Incomplete because a stream key named STREAMS (or options before it) can shift the STREAMS keyword; fall back to xreadGetKeys",
    ),
  },
  args: [count, milliseconds, streams],
  run: (context) => serve(context, readRequest(context, false)),
});

export const xreadgroup = defineCommand({
  ...facts,
  name: "XREADGROUP",
  arity: -7,
  summary: "Delivers new entries of streams to a consumer of a group, or what still waits for it.",
  complexity: "O(1) an entry",
  flags: ["write", "blocking", "movablekeys"],
  keys: [key.after("STREAMS", 4, { lastKey: -1, limit: 2 }, "RO", "ACCESS")],
  in: {
    "redis-8.0": keysBehindOptions(
      4,
      "Incomplete because a consumer/group named STREAMS (or options before GROUP) can shift the STREAMS keyword; fall back to xreadGetKeys",
    ),
  },
  args: [
    arg.block("group-block", [arg.string("group"), arg.string("consumer")], {
      token: "GROUP",
      name70: "group_consumer",
    }),
    count,
    milliseconds,
    arg.optional(arg.token("noack", "NOACK")),
    streams,
  ],
  run: (context) => serve(context, readRequest(context, true)),
});

type Options = Omit<Request, "streams">;

function readRequest(context: CommandContext, asGroup: boolean): Request {
  const { argv } = context;
  let options: Options = { count: 0, noAck: false };
  let at = 1;
  for (; at < argv.length - 1 && !isStreams(argv[at]!);) {
    const read = readOption(context, at, asGroup);
    options = { ...options, ...read.option };
    at = read.next;
  }
  if (at >= argv.length - 1) {
    // The last word alone can be NOACK, or the beginning of something.
    if (at === argv.length - 1) readOption(context, at, asGroup);
    throw syntaxError();
  }
  const words = argv.slice(at + 1);
  if (words.length % 2 === 1) throw unbalanced(context, asGroup);
  if (asGroup && options.reader === undefined) throw new ReplyError("ERR Missing GROUP option for XREADGROUP");
  const half = words.length / 2;
  return { ...options, streams: words.slice(0, half).map((name, i) => ({ name, id: words[half + i]! })) };
}

function readOption(
  context: CommandContext,
  at: number,
  asGroup: boolean,
): { readonly option: Partial<Options>; readonly next: number } {
  const [word = "", value, second] = context.argv.slice(at);
  const is = (option: Bytes): boolean => equalIgnoringCase(word, option);
  if (value !== undefined && is("BLOCK")) return { option: { blockMs: readTimeoutMs(value, context) }, next: at + 2 };
  if (value !== undefined && is("COUNT")) {
    return { option: { count: Math.max(0, Number(readInt64(value))) }, next: at + 2 };
  }
  if (value !== undefined && second !== undefined && is("GROUP")) {
    if (!asGroup) throw onlyForGroups("GROUP");
    return { option: { reader: { group: value, consumer: second } }, next: at + 3 };
  }
  if (is("NOACK")) {
    if (!asGroup) throw onlyForGroups("NOACK");
    return { option: { noAck: true }, next: at + 1 };
  }
  throw syntaxError();
}

const onlyForGroups = (option: Bytes): ReplyError =>
  new ReplyError(`ERR The ${option} option is only supported by XREADGROUP. You called XREAD instead.`);

function unbalanced({ commandName, profile: { can } }: CommandContext, asGroup: boolean): ReplyError {
  const name = can.namesUnbalancedReader ? `'${commandName}'` : "XREAD";
  const id = asGroup && can.namesUnbalancedReader ? "'>'" : can.listsLastEntryId ? "'+', or '$'" : "'$'";
  const or = id.includes(",") ? "an ID, " : "an ID or ";
  return new ReplyError(`ERR Unbalanced ${name} list of streams: for each stream key ${or}${id} must be specified.`);
}
