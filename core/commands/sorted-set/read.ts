// Members of one sorted set, and where they stand: ZCARD, ZSCORE, ZMSCORE, ZRANK, ZREVRANK, ZCOUNT, ZLEXCOUNT, ZRANDMEMBER, ZSCAN.
import { lower, type Bytes } from "../../kernel/bytes.ts";
import { INT64_MAX, type Int64 } from "../../kernel/integers.ts";
import { printDouble } from "../../kernel/doubles.ts";
import { ReplyError, syntaxError, wrongArity } from "../../resp/errors.ts";
import { packedScore, SortedSet, type Entry } from "../../types/sorted-set.ts";
import { arg } from "../args.ts";
import { collectionScanArgs, runCollectionScan } from "../collection-scan.ts";
import { defineCommand, type Command, type CommandFacts } from "../command.ts";
import type { CommandContext } from "../context.ts";
import { key } from "../keys.ts";
import { readBetween, readInt64 } from "../numbers.ts";
import { readAs } from "../values.ts";
import { readLexBound, readScoreBound, replyEntries } from "./scores.ts";

const facts = {
  group: "sorted-set",
  since: "2.0.0",
  complexity: "O(log N)",
  flags: ["readonly", "fast"],
  acl: ["sortedset"],
  keys: [key.at(1, "RO", "ACCESS")],
} as const satisfies Partial<CommandFacts>;

export const zcard = defineCommand({
  ...facts,
  name: "ZCARD",
  since: "1.2.0",
  arity: 2,
  summary: "Counts the members of a sorted set.",
  complexity: "O(1)",
  keys: [key.at(1, "RO")],
  args: [arg.key("key")],
  run(context, { key: name }) {
    context.reply.integer(readAs(context, name, SortedSet)?.length ?? 0);
  },
});

export const zscore = defineCommand({
  ...facts,
  name: "ZSCORE",
  since: "1.2.0",
  arity: 3,
  summary: "Replies the score of a member.",
  complexity: "O(1)",
  args: [arg.key("key"), arg.string("member")],
  run(context, { key: name, member }) {
    replyScore(context, readAs(context, name, SortedSet)?.score(member));
  },
});

export const zmscore = defineCommand({
  ...facts,
  name: "ZMSCORE",
  since: "6.2.0",
  arity: -3,
  summary: "Replies the score of each member.",
  complexity: "O(N) for N members asked for",
  args: [arg.key("key"), arg.multiple(arg.string("member"))],
  run(context, { key: name, member }) {
    const set = readAs(context, name, SortedSet);
    context.reply.array(member.length);
    for (const each of member) replyScore(context, set?.score(each));
  },
});

function replyScore({ reply }: CommandContext, score: number | undefined): void {
  if (score === undefined) reply.null();
  else reply.double(score);
}

function defineRank(own: Pick<CommandFacts, "name" | "summary">, fromEnd: boolean): Command {
  return defineCommand({
    ...facts,
    ...own,
    arity: -3,
    in: { "redis-7.0": { arity: 3 } },
    unknownOption: (_word, argv) => (argv.length > 4 ? wrongArity(lower(argv[0]!)) : syntaxError()),
    args: [
      arg.key("key"),
      arg.string("member"),
      arg.optional(arg.token("withscore", "WITHSCORE", { onlyOnce: true, since: "7.2.0", sinceShown: {} })),
    ],
    run(context, { key: name, member, withscore }) {
      const { reply } = context;
      const set = readAs(context, name, SortedSet);
      const rank = set?.rank(member);
      if (set === undefined || rank === undefined) {
        if (withscore) reply.nullArray();
        else reply.null();
        return;
      }
      if (withscore) reply.array(2);
      reply.integer(fromEnd ? set.length - 1 - rank : rank);
      if (withscore) reply.double(set.score(member)!);
    },
  });
}

export const zrank = defineRank(
  { name: "ZRANK", summary: "Replies the place of a member, from the least score." },
  false,
);

export const zrevrank = defineRank(
  { name: "ZREVRANK", summary: "Replies the place of a member, from the greatest score." },
  true,
);

export const zcount = defineCommand({
  ...facts,
  name: "ZCOUNT",
  arity: 4,
  summary: "Counts the members with scores in a range.",
  args: [arg.key("key"), arg.double("min"), arg.double("max")],
  run(context, { key: name, min, max }) {
    const bounds = [readScoreBound(min, context.profile), readScoreBound(max, context.profile)] as const;
    const { from, to } = readAs(context, name, SortedSet)?.byScore(...bounds) ?? { from: 0, to: 0 };
    context.reply.integer(to - from);
  },
});

export const zlexcount = defineCommand({
  ...facts,
  name: "ZLEXCOUNT",
  since: "2.8.9",
  arity: 4,
  summary: "Counts the members in a range, where all scores are the same.",
  args: [arg.key("key"), arg.string("min"), arg.string("max")],
  run(context, { key: name, min, max }) {
    const bounds = [readLexBound(min), readLexBound(max)] as const;
    const { from, to } = readAs(context, name, SortedSet)?.byLex(...bounds) ?? { from: 0, to: 0 };
    context.reply.integer(to - from);
  },
});

/** Half of the integers: a pair takes two elements of a reply. */
const HALF = INT64_MAX / 2n;

function readDraws(bytes: Bytes): Int64 {
  readBetween(bytes, { min: -INT64_MAX });
  return readInt64(bytes);
}

export const zrandmember = defineCommand({
  ...facts,
  name: "ZRANDMEMBER",
  since: "6.2.0",
  arity: -2,
  summary: "Replies members drawn at random: different ones, or with a negative count each by itself.",
  complexity: "O(N) for N members drawn",
  flags: ["readonly"],
  tips: ["nondeterministic_output"],
  args: [
    arg.key("key"),
    arg.optional(
      arg.block("options", [
        arg.read(arg.lateInteger("count"), readDraws),
        arg.optional(arg.token("withscores", "WITHSCORES", { onlyOnce: true })),
      ]),
    ),
  ],
  run(context, { key: name, options }) {
    const { reply, random } = context;
    const count = options === undefined ? undefined : Number(options.count);
    const withScores = options?.withscores === true;
    if (withScores && (options.count > HALF || options.count < -HALF))
      throw new ReplyError("ERR value is out of range");
    const set = readAs(context, name, SortedSet);
    if (count === undefined) reply.bulkOrNull(set?.random(random).member);
    else if (set === undefined || count === 0) reply.array(0);
    else if (count < 0) replyDraws(context, set, { count: -count, withScores });
    else {
      const ranks = count >= set.length ? undefined : random.indices(set.length, count);
      const entries = ranks?.map((rank) => set.at(rank)) ?? [...set.range({ from: 0, to: set.length }, true)];
      replyEntries(reply, entries, withScores);
    }
  },
});

function replyDraws(
  { reply, random }: CommandContext,
  set: SortedSet,
  { count, withScores }: { count: number; withScores: boolean },
): void {
  const pairs = withScores && reply.protocol === 3;
  reply.array(withScores && !pairs ? 2 * count : count);
  for (let left = count; left > 0 && !reply.overflowing; left--) {
    const { member, score } = set.random(random);
    if (pairs) reply.array(2);
    reply.bulk(member);
    if (withScores) reply.double(score);
  }
}

export const zscan = defineCommand({
  ...facts,
  name: "ZSCAN",
  since: "2.8.0",
  arity: -3,
  summary: "Goes over members and their scores, a few at a time.",
  complexity: "O(1) a call, O(N) for all N members",
  flags: ["readonly"],
  tips: ["nondeterministic_output"],
  args: [
    ...collectionScanArgs,
    arg.optional(arg.token("noscores", "NOSCORES", { since: { valkey: "8.1.0" }, sinceShown: {} })),
  ],
  ignoresArguments: true,
  run(context) {
    const style = context.profile.can.shortestDoubles ? "shortest" : "printf17";
    const scannedScore = ({ encoding }: SortedSet, { score }: Entry): Bytes =>
      encoding === "listpack" ? packedScore(score, style) : printDouble(score, "printf17");
    runCollectionScan(context, SortedSet, {
      namesOnly: ({ can }) => (can.scansWithoutScores ? "NOSCORES" : undefined),
      step(set, cursor, { count }) {
        const found: Entry[] = [];
        const next = set.scan(cursor, count, (entry) => found.push(entry));
        return { next, entries: found.map((entry) => ({ name: entry.member, beside: [scannedScore(set, entry)] })) };
      },
    });
  },
});
