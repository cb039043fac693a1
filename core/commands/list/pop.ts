// Taking elements from the ends of lists, and moving them between lists: LPOP, RPOP, LMPOP, LMOVE, RPOPLPUSH.
import type { Bytes } from "../../kernel/bytes.ts";
import { wrongArity } from "../../resp/errors.ts";
import { List, type ListEnd } from "../../types/list.ts";
import { arg } from "../args.ts";
import { defineCommand, type CommandFacts } from "../command.ts";
import type { CommandContext } from "../context.ts";
import { countedKeysBeforeWords, keyCount, popCount } from "../counted-keys.ts";
import { key } from "../keys.ts";
import { readBetween } from "../numbers.ts";
import { writeAs, type ChangeTold } from "../values.ts";
import { end, elementsTaken, listEnd, popFrom, pushTo, type Taking } from "./ends.ts";

const facts = {
  group: "list",
  since: "1.0.0",
  arity: -2,
  complexity: "O(N) for N elements taken",
  flags: ["write", "fast"],
  acl: ["list"],
  keys: [key.at(1, "RW", "ACCESS", "DELETE")],
  args: [arg.key("key"), arg.optional(arg.lateInteger("count", { since: "6.2.0" }))],
  unknownOption: (_word: Bytes, [name = ""]: readonly Bytes[]) => wrongArity(name.toLowerCase()),
} as const;

function pop(context: CommandContext, name: Bytes, at: ListEnd, countText: Bytes | undefined): void {
  const { reply, propagate } = context;
  const count =
    countText === undefined ? 1 : readBetween(countText, { min: 0 }, "ERR value is out of range, must be positive");
  const list = writeAs(context, name, List);
  if (list === undefined) {
    if (countText === undefined) reply.null();
    else reply.nullArray();
    return;
  }
  if (count === 0) {
    reply.array(0);
    return;
  }
  const taken = popFrom(context, name, list, { end: at, count });
  propagate.verbatim(taken.length);
  if (countText === undefined) reply.bulk(taken[0]!);
  else reply.bulks(taken);
}

export const lpop = defineCommand({
  ...facts,
  name: "LPOP",
  summary: "Takes elements from the head of a list.",
  run: (context, { key: name, count }) => pop(context, name, "head", count),
});

export const rpop = defineCommand({
  ...facts,
  name: "RPOP",
  summary: "Takes elements from the tail of a list.",
  run: (context, { key: name, count }) => pop(context, name, "tail", count),
});

export const lmpop = defineCommand({
  name: "LMPOP",
  group: "list",
  since: "7.0.0",
  arity: -4,
  summary: "Takes elements from the first of several lists that has any.",
  complexity: "O(N+M) for N keys and M elements taken",
  flags: ["write", "movablekeys"],
  acl: ["list"],
  keys: [key.counted(1, "RW", "ACCESS", "DELETE")],
  args: [keyCount, countedKeysBeforeWords, end("where"), popCount],
  run(context, { key: names, where, count = 1 }) {
    if (!popFirst(context, names, { end: listEnd(where), count })) context.reply.nullArray();
  },
});

/** Takes from the first of several lists that has any elements, and replies them with their key; false where none has. */
export function popFirst(context: CommandContext, names: readonly Bytes[], taking: Taking): boolean {
  const { reply, propagate } = context;
  for (const name of names) {
    const list = writeAs(context, name, List);
    if (list === undefined) continue;
    const taken = popFrom(context, name, list, taking);
    propagate(popAt(taking.end), name, String(taken.length));
    reply.array(2);
    reply.bulk(name);
    reply.bulks(taken);
    return true;
  }
  return false;
}

/** The command that takes elements from an end. */
export function popAt(at: ListEnd): "LPOP" | "RPOP" {
  return at === "head" ? "LPOP" : "RPOP";
}

/** What LMOVE, RPOPLPUSH and their blocking kin have in common. */
export const moveFacts = {
  group: "list",
  complexity: "O(1)",
  flags: ["write", "denyoom"],
  acl: ["list"],
  keys: [key.at(1, "RW", "ACCESS", "DELETE"), key.at(2, "RW", "INSERT")],
} as const satisfies Partial<CommandFacts>;

/** From which end of which list to which of which other. */
export interface Move {
  readonly source: Bytes;
  readonly destination: Bytes;
  readonly from: ListEnd;
  readonly to: ListEnd;
  /** When whoever caches the first list learns of it. */
  readonly told?: ChangeTold | undefined;
}

/**
 * Moves an element and replies it; false where there is none. It is in the second list before the first loses its last: their
 * events come in this order. Whoever calls tells replicas.
 */
export function moveElement(context: CommandContext, { source, destination, from, to, told }: Move): boolean {
  const list = writeAs(context, source, List);
  if (list === undefined) return false;
  const target = writeAs(context, destination, List);
  const element = list.pop(from)!;
  pushTo(context, destination, target, { end: to, elements: [element] });
  elementsTaken(context, source, list, { event: from === "head" ? "lpop" : "rpop", told });
  context.reply.bulk(element);
  return true;
}

function move(context: CommandContext, given: Move): void {
  if (moveElement(context, given)) context.propagate.verbatim();
  else context.reply.null();
}

export const lmove = defineCommand({
  ...moveFacts,
  name: "LMOVE",
  since: "6.2.0",
  arity: 5,
  summary: "Moves an element from an end of a list to an end of another.",
  args: [arg.key("source"), arg.key("destination", { keySpec: 1 }), end("wherefrom"), end("whereto")],
  run: (context, { source, destination, wherefrom, whereto }) =>
    move(context, { source, destination, from: listEnd(wherefrom), to: listEnd(whereto) }),
});

export const rpoplpush = defineCommand({
  ...moveFacts,
  name: "RPOPLPUSH",
  since: "1.2.0",
  arity: 3,
  summary: "Moves the last element of a list to the head of another.",
  deprecated: { since: "6.2.0", replacedBy: "`LMOVE` with the `RIGHT` and `LEFT` arguments" },
  args: [arg.key("source"), arg.key("destination", { keySpec: 1 })],
  run: (context, { source, destination }) => move(context, { source, destination, from: "tail", to: "head" }),
});
