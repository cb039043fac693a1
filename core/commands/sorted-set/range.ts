// Ranges of a sorted set by rank, score and member: ZRANGE and its older forms, ZRANGESTORE, ZREMRANGEBY*.
import { equalIgnoringCase, type Bytes } from "../../kernel/bytes.ts";
import { ReplyError, syntaxError } from "../../resp/errors.ts";
import { SortedSet, type Entry, type RankRange } from "../../types/sorted-set.ts";
import { arg, type Arg } from "../args.ts";
import { defineCommand, type Command, type CommandFacts } from "../command.ts";
import type { CommandContext } from "../context.ts";
import { key } from "../keys.ts";
import { readPosition } from "../numbers.ts";
import { clampRange } from "../ranges.ts";
import { readAs, removedFrom, writeAs } from "../values.ts";
import { readLexBound, readScoreBound, replyEntries } from "./scores.ts";

type By = "rank" | "score" | "lex";

/** What a range command asks for; `first` and `last` in the order in which they were given. */
interface RangeRequest {
  readonly by: By;
  readonly reverse: boolean;
  readonly offset: number;
  /** Negative: no limit. */
  readonly count: number;
  readonly withScores: boolean;
}

/** What a form of the command has settled already; the rest may come as options. */
interface RangeForm {
  readonly by?: By;
  readonly reverse?: boolean;
  readonly stores?: boolean;
}

/** Reads the options behind the bounds; a word that the form has settled is no option (t_zset.c: zrangeGenericCommand). */
function readRangeOptions(words: readonly Bytes[], { by, reverse, stores = false }: RangeForm): RangeRequest {
  let offset = 0;
  let count = -1;
  let withScores = false;
  for (let i = 0; i < words.length; i++) {
    const is = (token: Bytes): boolean => equalIgnoringCase(words[i]!, token);
    if (!stores && is("WITHSCORES")) withScores = true;
    else if (is("LIMIT") && i + 2 < words.length) {
      offset = readPosition(words[i + 1]!);
      count = readPosition(words[i + 2]!);
      i += 2;
    } else if (reverse === undefined && is("REV")) reverse = true;
    else if (by === undefined && is("BYLEX")) by = "lex";
    else if (by === undefined && is("BYSCORE")) by = "score";
    else throw syntaxError();
  }
  const request = { by: by ?? "rank", reverse: reverse ?? false, offset, count, withScores } as const;
  if (count !== -1 && request.by === "rank") {
    throw new ReplyError("ERR syntax error, LIMIT is only supported in combination with either BYSCORE or BYLEX");
  }
  if (withScores && request.by === "lex")
    throw new ReplyError("ERR syntax error, WITHSCORES not supported in combination with BYLEX");
  return request;
}

/** Gives the ranks that a request covers in a set. */
type FindRange = (set: SortedSet) => RankRange;

function readBounds(
  [first, last]: readonly [Bytes, Bytes],
  { by, reverse }: Pick<RangeRequest, "by" | "reverse">,
  { profile }: CommandContext,
): FindRange {
  const [min, max] = reverse ? [last, first] : [first, last];
  switch (by) {
    case "rank": {
      const given = { start: readPosition(first), stop: readPosition(last) };
      return ({ length }) => {
        const { from, to } = clampRange(given, length);
        return reverse ? { from: length - to, to: length - from } : { from, to };
      };
    }
    case "score": {
      const bounds = [readScoreBound(min, profile), readScoreBound(max, profile)] as const;
      return (set) => set.byScore(...bounds);
    }
    case "lex": {
      const bounds = [readLexBound(min), readLexBound(max)] as const;
      return (set) => set.byLex(...bounds, reverse);
    }
  }
}

/** Cuts a range by LIMIT, from the end at which it is read; ranks are a range already. */
function limited({ from, to }: RankRange, { by, reverse, offset, count }: RangeRequest): RankRange {
  if (by === "rank") return { from, to };
  if (offset < 0) return { from, to: from };
  const left = Math.max(0, to - from - offset);
  const length = count < 0 ? left : Math.min(left, count);
  return reverse
    ? { from: to - offset - length, to: to - offset }
    : { from: from + offset, to: from + offset + length };
}

function entriesOf(
  context: CommandContext,
  { source, bounds, options }: { source: Bytes; bounds: readonly [Bytes, Bytes]; options: readonly Bytes[] },
  form: RangeForm,
): { readonly entries: readonly Entry[]; readonly request: RangeRequest } {
  const request = readRangeOptions(options, form);
  const find = readBounds(bounds, request, context);
  const set = readAs(context, source, SortedSet);
  const entries = set === undefined ? [] : set.range(limited(find(set), request), request.reverse);
  return { entries: [...entries], request };
}

const facts = {
  group: "sorted-set",
  since: "1.2.0",
  arity: -4,
  complexity: "O(log N+M) for M members of the range",
  flags: ["readonly"],
  acl: ["sortedset"],
  keys: [key.at(1, "RO", "ACCESS")],
} as const satisfies Partial<CommandFacts>;

const limit = (facts_: { since?: string } = {}) =>
  arg.optional(
    arg.block("limit", [arg.lateInteger("offset"), arg.lateInteger("count")], {
      token: "LIMIT",
      name70: "offset_count",
      ...facts_,
    }),
  );
const withScores = arg.optional(arg.token("withscores", "WITHSCORES"));
const sortBy = (since?: string) =>
  arg.optional(
    arg.oneOf(
      "sortby",
      [arg.token("byscore", "BYSCORE"), arg.token("bylex", "BYLEX")],
      since === undefined ? {} : { since },
    ),
  );

function defineRange(
  own: Pick<CommandFacts, "name" | "summary" | "deprecated"> & Partial<Pick<CommandFacts, "since">>,
  args: readonly Arg[],
  form: RangeForm,
): Command {
  return defineCommand({
    ...facts,
    ...own,
    args,
    ignoresArguments: true,
    run(context) {
      const [, source = "", first = "", last = "", ...options] = context.argv;
      const { entries, request } = entriesOf(context, { source, bounds: [first, last], options }, form);
      replyEntries(context.reply, entries, request.withScores);
    },
  });
}

const deprecated = (replacedBy: string) => ({ deprecated: { since: "6.2.0", replacedBy } });

export const zrange = defineRange(
  { name: "ZRANGE", summary: "Replies the members of a range by rank, score or bytes." },
  [
    arg.key("key"),
    arg.string("start"),
    arg.string("stop"),
    sortBy("6.2.0"),
    arg.optional(arg.token("rev", "REV", { since: "6.2.0" })),
    limit({ since: "6.2.0" }),
    withScores,
  ],
  {},
);

export const zrevrange = defineRange(
  {
    name: "ZREVRANGE",
    summary: "Replies the members between two ranks, from the greatest score.",
    ...deprecated("`ZRANGE` with the `REV` argument"),
  },
  [arg.key("key"), arg.lateInteger("start"), arg.lateInteger("stop"), withScores],
  { by: "rank", reverse: true },
);

export const zrangebyscore = defineRange(
  {
    name: "ZRANGEBYSCORE",
    since: "1.0.5",
    summary: "Replies the members with scores in a range.",
    ...deprecated("`ZRANGE` with the `BYSCORE` argument"),
  },
  [
    arg.key("key"),
    arg.double("min"),
    arg.double("max"),
    arg.optional(arg.token("withscores", "WITHSCORES", { since: "2.0.0" })),
    limit(),
  ],
  { by: "score", reverse: false },
);

export const zrevrangebyscore = defineRange(
  {
    name: "ZREVRANGEBYSCORE",
    since: "2.2.0",
    summary: "Replies the members with scores in a range, the greatest first.",
    ...deprecated("`ZRANGE` with the `REV` and `BYSCORE` arguments"),
  },
  [arg.key("key"), arg.double("max"), arg.double("min"), withScores, limit()],
  { by: "score", reverse: true },
);

export const zrangebylex = defineRange(
  {
    name: "ZRANGEBYLEX",
    since: "2.8.9",
    summary: "Replies the members in a range, where all scores are the same.",
    ...deprecated("`ZRANGE` with the `BYLEX` argument"),
  },
  [arg.key("key"), arg.string("min"), arg.string("max"), limit()],
  { by: "lex", reverse: false },
);

export const zrevrangebylex = defineRange(
  {
    name: "ZREVRANGEBYLEX",
    since: "2.8.9",
    summary: "Replies the members in a range, the greatest first, where all scores are the same.",
    ...deprecated("`ZRANGE` with the `REV` and `BYLEX` arguments"),
  },
  [arg.key("key"), arg.string("max"), arg.string("min"), limit()],
  { by: "lex", reverse: true },
);

export const zrangestore = defineCommand({
  ...facts,
  name: "ZRANGESTORE",
  since: "6.2.0",
  arity: -5,
  summary: "Stores a range of a sorted set as a sorted set.",
  flags: ["write", "denyoom"],
  keys: [key.at(1, "OW", "UPDATE"), key.at(2, "RO", "ACCESS")],
  args: [
    arg.key("dst"),
    arg.key("src", { keySpec: 1 }),
    arg.string("min"),
    arg.string("max"),
    sortBy(),
    arg.optional(arg.token("rev", "REV")),
    limit(),
  ],
  ignoresArguments: true,
  run(context) {
    const [, destination = "", source = "", first = "", last = "", ...options] = context.argv;
    const { entries } = entriesOf(context, { source, bounds: [first, last], options }, { stores: true });
    storeEntries(context, destination, entries);
  },
});

/** Stores entries as a sorted set, and replies how many; none delete the destination. */
export function storeEntries(
  context: CommandContext,
  destination: Bytes,
  entries: Iterable<Entry>,
  { event = context.commandName, eachCounts = false }: StoreOptions = {},
): void {
  const { db, reply, notify, propagate, server } = context;
  const set = SortedSet.of(entries, server.limits);
  if (set.length > 0) {
    db.set(destination, set);
    notify("zset", event, destination);
    propagate.verbatim(eachCounts ? set.length : 1);
  } else if (db.delete(destination)) {
    notify("generic", "del", destination);
    propagate.verbatim();
  }
  reply.integer(set.length);
}

export interface StoreOptions {
  /** The name of the event, where it is not the command's. */
  readonly event?: Bytes;
  /** Every entry counts as a change. */
  readonly eachCounts?: boolean;
}

function defineRemoval(
  own: Pick<CommandFacts, "name" | "summary" | "since">,
  by: By,
  bounds: readonly [Arg, Arg],
): Command {
  return defineCommand({
    ...facts,
    ...own,
    arity: 4,
    complexity: "O(log N+M) for M members removed",
    flags: ["write"],
    keys: [key.at(1, "RW", "DELETE")],
    args: [arg.key("key"), ...bounds],
    ignoresArguments: true,
    run(context) {
      const [, name = "", first = "", last = ""] = context.argv;
      const find = readBounds([first, last], { by, reverse: false }, context);
      const set = writeAs(context, name, SortedSet);
      const gone = set === undefined ? [] : [...set.range(find(set))];
      if (gone.length > 0) {
        for (const { member } of gone) set!.delete(member);
        removedFrom(context, name, set!, { event: ["zset", context.commandName], told: "first" });
        context.propagate.verbatim(gone.length);
      }
      context.reply.integer(gone.length);
    },
  });
}

export const zremrangebyrank = defineRemoval(
  { name: "ZREMRANGEBYRANK", since: "2.0.0", summary: "Removes the members between two ranks." },
  "rank",
  [arg.lateInteger("start"), arg.lateInteger("stop")],
);

export const zremrangebyscore = defineRemoval(
  { name: "ZREMRANGEBYSCORE", since: "1.2.0", summary: "Removes the members with scores in a range." },
  "score",
  [arg.double("min"), arg.double("max")],
);

export const zremrangebylex = defineRemoval(
  {
    name: "ZREMRANGEBYLEX",
    since: "2.8.9",
    summary: "Removes the members in a range, where all scores are the same.",
  },
  "lex",
  [arg.string("min"), arg.string("max")],
);
