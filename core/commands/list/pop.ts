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
import { writeAs } from "../values.ts";
import { end, elementsTaken, listEnd, popFrom, pushTo } from "./ends.ts";

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
    const { reply, propagate } = context;
    for (const name of names) {
      const list = writeAs(context, name, List);
      if (list === undefined) continue;
      const taken = popFrom(context, name, list, { end: listEnd(where), count });
      propagate(where.is === "left" ? "LPOP" : "RPOP", name, String(taken.length));
      reply.array(2);
      reply.bulk(name);
      reply.bulks(taken);
      return;
    }
    reply.nullArray();
  },
});

const moveFacts = {
  group: "list",
  complexity: "O(1)",
  flags: ["write", "denyoom"],
  acl: ["list"],
  keys: [key.at(1, "RW", "ACCESS", "DELETE"), key.at(2, "RW", "INSERT")],
} as const satisfies Partial<CommandFacts>;

/** The element is in the second list before the first loses its last: their events come in this order. */
function move(
  context: CommandContext,
  { source, destination, from, to }: { source: Bytes; destination: Bytes; from: ListEnd; to: ListEnd },
): void {
  const { reply, propagate } = context;
  const list = writeAs(context, source, List);
  if (list === undefined) {
    reply.null();
    return;
  }
  const target = writeAs(context, destination, List);
  const element = list.pop(from)!;
  pushTo(context, destination, target, { end: to, elements: [element] });
  elementsTaken(context, source, list, from === "head" ? "lpop" : "rpop");
  propagate.verbatim();
  reply.bulk(element);
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
