// Reading streams by id: XLEN, XRANGE, XREVRANGE.
import { equalIgnoringCase, type Bytes } from "../../kernel/bytes.ts";
import { syntaxError } from "../../resp/errors.ts";
import { Stream } from "../../types/stream.ts";
import { arg } from "../args.ts";
import { defineCommand, type CommandFacts } from "../command.ts";
import type { CommandContext } from "../context.ts";
import { key } from "../keys.ts";
import { readInt64 } from "../numbers.ts";
import { readAs } from "../values.ts";
import { replyEntries, take } from "./entries.ts";
import { readEnd, readStart } from "./ids.ts";

const facts = {
  group: "stream",
  since: "5.0.0",
  arity: -4,
  complexity: "O(log(N)+M) for a stream of N entries of which M are replied",
  flags: ["readonly"],
  acl: ["stream"],
  keys: [key.at(1, "RO", "ACCESS")],
  ignoresArguments: true,
} as const satisfies Partial<CommandFacts> & { ignoresArguments: boolean };

const count = arg.optional(arg.lateInteger("count", { token: "COUNT" }));

export const xlen = defineCommand({
  ...facts,
  name: "XLEN",
  arity: 2,
  summary: "Replies the number of entries of a stream.",
  complexity: "O(1)",
  flags: ["readonly", "fast"],
  keys: [key.at(1, "RO")],
  args: [arg.key("key")],
  run(context) {
    context.reply.integer(readAs(context, context.argv[1]!, Stream)?.length ?? 0);
  },
});

export const xrange = defineCommand({
  ...facts,
  name: "XRANGE",
  summary: "Replies the entries between two ids.",
  args: [arg.key("key"), arg.string("start"), arg.string("end"), count],
  run(context) {
    const { argv } = context;
    const from = readStart(argv[2]!);
    const to = readEnd(argv[3]!);
    replyRange(context, (stream) => stream.range(from, to));
  },
});

export const xrevrange = defineCommand({
  ...facts,
  name: "XREVRANGE",
  summary: "Replies the entries between two ids, the greatest first.",
  args: [arg.key("key"), arg.string("end"), arg.string("start"), count],
  run(context) {
    const { argv } = context;
    const from = readStart(argv[3]!);
    const to = readEnd(argv[2]!);
    replyRange(context, (stream) => stream.backwards(from, to));
  },
});

function replyRange(context: CommandContext, range: (stream: Stream) => ReturnType<Stream["range"]>): void {
  const { argv, reply } = context;
  const most = readCount(argv.slice(4));
  const stream = readAs(context, argv[1]!, Stream);
  if (stream === undefined) reply.array(0);
  else if (most === 0) reply.nullArray();
  else replyEntries(reply, take(range(stream), most ?? 0));
}

/** COUNT may come again and again; the last counts, and a negative one is none at all. */
function readCount(words: readonly Bytes[]): number | undefined {
  let most: number | undefined;
  for (let at = 0; at < words.length; at += 2) {
    if (!equalIgnoringCase(words[at]!, "COUNT") || at + 1 === words.length) throw syntaxError();
    most = Math.max(0, Number(readInt64(words[at + 1]!)));
  }
  return most;
}
