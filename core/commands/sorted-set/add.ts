// Putting members into sorted sets: ZADD with all its conditions, ZINCRBY.
import type { Bytes } from "../../kernel/bytes.ts";
import { ReplyError } from "../../resp/errors.ts";
import { SortedSet } from "../../types/sorted-set.ts";
import { arg } from "../args.ts";
import { defineCommand, type CommandFacts } from "../command.ts";
import type { CommandContext } from "../context.ts";
import { key } from "../keys.ts";
import { writeAs } from "../values.ts";
import { readScore } from "./scores.ts";

const facts = {
  group: "sorted-set",
  since: "1.2.0",
  complexity: "O(log N) a member",
  flags: ["write", "denyoom", "fast"],
  acl: ["sortedset"],
} as const satisfies Partial<CommandFacts>;

interface Conditions {
  readonly onlyNew?: boolean;
  readonly onlyExisting?: boolean;
  readonly onlyGreater?: boolean;
  readonly onlyLess?: boolean;
  /** The score is added to the one that is there. */
  readonly increment?: boolean;
}

type Outcome = { readonly is: "added" | "updated" | "same"; readonly score: number } | { readonly is: "refused" };

/** One member; the conditions of t_zset.c: zsetAdd. Throws where the sum is no number. */
function addOne(
  set: SortedSet,
  { score, member }: { score: number; member: Bytes },
  conditions: Conditions,
  { server }: CommandContext,
): Outcome {
  const before = set.score(member);
  if (before === undefined) {
    if (conditions.onlyExisting) return { is: "refused" };
    set.set(member, score, server.limits);
    return { is: "added", score };
  }
  if (conditions.onlyNew) return { is: "refused" };
  const after = conditions.increment ? before + score : score;
  if (Number.isNaN(after)) throw new ReplyError("ERR resulting score is not a number (NaN)");
  if ((conditions.onlyLess && after >= before) || (conditions.onlyGreater && after <= before)) return { is: "refused" };
  if (after === before) return { is: "same", score: after };
  set.set(member, after, server.limits);
  return { is: "updated", score: after };
}

export const zadd = defineCommand({
  ...facts,
  name: "ZADD",
  arity: -4,
  summary: "Adds members with their scores, or gives members other scores.",
  keys: [key.at(1, "RW", "UPDATE")],
  args: [
    arg.key("key"),
    arg.optional(arg.someOf("condition", [arg.token("nx", "NX"), arg.token("xx", "XX")], { since: "3.0.2" })),
    arg.optional(arg.someOf("comparison", [arg.token("gt", "GT"), arg.token("lt", "LT")], { since: "6.2.0" })),
    arg.optional(arg.token("change", "CH", { since: "3.0.2" })),
    arg.optional(arg.token("increment", "INCR", { since: "3.0.2" })),
    arg.multiple(arg.block("data", [arg.double("score"), arg.string("member")], { name70: "score_member" })),
  ],
  run(context, { key: name, condition = {}, comparison = {}, change = false, increment = false, data }) {
    if (condition.nx && condition.xx) throw new ReplyError("ERR XX and NX options at the same time are not compatible");
    if ((comparison.gt && condition.nx) || (comparison.lt && condition.nx) || (comparison.gt && comparison.lt))
      throw new ReplyError("ERR GT, LT, and/or NX options at the same time are not compatible");
    if (increment && data.length > 1) throw new ReplyError("ERR INCR option supports a single increment-element pair");
    const entries = data.map(({ score, member }) => ({ score: readScore(score), member }));
    const outcomes = addTo(context, name, entries, {
      onlyNew: condition.nx === true,
      onlyExisting: condition.xx === true,
      onlyGreater: comparison.gt === true,
      onlyLess: comparison.lt === true,
      increment,
    });
    if (increment) replyScore(context, outcomes[0]);
    else context.reply.integer(outcomes.filter(({ is }) => is === "added" || (change && is === "updated")).length);
  },
});

export const zincrby = defineCommand({
  ...facts,
  name: "ZINCRBY",
  arity: 4,
  summary: "Adds to the score of a member; no member counts as 0.",
  complexity: "O(log N)",
  keys: [key.at(1, "RW", "ACCESS", "UPDATE")],
  args: [arg.key("key"), arg.lateInteger("increment"), arg.string("member")],
  run(context, { key: name, increment, member }) {
    const [outcome] = addTo(context, name, [{ score: readScore(increment), member }], { increment: true });
    replyScore(context, outcome);
  },
});

function replyScore({ reply }: CommandContext, outcome: Outcome | undefined): void {
  if (outcome === undefined || outcome.is === "refused") reply.null();
  else reply.double(outcome.score);
}

/**
 * Adds one after the other; whatever went before an impossible sum stays. `tell` says how many changes travel, and as what: the
 * command as it was sent where it is not given.
 */
export function addTo(
  context: CommandContext,
  name: Bytes,
  entries: readonly { score: number; member: Bytes }[],
  conditions: Conditions,
  tell: (changes: number) => void = (changes) => context.propagate.verbatim(changes),
): Outcome[] {
  const { db, server, notify } = context;
  const found = writeAs(context, name, SortedSet);
  if (found === undefined && conditions.onlyExisting) return [];
  const members = entries.map(({ member }) => member);
  found?.expect(members, server.limits);
  const set = found ?? SortedSet.expecting(members, server.limits);
  const outcomes = entries.map((entry) => addOne(set, entry, conditions, context));
  const changes = outcomes.filter(({ is }) => is === "added" || is === "updated").length;
  if (changes > 0) {
    if (found === undefined) db.set(name, set);
    else db.touch(name);
    notify("zset", conditions.increment ? "zincr" : "zadd", name);
    tell(changes);
  }
  return outcomes;
}
