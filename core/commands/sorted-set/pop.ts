// Taking members out of sorted sets: ZREM, ZPOPMIN, ZPOPMAX, ZMPOP.
import type { Bytes } from "../../kernel/bytes.ts";
import { SortedSet, type Entry } from "../../types/sorted-set.ts";
import { arg } from "../args.ts";
import { defineCommand, type Command, type CommandFacts } from "../command.ts";
import type { CommandContext } from "../context.ts";
import { countedKeysBeforeWords, keyCount, popCount } from "../counted-keys.ts";
import { key } from "../keys.ts";
import { readBetween } from "../numbers.ts";
import { removedFrom, writeAs } from "../values.ts";
import { replyEntries, replyPairs } from "./scores.ts";

const facts = {
  group: "sorted-set",
  complexity: "O(M*log N) for M members taken",
  flags: ["write", "fast"],
  acl: ["sortedset"],
} as const satisfies Partial<CommandFacts>;

export const zrem = defineCommand({
  ...facts,
  name: "ZREM",
  since: "1.2.0",
  arity: -3,
  summary: "Removes members from a sorted set.",
  keys: [key.at(1, "RW", "DELETE")],
  args: [arg.key("key"), arg.multiple(arg.string("member"))],
  run(context, { key: name, member }) {
    const { reply, propagate } = context;
    const set = writeAs(context, name, SortedSet);
    const removed = set === undefined ? 0 : member.filter((each) => set.delete(each)).length;
    if (removed > 0) {
      removedFrom(context, name, set!, { event: ["zset", "zrem"] });
      propagate.verbatim(removed);
    }
    reply.integer(removed);
  },
});

export type Which = "min" | "max";

/** Takes up to `count` entries, the least or the greatest first; an empty set goes. */
export function take(
  context: CommandContext,
  name: Bytes,
  set: SortedSet,
  { which, count }: { readonly which: Which; readonly count: number },
): Entry[] {
  const entries = Array.from({ length: Math.min(count, set.length) }, () => set.pop(which));
  const told = context.profile.can.tellsChangesLast ? "last" : "between";
  removedFrom(context, name, set, { event: ["zset", `zpop${which}`], told });
  return entries;
}

/** MIN or MAX; anything else is a syntax error. */
export const lowestOrHighest = arg.oneOf("where", [arg.token("min", "MIN"), arg.token("max", "MAX")]);

function definePop(own: Pick<CommandFacts, "name" | "summary">, which: Which): Command {
  return defineCommand({
    ...facts,
    ...own,
    since: "5.0.0",
    arity: -2,
    keys: [key.at(1, "RW", "ACCESS", "DELETE")],
    args: [arg.key("key"), arg.optional(arg.lateInteger("count"))],
    run(context, { key: name, count: countText }) {
      const { reply, propagate } = context;
      const count =
        countText === undefined
          ? undefined
          : readBetween(countText, { min: 0 }, "ERR value is out of range, must be positive");
      const set = writeAs(context, name, SortedSet);
      if (set === undefined || count === 0) {
        reply.array(0);
        return;
      }
      const entries = take(context, name, set, { which, count: count ?? 1 });
      propagate.verbatim(entries.length);
      if (count !== undefined) replyEntries(reply, entries, true);
      else {
        reply.array(2);
        reply.bulk(entries[0]!.member);
        reply.double(entries[0]!.score);
      }
    },
  });
}

export const zpopmin = definePop({ name: "ZPOPMIN", summary: "Takes the members with the least scores." }, "min");
export const zpopmax = definePop({ name: "ZPOPMAX", summary: "Takes the members with the greatest scores." }, "max");

export const zmpop = defineCommand({
  ...facts,
  name: "ZMPOP",
  since: "7.0.0",
  arity: -4,
  summary: "Takes members from the first of several sorted sets that has any.",
  complexity: "O(K+M*log N) for K keys and M members taken",
  flags: ["write", "movablekeys"],
  keys: [key.counted(1, "RW", "ACCESS", "DELETE")],
  args: [keyCount, countedKeysBeforeWords, lowestOrHighest, popCount],
  run(context, { key: names, where, count = 1 }) {
    if (!popFirst(context, names, { which: where.is, count })) context.reply.nullArray();
  },
});

/** Takes from the first of several sorted sets that has any members, and replies them with their key; false where none has. */
export function popFirst(
  context: CommandContext,
  names: readonly Bytes[],
  { which, count }: { readonly which: Which; readonly count: number },
): boolean {
  const { reply, propagate } = context;
  for (const name of names) {
    const set = writeAs(context, name, SortedSet);
    if (set === undefined) continue;
    const entries = take(context, name, set, { which, count });
    propagate(popAt(which), name, String(entries.length));
    reply.array(2);
    reply.bulk(name);
    replyPairs(reply, entries);
    return true;
  }
  return false;
}

/** The command that takes members from an end. */
export function popAt(which: Which): "ZPOPMIN" | "ZPOPMAX" {
  return which === "min" ? "ZPOPMIN" : "ZPOPMAX";
}
