// Strings as numbers: INCR, DECR, INCRBY, DECRBY exactly in 64 bits, INCRBYFLOAT in long double.
import type { Bytes } from "../../kernel/bytes.ts";
import { addInt64, INT64_MIN, subtractInt64, type Int64 } from "../../kernel/integers.ts";
import { addLongDouble, parseLongDouble, printLongDouble, type LongDouble } from "../../kernel/long-double.ts";
import { infiniteSum, notAFloat, overflow, ReplyError } from "../../resp/errors.ts";
import type { Value } from "../../keyspace/value.ts";
import { textValue } from "../../types/string-value.ts";
import { arg } from "../args.ts";
import { defineCommand, type CommandFacts } from "../command.ts";
import type { CommandContext } from "../context.ts";
import { key } from "../keys.ts";
import { readInt64 } from "../numbers.ts";
import { asString } from "../values.ts";
import { numberText, peekString } from "./string-values.ts";

const facts = {
  group: "string",
  complexity: "O(1)",
  flags: ["write", "denyoom", "fast"],
  acl: ["string"],
  keys: [key.at(1, "RW", "ACCESS", "UPDATE")],
} as const satisfies Partial<CommandFacts>;

export const incr = defineCommand({
  ...facts,
  name: "INCR",
  since: "1.0.0",
  arity: 2,
  summary: "Adds one to the integer at a key; no key counts as 0.",
  args: [arg.key("key")],
  run: (context, { key: name }) => increment(context, name, 1),
});

export const decr = defineCommand({
  ...facts,
  name: "DECR",
  since: "1.0.0",
  arity: 2,
  summary: "Takes one from the integer at a key; no key counts as 0.",
  args: [arg.key("key")],
  run: (context, { key: name }) => increment(context, name, -1),
});

export const incrby = defineCommand({
  ...facts,
  name: "INCRBY",
  since: "1.0.0",
  arity: 3,
  summary: "Adds to the integer at a key; no key counts as 0.",
  args: [arg.key("key"), arg.integer("increment")],
  run: (context, { key: name, increment: by }) => increment(context, name, by),
});

export const decrby = defineCommand({
  ...facts,
  name: "DECRBY",
  since: "1.0.0",
  arity: 3,
  summary: "Takes from the integer at a key; no key counts as 0.",
  args: [arg.key("key"), arg.integer("decrement")],
  run(context, { key: name, decrement }) {
    if (decrement === INT64_MIN) throw new ReplyError("ERR decrement would overflow");
    increment(context, name, subtractInt64(0, decrement)!);
  },
});

function increment(context: CommandContext, name: Bytes, by: Int64): void {
  const { db, reply, notify, propagate } = context;
  const kept = db.peekKept(name);
  const after = addInt64(typeof kept === "number" ? kept : integerIn(kept), by);
  if (after === undefined) throw overflow();
  db.replace(name, typeof after === "number" ? after : String(after));
  notify("string", "incrby", name);
  propagate.verbatim();
  reply.integer(after);
}

/** The integer that a string reads as; no string counts as 0. */
function integerIn(value: Value | undefined): Int64 {
  const text = asString(value);
  return text === undefined ? 0 : readInt64(numberText(text));
}

export const incrbyfloat = defineCommand({
  ...facts,
  name: "INCRBYFLOAT",
  since: "2.6.0",
  arity: 3,
  summary: "Adds to the floating-point number at a key; no key counts as 0.",
  args: [arg.key("key"), arg.double("increment")],
  run(context, { key: name, increment: by }) {
    const { db, reply, notify, propagate } = context;
    const before = peekString(context, name);
    const value = readLongDouble(before === undefined ? "0" : numberText(before));
    const sum = addLongDouble(value, readLongDouble(by));
    if (sum === undefined || typeof sum === "string") throw infiniteSum();
    const after = printLongDouble(sum);
    db.replace(name, textValue(after));
    notify("string", "incrbyfloat", name);
    propagate("SET", name, after, "KEEPTTL");
    reply.bulk(after);
  },
});

function readLongDouble(bytes: Bytes): LongDouble {
  const value = parseLongDouble(bytes);
  if (value === undefined) throw notAFloat();
  return value;
}
