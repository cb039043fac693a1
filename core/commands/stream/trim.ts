// Cutting streams: the options that XADD and XTRIM share, and XTRIM (t_stream.c: streamParseAddOrTrimArgsOrReply, streamTrim).
import { equalIgnoringCase, type Bytes } from "../../kernel/bytes.ts";
import type { Int64 } from "../../kernel/integers.ts";
import { ReplyError, syntaxError } from "../../resp/errors.ts";
import { Stream, type TrimThreshold } from "../../types/stream.ts";
import { GREATEST_ID, printId } from "../../types/stream/stream-id.ts";
import { arg } from "../args.ts";
import { defineCommand } from "../command.ts";
import type { CommandContext } from "../context.ts";
import { key } from "../keys.ts";
import { readInt64 } from "../numbers.ts";
import { writeAs } from "../values.ts";
import { readId } from "./ids.ts";

/** As the documentation shows it. */
export const trimArgument = arg.block("trim", [
  arg.oneOf("strategy", [arg.token("maxlen", "MAXLEN"), arg.token("minid", "MINID", { since: "6.2.0" })]),
  arg.optional(arg.oneOf("operator", [arg.token("equal", "="), arg.token("approximately", "~")])),
  arg.string("threshold"),
  arg.optional(arg.lateInteger("count", { token: "LIMIT", since: "6.2.0" })),
]);

/** What is to be trimmed, and where the request says so. */
interface Trim {
  readonly threshold: TrimThreshold;
  readonly approximate: boolean;
  /** The position of the threshold; the operator, if there is one, stands before it. */
  readonly at: number;
}

export interface TrimOptions {
  readonly trim: Trim | undefined;
  /** As it was given. */
  readonly limit: Int64 | undefined;
}

/** Reads options for as long as there are any; `other` takes a word that is none, and says whether reading goes on. */
export function readTrimOptions(
  argv: readonly Bytes[],
  other: (word: Bytes, at: number) => boolean,
): TrimOptions & { readonly end: number } {
  let trim: Trim | undefined;
  let limit: Int64 | undefined;
  let at = 2;
  for (; at < argv.length; at++) {
    const word = argv[at]!;
    const more = at + 1 < argv.length;
    if (more && (equalIgnoringCase(word, "MAXLEN") || equalIgnoringCase(word, "MINID"))) {
      if (trim !== undefined) {
        throw new ReplyError("ERR syntax error, MAXLEN and MINID options at the same time are not compatible");
      }
      trim = readTrim(argv, at);
      ({ at } = trim);
    } else if (more && equalIgnoringCase(word, "LIMIT")) {
      limit = readInt64(argv[++at]!);
      if (limit < 0) throw new ReplyError("ERR The LIMIT argument must be >= 0.");
    } else if (!other(word, at)) break;
  }
  return { trim, limit, end: at };
}

function readTrim(argv: readonly Bytes[], from: number): Trim {
  const operator = from + 2 < argv.length ? argv[from + 1] : undefined;
  const approximate = operator === "~";
  const at = approximate || operator === "=" ? from + 2 : from + 1;
  if (equalIgnoringCase(argv[from]!, "MINID")) return { threshold: { minId: readId(argv[at]!) }, approximate, at };
  const maxLength = readInt64(argv[at]!);
  if (maxLength < 0) throw new ReplyError("ERR The MAXLEN argument must be >= 0.");
  return { threshold: { maxLength }, approximate, at };
}

/** The limit where none is given: a hundred nodes, within reason. */
const MOST_NODES = 100;
const USUAL_LIMIT = 10_000;
const MOST_LIMIT = 1_000_000;

/** LIMIT limits a trim; 0, which limits nothing, is overlooked here. */
export function refuseLimitAlone({ trim, limit = 0 }: TrimOptions): void {
  if (limit !== 0 && trim === undefined) {
    throw new ReplyError("ERR syntax error, LIMIT cannot be used without specifying a trimming strategy");
  }
}

/** How many entries may go at most; 0: all. */
export function limitOf({ trim, limit }: TrimOptions, { server }: CommandContext): Int64 {
  const approximate = trim?.approximate === true;
  if (limit === undefined) {
    if (!approximate) return 0;
    const entries = MOST_NODES * server.limits.streamNodeEntries;
    return entries === 0 ? USUAL_LIMIT : Math.min(entries, MOST_LIMIT);
  }
  if (!approximate) throw new ReplyError("ERR syntax error, LIMIT cannot be used without the special ~ option");
  return limit;
}

/** Trims, with the event; gives how many entries went, and the request as replicas must see it, which is exact. */
export function trimStream(
  { argv, notify }: CommandContext,
  stream: Stream,
  { threshold, approximate, at }: Trim,
  limit: Int64,
): { readonly removed: number; readonly exact: Bytes[] } {
  const removed = stream.trim(threshold, { approximate, limit });
  if (removed > 0) notify("stream", "xtrim", argv[1]!);
  const exact = [...argv];
  if (approximate) {
    exact[at - 1] = "=";
    exact[at] = "maxLength" in threshold ? String(stream.length) : printId(stream.firstKeptId ?? GREATEST_ID);
  }
  return { removed, exact };
}

export const xtrim = defineCommand({
  name: "XTRIM",
  group: "stream",
  since: "5.0.0",
  arity: -4,
  summary: "Removes the oldest entries of a stream, until so many are left or down to an id.",
  complexity: "O(N) for N entries removed; whole nodes go at once",
  flags: ["write"],
  acl: ["stream"],
  tips: ["nondeterministic_output"],
  keys: [key.at(1, "RW", "DELETE")],
  args: [arg.key("key"), trimArgument],
  ignoresArguments: true,
  run(context) {
    const { argv, db, reply, propagate } = context;
    const options = readTrimOptions(argv, () => {
      throw syntaxError();
    });
    refuseLimitAlone(options);
    const { trim } = options;
    if (trim === undefined) throw new ReplyError("ERR syntax error, XTRIM must be called with a trimming strategy");
    const limit = limitOf(options, context);
    const stream = writeAs(context, argv[1]!, Stream);
    if (stream === undefined) {
      reply.integer(0);
      return;
    }
    const { removed, exact } = trimStream(context, stream, trim, limit);
    if (removed > 0) {
      db.touch(argv[1]!);
      propagate(...exact);
      propagate.changed(removed - 1);
    }
    reply.integer(removed);
  },
});
