// Waiting for members of sorted sets: BZPOPMIN, BZPOPMAX, BZMPOP (t_zset.c: blockingGenericZpopCommand).
import type { Bytes } from "../../kernel/bytes.ts";
import { SortedSet } from "../../types/sorted-set.ts";
import { arg } from "../args.ts";
import { defineCommand, type Command, type CommandFacts } from "../command.ts";
import type { CommandContext } from "../context.ts";
import { countedKeysBeforeWords, keyCount, popCount } from "../counted-keys.ts";
import { key } from "../keys.ts";
import { readTimeoutSeconds } from "../timeout.ts";
import { writeAs } from "../values.ts";
import { serveOrWait } from "../wait-for-keys.ts";
import { lowestOrHighest, popAt, popFirst, take, type Which } from "./pop.ts";

function definePop(own: Pick<CommandFacts, "name" | "summary">, which: Which): Command {
  return defineCommand({
    ...own,
    group: "sorted-set",
    since: "5.0.0",
    arity: -3,
    complexity: "O(log N)",
    flags: ["write", "blocking", "fast"],
    // Scripts were not allowed to call what may wait.
    in: { "redis-7.0": { flags: ["write", "noscript", "blocking", "fast"] } },
    acl: ["sortedset", "blocking"],
    keys: [key.range(1, { lastKey: -2 }, "RW", "ACCESS", "DELETE")],
    args: [arg.multiple(arg.key("key")), arg.double("timeout")],
    run(context, { key: names, timeout }) {
      serveOrWait(context, {
        keys: names,
        type: "zset",
        timeoutMs: readTimeoutSeconds(timeout, context),
        serve: (keys) => popOne(context, keys, which),
        nothing: () => context.reply.nullArray(),
      });
    },
  });
}

function popOne(context: CommandContext, names: readonly Bytes[], which: Which): boolean {
  const { reply, propagate } = context;
  for (const name of names) {
    const set = writeAs(context, name, SortedSet);
    if (set === undefined) continue;
    const [entry] = take(context, name, set, { which, count: 1 });
    propagate(popAt(which), name);
    reply.array(3);
    reply.bulk(name);
    reply.bulk(entry!.member);
    reply.double(entry!.score);
    return true;
  }
  return false;
}

export const bzpopmin = definePop(
  { name: "BZPOPMIN", summary: "Takes the member with the least score, or waits for one." },
  "min",
);
export const bzpopmax = definePop(
  { name: "BZPOPMAX", summary: "Takes the member with the greatest score, or waits for one." },
  "max",
);

export const bzmpop = defineCommand({
  name: "BZMPOP",
  group: "sorted-set",
  since: "7.0.0",
  arity: -5,
  summary: "Takes members from the first of several sorted sets that has any, or waits for them.",
  complexity: "O(K+M*log N) for K keys and M members taken",
  flags: ["write", "blocking", "movablekeys"],
  acl: ["sortedset", "blocking"],
  keys: [key.counted(2, "RW", "ACCESS", "DELETE")],
  args: [arg.double("timeout"), keyCount, countedKeysBeforeWords, lowestOrHighest, popCount],
  run(context, { timeout, key: names, where, count = 1 }) {
    serveOrWait(context, {
      keys: names,
      type: "zset",
      timeoutMs: readTimeoutSeconds(timeout, context),
      serve: (keys) => popFirst(context, keys, { which: where.is, count }),
      nothing: () => context.reply.nullArray(),
    });
  },
});
