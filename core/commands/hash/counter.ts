// Fields as numbers: HINCRBY exactly in 64 bits, HINCRBYFLOAT in long double.
import { addInt64, parseInt64 } from "../../kernel/integers.ts";
import { addLongDouble, parseLongDouble, printLongDouble } from "../../kernel/long-double.ts";
import { infiniteSum, notAFloat, overflow, ReplyError } from "../../resp/errors.ts";
import { arg } from "../args.ts";
import { defineCommand, type CommandFacts } from "../command.ts";
import { key } from "../keys.ts";
import { openField, writeHash } from "./fields.ts";

const facts = {
  group: "hash",
  arity: 4,
  complexity: "O(1)",
  flags: ["write", "denyoom", "fast"],
  acl: ["hash"],
  keys: [key.at(1, "RW", "ACCESS", "UPDATE")],
} as const satisfies Partial<CommandFacts>;

export const hincrby = defineCommand({
  ...facts,
  name: "HINCRBY",
  since: "2.0.0",
  summary: "Adds to the integer in a field of a hash; no field counts as 0.",
  args: [arg.key("key"), arg.string("field"), arg.integer("increment")],
  run(context, { key: name, field, increment }) {
    const { reply, notify, propagate, server } = context;
    const opened = openField(context, name, field);
    const before = parseInt64(opened.value ?? "0");
    if (before === undefined) throw new ReplyError("ERR hash value is not an integer");
    const after = addInt64(before, increment);
    if (after === undefined) throw overflow();
    opened.hash.set(field, String(after), server.limits, { keepsDeadline: true });
    writeHash(context, name, opened);
    notify("hash", "hincrby", name);
    propagate.verbatim();
    reply.integer(after);
  },
});

export const hincrbyfloat = defineCommand({
  ...facts,
  name: "HINCRBYFLOAT",
  since: "2.6.0",
  summary: "Adds to the floating-point number in a field of a hash; no field counts as 0.",
  args: [arg.key("key"), arg.string("field"), arg.double("increment")],
  run(context, { key: name, field, increment }) {
    const { reply, notify, propagate, server } = context;
    const by = parseLongDouble(increment);
    if (by === undefined) throw notAFloat();
    if (typeof by === "string") throw new ReplyError("ERR value is NaN or Infinity");
    const opened = openField(context, name, field);
    const before = parseLongDouble(opened.value ?? "0");
    if (before === undefined) throw new ReplyError("ERR hash value is not a float");
    const sum = addLongDouble(before, by);
    if (sum === undefined || typeof sum === "string") throw infiniteSum();
    const after = printLongDouble(sum);
    opened.hash.set(field, after, server.limits, { keepsDeadline: true });
    writeHash(context, name, opened);
    notify("hash", "hincrbyfloat", name);
    propagate("HSET", name, field, after);
    reply.bulk(after);
  },
});
