// VSIM: the elements nearest to a vector, or to another element.
import { equalIgnoringCase, type Bytes } from "../../kernel/bytes.ts";
import { parseDouble } from "../../kernel/doubles.ts";
import { printed, ReplyError } from "../../resp/errors.ts";
import type { VectorSet } from "../../types/vector-set.ts";
import { Filter } from "../../types/vector-set/filter.ts";
import { components } from "../../types/vector-set/stored-vector.ts";
import { arg } from "../args.ts";
import { defineCommand } from "../command.ts";
import { checkWords, facts, readSet, readWithin } from "./facts.ts";
import { queryArg } from "./vector-args.ts";
import { queryVector, readVector, type ReadVector } from "./vector-words.ts";

/** So much effort where none is asked for, and no less than as many elements as are wanted. */
const USUAL_EFFORT = 100;
/** Looks for each element that is wanted, where a filter is given. */
const FILTER_EFFORT = 100;

export const vsim = defineCommand({
  ...facts,
  name: "VSIM",
  summary: "Replies the elements that are nearest to a vector or to an element.",
  complexity: "O(log N) for N elements",
  flags: ["readonly", "module"],
  args: [
    arg.key("key"),
    queryArg,
    arg.optional(arg.token("withscores", "WITHSCORES")),
    arg.optional(arg.lateInteger("count", { token: "COUNT" })),
    arg.optional(arg.double("max_distance", { token: "EPSILON" })),
    arg.optional(arg.lateInteger("search-exploration-factor", { token: "EF" })),
    arg.optional(arg.string("expression", { token: "FILTER" })),
    arg.optional(arg.lateInteger("max-filtering-effort", { token: "FILTER-EF" })),
    arg.optional(arg.token("truth", "TRUTH")),
    arg.optional(arg.token("nothread", "NOTHREAD")),
  ],
  run(context) {
    checkWords(context, 4);
    const { argv, reply } = context;
    const set = readSet(context);
    if (set === undefined) {
      reply.array(0);
      return;
    }
    const { vector, words } = readQuery(argv, set);
    const { count, effort, withScores, epsilon, ...search } = readSearchOptions(argv, 2 + words);
    const filterEffort = (search.filterEffort || count * FILTER_EFFORT) % 2 ** 32; // it is kept in 32 bits
    const all = set.search(vector, { ...search, filterEffort, most: Math.max(effort, count) });
    const tooFar = all.findIndex(({ distance }) => distance > epsilon);
    const found = all.slice(0, Math.min(count, tooFar < 0 ? Infinity : tooFar));
    if (withScores) reply.map(found.length);
    else reply.array(found.length);
    for (const { node, distance } of found) {
      reply.bulk(node.element);
      if (withScores) reply.double(1 - distance / 2);
    }
  },
});

function readQuery(argv: readonly Bytes[], set: VectorSet): ReadVector {
  if (!equalIgnoringCase(argv[2]!, "ELE")) {
    const { vector, words } = readVector(argv, 2);
    return { vector: queryVector(vector, set), words };
  }
  const node = set.get(argv[3]!);
  if (node === undefined) throw new ReplyError("ERR element not found in set");
  return { vector: components(node.vector), words: 2 };
}

interface SearchOptions {
  readonly count: number;
  readonly effort: number;
  /** Nothing farther away than this counts. */
  readonly epsilon: number;
  readonly filter: Filter | undefined;
  /** 0 where none is asked for. */
  readonly filterEffort: number;
  readonly withScores: boolean;
  readonly exhaustive: boolean;
}

/** NOTHREAD asks for no other thread to do the work: there is but one here. */
function readSearchOptions(argv: readonly Bytes[], from: number): SearchOptions {
  let [count, effort, epsilon, filterEffort] = [10, USUAL_EFFORT, 2, 0];
  let [withScores, exhaustive] = [false, false];
  let filter: Filter | undefined;
  for (let at = from; at < argv.length; at++) {
    const is = (token: Bytes): boolean => equalIgnoringCase(argv[at]!, token);
    const hasValue = at + 1 < argv.length;
    if (is("WITHSCORES")) withScores = true;
    else if (is("TRUTH")) exhaustive = true;
    else if (is("NOTHREAD")) continue;
    else if (is("COUNT") && hasValue) count = readWithin(argv[++at]!, { from: 1 }, "COUNT");
    else if (is("EPSILON") && hasValue) epsilon = readEpsilon(argv[++at]!);
    else if (is("EF") && hasValue) effort = readWithin(argv[++at]!, { from: 1 }, "EF");
    else if (is("FILTER-EF") && hasValue) filterEffort = readWithin(argv[++at]!, { from: 1 }, "FILTER-EF");
    else if (is("FILTER") && hasValue) filter = readFilter(argv[++at]!);
    else throw new ReplyError("ERR syntax error in VSIM command");
  }
  return { count, effort, epsilon, filter, filterEffort, withScores, exhaustive };
}

function readEpsilon(word: Bytes): number {
  const epsilon = parseDouble(word);
  if (epsilon === undefined || epsilon <= 0) throw new ReplyError("ERR invalid EPSILON");
  return Math.fround(epsilon);
}

function readFilter(word: Bytes): Filter {
  const text = printed(word);
  const filter = Filter.read(text);
  if (filter instanceof Filter) return filter;
  const near = word.length > filter.problemAt ? text.slice(filter.problemAt) : text;
  throw new ReplyError(`ERR syntax error in FILTER expression near: ${near}`);
}
