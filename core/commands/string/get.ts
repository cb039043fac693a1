// Reading strings: GET, MGET, STRLEN, GETRANGE and SUBSTR, and the readers that also write: GETDEL, GETEX, GETSET.
import type { Bytes } from "../../kernel/bytes.ts";
import { arg } from "../args.ts";
import { defineCommand, type CommandFacts } from "../command.ts";
import type { CommandContext } from "../context.ts";
import { expirationDeadline, expirationTimes, giveDeadline } from "../expiration.ts";
import { key } from "../keys.ts";
import { readPosition } from "../numbers.ts";
import { isString } from "../values.ts";
import { readString, replyValue } from "./string-values.ts";

export const get = defineCommand({
  name: "GET",
  group: "string",
  since: "1.0.0",
  arity: 2,
  summary: "Replies the string at a key.",
  complexity: "O(1)",
  flags: ["readonly", "fast"],
  acl: ["string"],
  keys: [key.at(1, "RO", "ACCESS")],
  args: [arg.key("key")],
  run(context, { key: name }) {
    replyString(context, name);
  },
});

/** Replies the string at a key; false when there was none. */
export function replyString(context: CommandContext, name: Bytes): boolean {
  const value = readString(context, name);
  replyValue(context.reply, value);
  return value !== undefined;
}

export const mget = defineCommand({
  name: "MGET",
  group: "string",
  since: "1.0.0",
  arity: -2,
  summary: "Replies the strings at several keys.",
  complexity: "O(N) for N keys",
  flags: ["readonly", "fast"],
  acl: ["string"],
  tips: ["request_policy:multi_shard"],
  keys: [key.range(1, { lastKey: -1 }, "RO", "ACCESS")],
  args: [arg.multiple(arg.key("key"))],
  run({ db, reply }, { key: names }) {
    reply.array(names.length);
    for (const name of names) {
      const value = db.read(name);
      replyValue(reply, isString(value) ? value : undefined);
    }
  },
});

export const strlen = defineCommand({
  name: "STRLEN",
  group: "string",
  since: "2.2.0",
  arity: 2,
  summary: "Replies the length of the string at a key, in bytes.",
  complexity: "O(1)",
  flags: ["readonly", "fast"],
  acl: ["string"],
  keys: [key.at(1, "RO")],
  args: [arg.key("key")],
  run(context, { key: name }) {
    context.reply.integer(readString(context, name)?.length ?? 0);
  },
});

const rangeFacts = {
  group: "string",
  arity: 4,
  complexity: "O(N) for N bytes of the range",
  flags: ["readonly"],
  acl: ["string"],
  keys: [key.at(1, "RO", "ACCESS")],
} as const satisfies Partial<CommandFacts>;

const rangeArguments = [arg.key("key"), arg.lateInteger("start"), arg.lateInteger("end")] as const;

export const getrange = defineCommand({
  ...rangeFacts,
  name: "GETRANGE",
  since: "2.4.0",
  summary: "Replies a part of the string at a key.",
  args: rangeArguments,
  run: replyRange,
});

export const substr = defineCommand({
  ...rangeFacts,
  name: "SUBSTR",
  since: "1.0.0",
  summary: "Replies a part of the string at a key.",
  deprecated: { since: "2.0.0", replacedBy: "`GETRANGE`" },
  args: rangeArguments,
  run: replyRange,
});

/** Both ends are included; negative ones count from the end (t_string.c: getrangeCommand). */
function replyRange(context: CommandContext, given: { key: Bytes; start: Bytes; end: Bytes }): void {
  const start = readPosition(given.start);
  const end = readPosition(given.end);
  const value = readString(context, given.key) ?? "";
  const { length } = value;
  const from = Math.max(0, start < 0 ? length + start : start);
  const to = Math.min(length - 1, Math.max(0, end < 0 ? length + end : end));
  const empty = (start < 0 && end < 0 && start > end) || from > to;
  if (empty) context.reply.bulk("");
  else replyValue(context.reply, value, from, to + 1);
}

export const getdel = defineCommand({
  name: "GETDEL",
  group: "string",
  since: "6.2.0",
  arity: 2,
  summary: "Replies the string at a key and deletes the key.",
  complexity: "O(1)",
  flags: ["write", "fast"],
  acl: ["string"],
  keys: [key.at(1, "RW", "ACCESS", "DELETE")],
  args: [arg.key("key")],
  run(context, { key: name }) {
    if (!replyString(context, name)) return;
    const { db, notify, profile, propagate, server } = context;
    db.delete(name);
    propagate(profile.can.getdelInBackground ? server.deletion("user") : "DEL", name);
    notify("generic", "del", name);
  },
});

export const getex = defineCommand({
  name: "GETEX",
  group: "string",
  since: "6.2.0",
  arity: -2,
  summary: "Replies the string at a key and sets or removes the key's deadline.",
  complexity: "O(1)",
  flags: ["write", "fast"],
  acl: ["string"],
  keys: [{ ...key.at(1, "RW", "ACCESS", "UPDATE"), notes: "RW and UPDATE because it changes the TTL" }],
  args: [
    arg.key("key"),
    arg.optional(arg.oneOf("expiration", [...expirationTimes(), arg.token("persist", "PERSIST")])),
  ],
  run(context, { key: name, expiration }) {
    const { db, reply, notify, propagate } = context;
    const value = readString(context, name);
    if (value === undefined) {
      reply.null();
      return;
    }
    if (expiration === undefined) {
      replyValue(reply, value);
    } else if (expiration.is === "persist") {
      replyValue(reply, value);
      if (!db.persist(name)) return;
      db.touch(name);
      propagate("PERSIST", name);
      notify("generic", "persist", name);
    } else {
      const deadline = expirationDeadline(expiration, context);
      replyValue(reply, value);
      giveDeadline(context, { name, deadline });
    }
  },
});

export const getset = defineCommand({
  name: "GETSET",
  group: "string",
  since: "1.0.0",
  arity: 3,
  summary: "Replies the string at a key and puts another in its place.",
  complexity: "O(1)",
  flags: ["write", "denyoom", "fast"],
  acl: ["string"],
  deprecated: { since: "6.2.0", replacedBy: "`SET` with the `!GET` argument" },
  keys: [key.at(1, "RW", "ACCESS", "UPDATE")],
  args: [arg.key("key"), arg.string("value")],
  run(context, { key: name, value }) {
    replyString(context, name);
    context.db.set(name, value);
    context.propagate("SET", name, value);
    context.notify("string", "set", name);
  },
});
