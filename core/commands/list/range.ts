// Reading lists, and cutting them: LLEN, LINDEX, LRANGE, LPOS, LREM, LTRIM.
import type { Bytes } from "../../kernel/bytes.ts";
import { INT64_MAX, INT64_MIN } from "../../kernel/integers.ts";
import { ReplyError } from "../../resp/errors.ts";
import { List } from "../../types/list.ts";
import { arg } from "../args.ts";
import { defineCommand, type CommandFacts } from "../command.ts";
import { key } from "../keys.ts";
import { readBetween, readInt64, readPosition } from "../numbers.ts";
import type { Profile } from "../profile.ts";
import { clampRange } from "../ranges.ts";
import { readAs, writeAs } from "../values.ts";
import { elementsTaken } from "./ends.ts";

const facts = {
  group: "list",
  flags: ["readonly"],
  acl: ["list"],
  keys: [key.at(1, "RO", "ACCESS")],
} as const satisfies Partial<CommandFacts>;

export const llen = defineCommand({
  ...facts,
  name: "LLEN",
  since: "1.0.0",
  arity: 2,
  summary: "Replies the length of a list.",
  complexity: "O(1)",
  flags: ["readonly", "fast"],
  keys: [key.at(1, "RO")],
  args: [arg.key("key")],
  run(context, { key: name }) {
    context.reply.integer(readAs(context, name, List)?.length ?? 0);
  },
});

export const lindex = defineCommand({
  ...facts,
  name: "LINDEX",
  since: "1.0.0",
  arity: 3,
  summary: "Replies the element at an index; negative ones count from the tail.",
  complexity: "O(N) for N elements between the index and the nearer end",
  args: [arg.key("key"), arg.lateInteger("index")],
  run(context, { key: name, index: indexText }) {
    const list = readAs(context, name, List);
    if (list === undefined) {
      context.reply.null();
      return;
    }
    const index = readPosition(indexText);
    context.reply.bulkOrNull(list.at(index < 0 ? list.length + index : index));
  },
});

export const lrange = defineCommand({
  ...facts,
  name: "LRANGE",
  since: "1.0.0",
  arity: 4,
  summary: "Replies the elements between two indices, both included.",
  complexity: "O(S+N) for S elements before the range and N in it",
  args: [arg.key("key"), arg.lateInteger("start"), arg.lateInteger("stop")],
  run(context, { key: name, start, stop }) {
    const given = { start: readPosition(start), stop: readPosition(stop) };
    const list = readAs(context, name, List);
    const { from, to } = clampRange(given, list?.length ?? 0);
    context.reply.bulks(list?.slice(from, to) ?? []);
  },
});

const LONG_MAX = INT64_MAX;

function readRank(bytes: Bytes, { can }: Profile): number {
  const rank = readBetween(bytes, can.refusesLeastCount ? { min: -LONG_MAX } : {});
  // The least integer has no counterpart: 7.0 takes it for the last match.
  if (readInt64(bytes) === INT64_MIN) return -1;
  if (rank === 0) {
    throw new ReplyError(
      "ERR RANK can't be zero: use 1 to start from the first match, 2 from the second ... or use negative to start from the end of the list",
    );
  }
  return rank;
}

export const lpos = defineCommand({
  ...facts,
  name: "LPOS",
  since: "6.0.6",
  arity: -3,
  summary: "Replies where an element is in a list.",
  complexity: "O(N) for N elements looked at",
  args: [
    arg.key("key"),
    arg.string("element"),
    arg.optional(arg.read(arg.lateInteger("rank", { token: "RANK" }), readRank)),
    arg.optional(
      arg.read(arg.lateInteger("num-matches", { token: "COUNT" }), (bytes) =>
        readBetween(bytes, { min: 0 }, "ERR COUNT can't be negative"),
      ),
    ),
    arg.optional(
      arg.read(arg.lateInteger("len", { token: "MAXLEN" }), (bytes) =>
        readBetween(bytes, { min: 0 }, "ERR MAXLEN can't be negative"),
      ),
    ),
  ],
  run(context, { key: name, element, rank = 1, "num-matches": count, len = 0 }) {
    const { reply } = context;
    const list = readAs(context, name, List);
    const found = list === undefined ? [] : positions(list, { element, rank, count: count ?? 1, len });
    if (count === undefined) {
      if (found.length === 0) reply.null();
      else reply.integer(found[0]!);
      return;
    }
    reply.array(found.length);
    for (const at of found) reply.integer(at);
  },
});

/** The indices of an element from the `rank`th match on, at most `count` (0: all), among the first `len` looked at (0: all). */
function positions(
  list: List,
  { element, rank, count, len }: { element: Bytes; rank: number; count: number; len: number },
): number[] {
  const found: number[] = [];
  let skipped = 0;
  let looked = 0;
  for (const each of rank > 0 ? list.range(0, list.length) : list.backwards()) {
    if (len > 0 && looked >= len) break;
    const index = rank > 0 ? looked : list.length - 1 - looked;
    looked++;
    if (each !== element || ++skipped < Math.abs(rank)) continue;
    found.push(index);
    if (found.length === count) break;
  }
  return found;
}

const cutFacts = {
  ...facts,
  since: "1.0.0",
  arity: 4,
  flags: ["write"],
  keys: [key.at(1, "RW", "DELETE")],
} as const satisfies Partial<CommandFacts>;

export const lrem = defineCommand({
  ...cutFacts,
  name: "LREM",
  summary: "Removes elements that equal a value: so many from the head, from the tail, or all.",
  complexity: "O(N) for N elements",
  args: [arg.key("key"), arg.lateInteger("count"), arg.string("element")],
  run(context, { key: name, count: countText, element }) {
    const { reply, propagate, profile } = context;
    const count = readBetween(countText, profile.can.refusesLeastCount ? { min: -LONG_MAX } : {});
    const list = writeAs(context, name, List);
    const removed =
      list?.remove(element, { from: count < 0 ? "tail" : "head", count: count === 0 ? Infinity : Math.abs(count) }) ??
      0;
    if (removed > 0) {
      elementsTaken(context, name, list!, { event: "lrem", told: profile.can.tellsChangesLast ? "last" : "first" });
      propagate.verbatim(removed);
    }
    reply.integer(removed);
  },
});

export const ltrim = defineCommand({
  ...cutFacts,
  name: "LTRIM",
  summary: "Keeps the elements between two indices, both included.",
  complexity: "O(N) for N elements removed",
  args: [arg.key("key"), arg.lateInteger("start"), arg.lateInteger("stop")],
  run(context, { key: name, start, stop }) {
    const { reply, propagate } = context;
    const given = { start: readPosition(start), stop: readPosition(stop) };
    const list = writeAs(context, name, List);
    if (list !== undefined) {
      const before = list.length;
      const { from, to } = clampRange(given, before);
      list.removeRange(to, before - to);
      list.removeRange(0, from);
      elementsTaken(context, name, list, { event: "ltrim" });
      if (list.length < before) propagate.verbatim(before - list.length);
    }
    reply.ok();
  },
});
