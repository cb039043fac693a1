// Several sets at once: SINTER, SINTERCARD, SUNION, SDIFF, and their forms that store.
import type { Bytes } from "../../kernel/bytes.ts";
import { parseInt64 } from "../../kernel/integers.ts";
import { MemberSet, type SetEncoding } from "../../types/set.ts";
import { arg } from "../args.ts";
import { defineCommand, type Command, type CommandFacts } from "../command.ts";
import type { CommandContext } from "../context.ts";
import { countedKeys, keyCount } from "../counted-keys.ts";
import { key } from "../keys.ts";
import { readBetween } from "../numbers.ts";
import { readAs } from "../values.ts";

/** The members of a combination, in the order in which Redis finds them. */
type Combine = (sets: readonly (MemberSet | undefined)[]) => Iterable<Bytes>;

interface Operation {
  readonly combine: Combine;
  /** How the stored result begins; it converts as members come. */
  readonly begins: (sets: readonly (MemberSet | undefined)[], context: CommandContext) => SetEncoding;
  /** What the stored result holds before the combination is in it. */
  readonly detour?: (sets: readonly (MemberSet | undefined)[]) => Iterable<Bytes>;
}

const facts = {
  group: "set",
  since: "1.0.0",
  flags: ["readonly"],
  acl: ["set"],
} as const satisfies Partial<CommandFacts>;

/** The smallest set decides the order; where one is missing nothing is common. */
function* intersection(sets: readonly (MemberSet | undefined)[]): IterableIterator<Bytes> {
  const present = sets.filter((set) => set !== undefined);
  if (present.length < sets.length) return;
  const [smallest, ...others] = present.toSorted((a, b) => a.length - b.length);
  for (const member of smallest!.members()) if (others.every((set) => set.has(member))) yield member;
}

/** Of sets of integers alone the union comes in their order. */
function union(sets: readonly (MemberSet | undefined)[]): Iterable<Bytes> {
  const all = [...members(sets)];
  if (sets.some((set) => set !== undefined && set.encoding !== "intset")) return all;
  return all.sort((a, b) => (parseInt64(a)! < parseInt64(b)! ? -1 : 1));
}

function* members(sets: readonly (MemberSet | undefined)[]): IterableIterator<Bytes> {
  const seen = new Set<Bytes>();
  for (const set of sets) {
    for (const member of set?.members() ?? []) {
      if (seen.has(member)) continue;
      seen.add(member);
      yield member;
    }
  }
}

function* difference([first, ...others]: readonly (MemberSet | undefined)[]): IterableIterator<Bytes> {
  for (const member of first?.members() ?? []) if (!others.some((set) => set?.has(member))) yield member;
}

/** Redis either looks each member up, or takes the others away from a copy: a copy may have grown out of its encoding. */
function differenceDetour(sets: readonly (MemberSet | undefined)[]): Iterable<Bytes> {
  const [first, ...others] = sets;
  if (first === undefined || others.includes(first)) return [];
  const present = sets.filter((set) => set !== undefined);
  const lookups = (first.length * present.length) / 2;
  const copying = present.reduce((sum, { length }) => sum + length, 0);
  return Math.floor(lookups) <= copying ? [] : first.members();
}

/** A result of SINTERSTORE begins like the smallest set (7.2), others as an intset. */
function intersectionBegins(sets: readonly (MemberSet | undefined)[], { server }: CommandContext): SetEncoding {
  if (server.limits.setEntries === undefined) return "intset";
  const [smallest] = sets.filter((set) => set !== undefined).toSorted((a, b) => a.length - b.length);
  return smallest?.encoding === "intset" ? "intset" : "listpack";
}

const sinterOperation: Operation = { combine: intersection, begins: intersectionBegins };
const sunionOperation: Operation = { combine: union, begins: () => "intset" };
const sdiffOperation: Operation = { combine: difference, begins: () => "intset", detour: differenceDetour };

function defineReader(own: Pick<CommandFacts, "name" | "summary" | "complexity">, { combine }: Operation): Command {
  return defineCommand({
    ...facts,
    ...own,
    arity: -2,
    tips: ["nondeterministic_output_order"],
    keys: [key.range(1, { lastKey: -1 }, "RO", "ACCESS")],
    args: [arg.multiple(arg.key("key"))],
    run(context, { key: names }) {
      const sets = names.map((name) => readAs(context, name, MemberSet));
      context.reply.bulkSet([...combine(sets)]);
    },
  });
}

function defineStore(own: Pick<CommandFacts, "name" | "summary" | "complexity" | "in">, operation: Operation): Command {
  return defineCommand({
    ...facts,
    ...own,
    arity: -3,
    flags: ["write", "denyoom"],
    keys: [key.at(1, "OW", "UPDATE"), key.range(2, { lastKey: -1 }, "RO", "ACCESS")],
    args: [arg.key("destination"), arg.multiple(arg.key("key", { keySpec: 1 }))],
    run(context, { destination, key: names }) {
      const sets = names.map((name) => readAs(context, name, MemberSet));
      storeResult(context, destination, resultOf(context, sets, operation));
    },
  });
}

function resultOf(
  context: CommandContext,
  sets: readonly (MemberSet | undefined)[],
  { combine, begins, detour }: Operation,
): MemberSet {
  const { limits } = context.server;
  const result = MemberSet.encoded(begins(sets, context));
  const passing = [...(detour?.(sets) ?? [])];
  for (const member of passing) result.add(member, limits);
  const wanted = new Set(combine(sets));
  for (const member of wanted) result.add(member, limits);
  for (const member of passing) if (!wanted.has(member)) result.delete(member);
  if (combine === intersection && limits.setEntries !== undefined) result.preferIntegers(limits);
  return result;
}

/** An empty result deletes the destination, even one whose time is over. */
function storeResult(context: CommandContext, destination: Bytes, result: MemberSet): void {
  const { db, reply, notify, propagate, commandName } = context;
  if (result.length > 0) {
    db.set(destination, result);
    notify("set", commandName, destination);
    propagate.verbatim();
  } else if (db.delete(destination)) {
    notify("generic", "del", destination);
    propagate.verbatim();
  }
  reply.integer(result.length);
}

export const sinter = defineReader(
  {
    name: "SINTER",
    summary: "Replies the members that all sets have.",
    complexity: "O(N*M) for N members of the smallest of M sets",
  },
  sinterOperation,
);

export const sinterstore = defineStore(
  {
    name: "SINTERSTORE",
    summary: "Stores the members that all sets have.",
    complexity: "O(N*M) for N members of the smallest of M sets",
    in: { "redis-7.0": { keys: [key.at(1, "RW", "UPDATE"), key.range(2, { lastKey: -1 }, "RO", "ACCESS")] } },
  },
  sinterOperation,
);

export const sunion = defineReader(
  {
    name: "SUNION",
    summary: "Replies the members that any of the sets has.",
    complexity: "O(N) for N members of all sets",
  },
  sunionOperation,
);

export const sunionstore = defineStore(
  {
    name: "SUNIONSTORE",
    summary: "Stores the members that any of the sets has.",
    complexity: "O(N) for N members of all sets",
  },
  sunionOperation,
);

export const sdiff = defineReader(
  {
    name: "SDIFF",
    summary: "Replies the members of the first set that no other has.",
    complexity: "O(N) for N members of all sets",
  },
  sdiffOperation,
);

export const sdiffstore = defineStore(
  {
    name: "SDIFFSTORE",
    summary: "Stores the members of the first set that no other has.",
    complexity: "O(N) for N members of all sets",
  },
  sdiffOperation,
);

export const sintercard = defineCommand({
  ...facts,
  name: "SINTERCARD",
  since: "7.0.0",
  arity: -3,
  summary: "Counts the members that all sets have, up to a limit.",
  complexity: "O(N*M) for N members of the smallest of M sets",
  flags: ["readonly", "movablekeys"],
  keys: [key.counted(1, "RO", "ACCESS")],
  args: [
    keyCount,
    countedKeys,
    arg.optional(
      arg.read(arg.lateInteger("limit", { token: "LIMIT" }), (bytes) =>
        readBetween(bytes, { min: 0 }, "ERR LIMIT can't be negative"),
      ),
    ),
  ],
  run(context, { key: names, limit = 0 }) {
    const sets = names.map((name) => readAs(context, name, MemberSet));
    let count = 0;
    for (const _member of intersection(sets)) {
      count++;
      if (count === limit) break;
    }
    context.reply.integer(count);
  },
});
