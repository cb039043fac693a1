// Several sorted sets at once: ZUNION, ZINTER, ZDIFF, ZINTERCARD and the forms that store. Sets take part with scores of 1.
import { equalIgnoringCase, type Bytes } from "../../kernel/bytes.ts";
import { ReplyError, syntaxError, wrongType } from "../../resp/errors.ts";
import { MemberSet } from "../../types/set.ts";
import { SortedSet, type Entry } from "../../types/sorted-set.ts";
import { arg, type Arg } from "../args.ts";
import { defineCommand, type Command, type CommandFacts } from "../command.ts";
import type { CommandContext } from "../context.ts";
import { key } from "../keys.ts";
import { readBetween, readInt64 } from "../numbers.ts";
import { storeEntries } from "./range.ts";
import { readScore, replyEntries } from "./scores.ts";

type Operation = "union" | "inter" | "diff";
type Aggregate = "sum" | "min" | "max";

/** One of the sets that take part. */
interface Source {
  readonly set: SortedSet | MemberSet | undefined;
  readonly weight: number;
}

interface Request {
  readonly sources: readonly Source[];
  readonly aggregate: Aggregate;
  readonly withScores: boolean;
  /** ZINTERCARD's; 0: none */
  readonly limit: number;
}

interface Form {
  readonly operation: Operation;
  /** Where the number of keys stands. */
  readonly countAt: 1 | 2;
  /** ZINTERCARD: only how many there are. */
  readonly counts?: boolean;
}

/** The keys are looked up before the options are read (t_zset.c: zunionInterDiffGenericCommand). */
function readRequest(context: CommandContext, { operation, countAt, counts = false }: Form): Request {
  const { argv, commandName } = context;
  const count = readInt64(argv[countAt]!);
  if (count < 1) throw new ReplyError(`ERR at least 1 input key is needed for '${commandName}' command`);
  if (count > argv.length - countAt - 1) throw syntaxError();
  const optionsAt = countAt + 1 + Number(count);
  const sets = argv.slice(countAt + 1, optionsAt).map((name) => sourceAt(context, name));
  let weights = sets.map(() => 1);
  let aggregate: Aggregate = "sum";
  let withScores = false;
  let limit = 0;
  for (let i = optionsAt; i < argv.length; i++) {
    const left = argv.length - i;
    const is = (token: Bytes): boolean => equalIgnoringCase(argv[i]!, token);
    if (operation !== "diff" && !counts && left > sets.length && is("WEIGHTS")) {
      weights = argv
        .slice(i + 1, i + 1 + sets.length)
        .map((word) => readScore(word, "ERR weight value is not a float"));
      i += sets.length;
    } else if (operation !== "diff" && !counts && left > 1 && is("AGGREGATE")) aggregate = readAggregate(argv[++i]!);
    else if (countAt === 1 && !counts && is("WITHSCORES")) withScores = true;
    else if (counts && left > 1 && is("LIMIT"))
      limit = readBetween(argv[++i]!, { min: 0 }, "ERR LIMIT can't be negative");
    else throw syntaxError();
  }
  return { sources: sets.map((set, i) => ({ set, weight: weights[i]! })), aggregate, withScores, limit };
}

function sourceAt({ db }: CommandContext, name: Bytes): SortedSet | MemberSet | undefined {
  const value = db.read(name);
  if (value === undefined || value instanceof SortedSet || value instanceof MemberSet) return value;
  throw wrongType();
}

function readAggregate(word: Bytes): Aggregate {
  const found = (["sum", "min", "max"] as const).find((each) => equalIgnoringCase(word, each));
  if (found === undefined) throw syntaxError();
  return found;
}

function scoreIn(set: SortedSet | MemberSet, member: Bytes): number | undefined {
  if (set instanceof SortedSet) return set.score(member);
  return set.has(member) ? 1 : undefined;
}

function entriesIn(set: SortedSet | MemberSet): Iterable<Entry> {
  if (set instanceof SortedSet) return set.range({ from: 0, to: set.length });
  return set.members().map((member) => ({ member, score: 1 }));
}

/** What is no number counts as 0. */
function weighted(score: number, weight: number): number {
  const product = score * weight;
  return Number.isNaN(product) ? 0 : product;
}

function joined(a: number, b: number, aggregate: Aggregate): number {
  switch (aggregate) {
    case "sum":
      return weighted(a + b, 1);
    case "min":
      return Math.min(a, b);
    case "max":
      return Math.max(a, b);
  }
}

const bySize = (a: Source, b: Source): number => (a.set?.length ?? 0) - (b.set?.length ?? 0);

/** Sums depend on their order: the smaller sets come first. */
function union({ sources, aggregate }: Request): Iterable<Entry> {
  const scores = new Map<Bytes, number>();
  for (const { set, weight } of sources.toSorted(bySize)) {
    for (const { member, score } of set === undefined ? [] : entriesIn(set)) {
      const own = weighted(score, weight);
      const before = scores.get(member);
      scores.set(member, before === undefined ? own : joined(before, own, aggregate));
    }
  }
  return [...scores].map(([member, score]) => ({ member, score }));
}

function* intersection({ sources, aggregate }: Request): IterableIterator<Entry> {
  const [smallest, ...others] = sources.toSorted(bySize);
  if (smallest!.set === undefined) return;
  for (const { member, score: first } of entriesIn(smallest!.set)) {
    let score: number | undefined = weighted(first, smallest!.weight);
    for (const { set, weight } of others) {
      const other = scoreIn(set!, member);
      if (other === undefined) {
        score = undefined;
        break;
      }
      score = joined(score, weighted(other, weight), aggregate);
    }
    if (score !== undefined) yield { member, score };
  }
}

function* difference({ sources: [first, ...others] }: Request): IterableIterator<Entry> {
  if (first!.set === undefined) return;
  for (const entry of entriesIn(first!.set)) {
    if (!others.some(({ set }) => set !== undefined && scoreIn(set, entry.member) !== undefined)) yield entry;
  }
}

const combine = { union, inter: intersection, diff: difference } as const;

const facts = {
  group: "sorted-set",
  since: "6.2.0",
  arity: -3,
  flags: ["readonly", "movablekeys"],
  acl: ["sortedset"],
} as const satisfies Partial<CommandFacts>;

const weights = [
  arg.optional(arg.multiple(arg.lateInteger("weight", { token: "WEIGHTS" }))),
  arg.optional(
    arg.oneOf("aggregate", [arg.token("sum", "SUM"), arg.token("min", "MIN"), arg.token("max", "MAX")], {
      token: "AGGREGATE",
    }),
  ),
] as const;
const withScores = arg.optional(arg.token("withscores", "WITHSCORES"));
const numkeys = arg.lateInteger("numkeys");

type Own = Pick<CommandFacts, "name" | "summary" | "complexity"> & Partial<Pick<CommandFacts, "since">>;

function defineReader(own: Own, operation: Operation, options: readonly Arg[]): Command {
  return defineCommand({
    ...facts,
    ...own,
    keys: [key.counted(1, "RO", "ACCESS")],
    args: [numkeys, arg.multiple(arg.key("key")), ...options, withScores],
    ignoresArguments: true,
    run(context) {
      const request = readRequest(context, { operation, countAt: 1 });
      const entries = [...combine[operation](request)];
      entries.sort((a, b) => a.score - b.score || (a.member < b.member ? -1 : 1));
      replyEntries(context.reply, entries, request.withScores);
    },
  });
}

function defineStore(own: Own, operation: Operation, options: readonly Arg[]): Command {
  return defineCommand({
    ...facts,
    ...own,
    arity: -4,
    flags: ["write", "denyoom", "movablekeys"],
    keys: [key.at(1, "OW", "UPDATE"), key.counted(2, "RO", "ACCESS")],
    args: [arg.key("destination"), numkeys, arg.multiple(arg.key("key", { keySpec: 1 })), ...options],
    ignoresArguments: true,
    run(context) {
      const request = readRequest(context, { operation, countAt: 2 });
      storeEntries(context, context.argv[1]!, combine[operation](request));
    },
  });
}

const unionCost = "O(N+M*log M) for N members of all sets and M of the result";
const interCost = "O(N*K+M*log M) for N members of the smallest of K sets and M of the result";
const diffCost = "O(N*K+M*log M) for N members of the first of K sets and M of the result";

export const zunion = defineReader(
  { name: "ZUNION", summary: "Replies the members that any of the sets has.", complexity: unionCost },
  "union",
  weights,
);
export const zinter = defineReader(
  { name: "ZINTER", summary: "Replies the members that all sets have.", complexity: interCost },
  "inter",
  weights,
);
export const zdiff = defineReader(
  { name: "ZDIFF", summary: "Replies the members of the first set that no other has.", complexity: diffCost },
  "diff",
  [],
);

export const zunionstore = defineStore(
  {
    name: "ZUNIONSTORE",
    since: "2.0.0",
    summary: "Stores the members that any of the sets has.",
    complexity: unionCost,
  },
  "union",
  weights,
);
export const zinterstore = defineStore(
  { name: "ZINTERSTORE", since: "2.0.0", summary: "Stores the members that all sets have.", complexity: interCost },
  "inter",
  weights,
);
export const zdiffstore = defineStore(
  { name: "ZDIFFSTORE", summary: "Stores the members of the first set that no other has.", complexity: diffCost },
  "diff",
  [],
);

export const zintercard = defineCommand({
  ...facts,
  name: "ZINTERCARD",
  since: "7.0.0",
  summary: "Counts the members that all sets have, up to a limit.",
  complexity: "O(N*K) for N members of the smallest of K sets",
  keys: [key.counted(1, "RO", "ACCESS")],
  args: [numkeys, arg.multiple(arg.key("key")), arg.optional(arg.lateInteger("limit", { token: "LIMIT" }))],
  ignoresArguments: true,
  run(context) {
    const request = readRequest(context, { operation: "inter", countAt: 1, counts: true });
    let count = 0;
    for (const _entry of intersection(request)) {
      count++;
      if (count === request.limit) break;
    }
    context.reply.integer(count);
  },
});
