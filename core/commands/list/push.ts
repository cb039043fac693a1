// Putting elements into lists: LPUSH, RPUSH, LPUSHX, RPUSHX, LINSERT, LSET.
import type { Bytes } from "../../kernel/bytes.ts";
import { indexOutOfRange, noSuchKey } from "../../resp/errors.ts";
import { List, type ListEnd } from "../../types/list.ts";
import { arg } from "../args.ts";
import { defineCommand, type CommandFacts } from "../command.ts";
import type { CommandContext } from "../context.ts";
import { key } from "../keys.ts";
import { readInt64 } from "../numbers.ts";
import { writeAs } from "../values.ts";
import { pushTo } from "./ends.ts";

const facts = {
  group: "list",
  arity: -3,
  complexity: "O(1) an element",
  flags: ["write", "denyoom", "fast"],
  acl: ["list"],
  keys: [key.at(1, "RW", "INSERT")],
} as const satisfies Partial<CommandFacts>;

const elements = [arg.key("key"), arg.multiple(arg.string("element"))] as const;

interface Push {
  readonly end: ListEnd;
  readonly elements: readonly Bytes[];
  /** Without a list nothing happens. */
  readonly onlyExisting?: boolean;
}

function push(context: CommandContext, name: Bytes, { end, elements: row, onlyExisting = false }: Push): void {
  const list = writeAs(context, name, List);
  if (list === undefined && onlyExisting) {
    context.reply.integer(0);
    return;
  }
  const length = pushTo(context, name, list, { end, elements: row });
  context.propagate.verbatim(row.length);
  context.reply.integer(length);
}

export const lpush = defineCommand({
  ...facts,
  name: "LPUSH",
  since: "1.0.0",
  summary: "Puts elements at the head of a list, one before the other.",
  args: elements,
  run: (context, { key: name, element }) => push(context, name, { end: "head", elements: element }),
});

export const rpush = defineCommand({
  ...facts,
  name: "RPUSH",
  since: "1.0.0",
  summary: "Appends elements to a list.",
  args: elements,
  run: (context, { key: name, element }) => push(context, name, { end: "tail", elements: element }),
});

export const lpushx = defineCommand({
  ...facts,
  name: "LPUSHX",
  since: "2.2.0",
  summary: "Puts elements at the head of a list that exists.",
  args: elements,
  run: (context, { key: name, element }) => push(context, name, { end: "head", elements: element, onlyExisting: true }),
});

export const rpushx = defineCommand({
  ...facts,
  name: "RPUSHX",
  since: "2.2.0",
  summary: "Appends elements to a list that exists.",
  args: elements,
  run: (context, { key: name, element }) => push(context, name, { end: "tail", elements: element, onlyExisting: true }),
});

export const linsert = defineCommand({
  ...facts,
  name: "LINSERT",
  since: "2.2.0",
  arity: 5,
  summary: "Puts an element before or after another.",
  complexity: "O(N) for N elements until the other",
  flags: ["write", "denyoom"],
  args: [
    arg.key("key"),
    arg.oneOf("where", [arg.token("before", "BEFORE"), arg.token("after", "AFTER")]),
    arg.string("pivot"),
    arg.string("element"),
  ],
  run(context, { key: name, where, pivot, element }) {
    const { db, reply, notify, propagate, server } = context;
    const list = writeAs(context, name, List);
    if (list === undefined) {
      reply.integer(0);
      return;
    }
    list.grow([element], server.limits);
    if (!list.insert(pivot, { element, after: where.is === "after" }, server.limits)) {
      reply.integer(-1);
      return;
    }
    db.touch(name);
    notify("list", "linsert", name);
    propagate.verbatim();
    reply.integer(list.length);
  },
});

export const lset = defineCommand({
  ...facts,
  name: "LSET",
  since: "1.0.0",
  arity: 4,
  summary: "Replaces the element at an index; negative ones count from the tail.",
  complexity: "O(N) for N elements between the index and the nearer end",
  flags: ["write", "denyoom"],
  keys: [key.at(1, "RW", "UPDATE")],
  args: [arg.key("key"), arg.lateInteger("index"), arg.string("element")],
  run(context, { key: name, index: indexText, element }) {
    const { db, reply, notify, propagate, server, profile } = context;
    const list = writeAs(context, name, List);
    if (list === undefined) throw noSuchKey();
    const given = readInt64(indexText);
    const index = profile.can.cutsListIndex ? Number(BigInt.asIntN(32, BigInt(given))) : Number(given);
    const at = index < 0 ? list.length + index : index;
    list.grow([element], server.limits);
    if (at < 0 || at >= list.length) throw indexOutOfRange();
    list.replace(at, element, server.limits);
    list.shrink(server.limits);
    db.touch(name);
    notify("list", "lset", name);
    propagate.verbatim();
    reply.ok();
  },
});
