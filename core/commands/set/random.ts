// Members drawn at random: SPOP, SRANDMEMBER.
import type { Bytes } from "../../kernel/bytes.ts";
import { INT64_MAX } from "../../kernel/integers.ts";
import type { Random } from "../../kernel/random.ts";
import { MemberSet } from "../../types/set.ts";
import { arg } from "../args.ts";
import { defineCommand, type CommandFacts } from "../command.ts";
import type { CommandContext } from "../context.ts";
import { key } from "../keys.ts";
import { readBetween } from "../numbers.ts";
import { readAs, removedFrom, writeAs } from "../values.ts";

const facts = {
  group: "set",
  since: "1.0.0",
  arity: -2,
  complexity: "O(N) for N members drawn",
  acl: ["set"],
  tips: ["nondeterministic_output"],
} as const satisfies Partial<CommandFacts>;

/** Members that one SREM to replicas carries. */
const BATCH = 1024;

export const spop = defineCommand({
  ...facts,
  name: "SPOP",
  summary: "Takes members out of a set at random.",
  flags: ["write", "fast"],
  keys: [key.at(1, "RW", "ACCESS", "DELETE")],
  args: [arg.key("key"), arg.optional(arg.lateInteger("count", { since: "3.2.0" }))],
  run(context, { key: name, count: countText }) {
    const { reply, notify, random } = context;
    const count =
      countText === undefined
        ? undefined
        : readBetween(countText, { min: 0 }, "ERR value is out of range, must be positive");
    const set = writeAs(context, name, MemberSet);
    if (count === undefined) {
      const member = set?.random(random);
      if (member !== undefined) take(context, name, set!, [member]);
      reply.bulkOrNull(member);
      return;
    }
    if (set === undefined || count === 0) {
      reply.set(0);
      return;
    }
    if (count < set.length) {
      const members = sample(set, count, random);
      take(context, name, set, members);
      reply.bulkSet(members);
      return;
    }
    const members = [...set.members()];
    context.db.remove(name);
    notify("set", "spop", name);
    notify("generic", "del", name);
    context.db.touch(name);
    context.propagate(context.profile.can.spopInBackground ? context.server.deletion("server") : "DEL", name);
    context.propagate.changed(members.length - 1);
    reply.bulkSet(members);
  },
});

/** When fewer than a fifth of what goes stays, Redis makes a set of those that stay. */
const REBUILD_BELOW = 5;

/** Removes members; they travel as SREM, since another server would draw others. */
function take(context: CommandContext, name: Bytes, set: MemberSet, members: readonly Bytes[]): void {
  const { propagate, db, server, profile } = context;
  const together = profile.can.sendsPopsTogether ? BATCH : 1;
  const staying = set.length - members.length;
  for (const member of members) set.delete(member);
  if (staying > 0 && staying * REBUILD_BELOW <= members.length) {
    const rest = MemberSet.sized(set.at(0), staying, server.limits);
    for (const member of set.members()) rest.add(member, server.limits);
    db.replace(name, rest);
    set = rest;
  }
  for (let at = 0; at < members.length; at += together) {
    const batch = members.slice(at, at + together);
    propagate("SREM", name, ...batch);
    propagate.changed(batch.length - 1);
  }
  removedFrom(context, name, set, { event: ["set", "spop"] });
}

/** Different members drawn uniformly, in the order of the set. */
function sample(set: MemberSet, count: number, random: Random): Bytes[] {
  const chosen = random.indices(set.length, count);
  return chosen.map((index) => set.at(index));
}

export const srandmember = defineCommand({
  ...facts,
  name: "SRANDMEMBER",
  summary: "Replies members of a set drawn at random: different ones, or with a negative count each by itself.",
  flags: ["readonly"],
  keys: [key.at(1, "RO", "ACCESS")],
  args: [arg.key("key"), arg.optional(arg.lateInteger("count", { since: "2.6.0" }))],
  run(context, { key: name, count: countText }) {
    const { reply, random } = context;
    const count = countText === undefined ? undefined : readBetween(countText, { min: -INT64_MAX });
    const set = readAs(context, name, MemberSet);
    if (count === undefined) {
      reply.bulkOrNull(set?.random(random));
    } else if (set === undefined || count === 0) {
      reply.array(0);
    } else if (count < 0) {
      reply.array(-count);
      for (let left = -count; left > 0 && !reply.overflowing; left--) reply.bulk(set.random(random));
    } else {
      reply.bulks(count >= set.length ? set.members() : sample(set, count, random));
    }
  },
});
