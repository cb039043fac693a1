// Members of one set: SADD, SREM, SMOVE, SISMEMBER, SMISMEMBER, SCARD, SMEMBERS, SSCAN.
import type { Bytes } from "../../kernel/bytes.ts";
import { MemberSet } from "../../types/set.ts";
import { arg } from "../args.ts";
import { collectionScanArgs, runCollectionScan } from "../collection-scan.ts";
import { defineCommand, type CommandFacts } from "../command.ts";
import type { CommandContext } from "../context.ts";
import { key } from "../keys.ts";
import { asCollection, readAs, removedFrom, writeAs } from "../values.ts";

const facts = {
  group: "set",
  since: "1.0.0",
  complexity: "O(1) a member",
  flags: ["readonly", "fast"],
  acl: ["set"],
  keys: [key.at(1, "RO")],
} as const satisfies Partial<CommandFacts>;

const members = [arg.key("key"), arg.multiple(arg.string("member"))] as const;

export const sadd = defineCommand({
  ...facts,
  name: "SADD",
  arity: -3,
  summary: "Adds members to a set.",
  flags: ["write", "denyoom", "fast"],
  keys: [key.at(1, "RW", "INSERT")],
  args: members,
  run(context, { key: name, member }) {
    const { db, reply, notify, propagate, server } = context;
    const found = writeAs(context, name, MemberSet);
    found?.expect(member.length, server.limits);
    const set = found ?? MemberSet.sized(member[0]!, member.length, server.limits);
    const added = addAll(context, set, member);
    if (found === undefined) db.set(name, set);
    else if (added > 0) db.touch(name);
    if (added > 0) {
      notify("set", "sadd", name);
      propagate.verbatim(added);
    }
    reply.integer(added);
  },
});

function addAll({ server }: CommandContext, set: MemberSet, members: readonly Bytes[]): number {
  let added = 0;
  for (const each of members) if (set.add(each, server.limits)) added++;
  return added;
}

export const srem = defineCommand({
  ...facts,
  name: "SREM",
  arity: -3,
  summary: "Removes members from a set.",
  flags: ["write", "fast"],
  keys: [key.at(1, "RW", "DELETE")],
  args: members,
  run(context, { key: name, member }) {
    const { reply, propagate } = context;
    const set = writeAs(context, name, MemberSet);
    const removed = set === undefined ? 0 : member.filter((each) => set.delete(each)).length;
    if (removed > 0) {
      removedFrom(context, name, set!, { event: ["set", "srem"], told: "first" });
      propagate.verbatim(removed);
    }
    reply.integer(removed);
  },
});

export const smove = defineCommand({
  ...facts,
  name: "SMOVE",
  arity: 4,
  summary: "Moves a member from one set to another.",
  complexity: "O(1)",
  flags: ["write", "fast"],
  keys: [key.at(1, "RW", "ACCESS", "DELETE"), key.at(2, "RW", "INSERT")],
  args: [arg.key("source"), arg.key("destination", { keySpec: 1 }), arg.string("member")],
  run(context, { source, destination, member }) {
    const { db, reply, notify, propagate, server } = context;
    // Both are looked at before either is judged.
    const [found, there] = [db.peek(source), db.peek(destination)];
    const from = asCollection(found, MemberSet);
    if (from === undefined) {
      reply.integer(0);
      return;
    }
    const to = asCollection(there, MemberSet);
    if (from === to || !from.has(member)) {
      reply.integer(from.has(member) ? 1 : 0);
      return;
    }
    from.delete(member);
    removedFrom(context, source, from, { event: ["set", "srem"] });
    const target = to ?? MemberSet.sized(member, 1, server.limits);
    const added = target.add(member, server.limits);
    if (to === undefined) db.set(destination, target);
    else if (added) db.touch(destination);
    if (added) notify("set", "sadd", destination);
    propagate.verbatim(added ? 2 : 1);
    reply.integer(1);
  },
});

export const sismember = defineCommand({
  ...facts,
  name: "SISMEMBER",
  arity: 3,
  summary: "Says whether a member is in a set.",
  complexity: "O(1)",
  args: [arg.key("key"), arg.string("member")],
  run(context, { key: name, member }) {
    context.reply.integer(readAs(context, name, MemberSet)?.has(member) ? 1 : 0);
  },
});

export const smismember = defineCommand({
  ...facts,
  name: "SMISMEMBER",
  since: "6.2.0",
  arity: -3,
  summary: "Says of each member whether it is in a set.",
  keys: [key.at(1, "RO", "ACCESS")],
  args: members,
  run(context, { key: name, member }) {
    const set = readAs(context, name, MemberSet);
    context.reply.array(member.length);
    for (const each of member) context.reply.integer(set?.has(each) ? 1 : 0);
  },
});

export const scard = defineCommand({
  ...facts,
  name: "SCARD",
  arity: 2,
  summary: "Counts the members of a set.",
  complexity: "O(1)",
  args: [arg.key("key")],
  run(context, { key: name }) {
    context.reply.integer(readAs(context, name, MemberSet)?.length ?? 0);
  },
});

export const smembers = defineCommand({
  ...facts,
  name: "SMEMBERS",
  arity: 2,
  summary: "Replies the members of a set.",
  complexity: "O(N) for N members",
  flags: ["readonly"],
  tips: ["nondeterministic_output_order"],
  keys: [key.at(1, "RO", "ACCESS")],
  args: [arg.key("key")],
  run(context, { key: name }) {
    context.reply.bulkSet(readAs(context, name, MemberSet)?.members() ?? []);
  },
});

export const sscan = defineCommand({
  ...facts,
  name: "SSCAN",
  since: "2.8.0",
  arity: -3,
  summary: "Goes over the members of a set, a few at a time.",
  complexity: "O(1) a call, O(N) for all N members",
  flags: ["readonly"],
  tips: ["nondeterministic_output"],
  keys: [key.at(1, "RO", "ACCESS")],
  args: collectionScanArgs,
  ignoresArguments: true,
  run(context) {
    runCollectionScan(context, MemberSet, {
      step(set, cursor, { count }) {
        const names: Bytes[] = [];
        const next = set.scan(cursor, count, (name) => names.push(name));
        return { next, entries: names.map((name) => ({ name, beside: [] })) };
      },
    });
  },
});
