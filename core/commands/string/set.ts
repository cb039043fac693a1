// Writing strings: SET and its older forms, MSET, MSETNX, APPEND, SETRANGE.
import { equalIgnoringCase, type Bytes } from "../../kernel/bytes.ts";
import type { Int64 } from "../../kernel/integers.ts";
import { ReplyError, wrongArity } from "../../resp/errors.ts";
import { stringBytes, stringWrite } from "../../types/string-value.ts";
import { arg } from "../args.ts";
import { defineCommand } from "../command.ts";
import type { CommandContext } from "../context.ts";
import { expirationDeadline, expirationTimes, expireNow, isOver } from "../expiration.ts";
import { key } from "../keys.ts";
import { readPosition } from "../numbers.ts";
import { replyString } from "./get.ts";
import { checkStringLength, peekString } from "./string-values.ts";

/** Valkey documents the release of each condition, Redis that of the whole choice. */
const conditions = [
  arg.token("nx", "NX", { sinceShown: { valkey: "2.6.12" } }),
  arg.token("xx", "XX", { sinceShown: { valkey: "2.6.12" } }),
  arg.string("comparison-value", {
    token: "IFEQ",
    since: { valkey: "8.1.0" },
    onlyOnce: true,
    summary: "Sets only if the key holds exactly this value.",
  }),
] as const;

export const set = defineCommand({
  name: "SET",
  group: "string",
  since: "1.0.0",
  arity: -3,
  summary: "Sets the string at a key, whatever was there before.",
  complexity: "O(1)",
  flags: ["write", "denyoom"],
  acl: ["string"],
  keys: [
    {
      ...key.at(1, "RW", "ACCESS", "UPDATE", "variable_flags"),
      notes: "RW and ACCESS due to the optional `GET` argument",
      flagsOf: (argv) =>
        argv.slice(3).some((word) => equalIgnoringCase(word, "GET")) ? ["RW", "ACCESS", "UPDATE"] : ["OW", "UPDATE"],
    },
  ],
  args: [
    arg.key("key"),
    arg.string("value"),
    arg.optional(arg.oneOf("condition", conditions, { sinceShown: { redis: "2.6.12" } })),
    arg.optional(arg.token("get", "GET", { since: "6.2.0" })),
    arg.optional(
      arg.oneOf("expiration", [
        ...expirationTimes({ relative: "2.6.12", absolute: "6.2.0" }),
        arg.token("keepttl", "KEEPTTL", { since: "6.0.0" }),
      ]),
    ),
  ],
  run(context, { key: name, value, condition, get, expiration }) {
    const { argv, profile, reply, propagate } = context;
    const deadline =
      expiration === undefined || expiration.is === "keepttl" ? undefined : expirationDeadline(expiration, context);
    const keepTtl = expiration?.is === "keepttl";
    if (get) replyString(context, name);
    if (condition !== undefined && !conditionHolds(context, name, condition)) {
      if (!get) reply.null();
      return;
    }
    const asSent = expiration?.is === "unix-time-milliseconds" && profile.can.sendsSetAsSent;
    store(context, name, value, { deadline, keepTtl, asSent });
    if (deadline === undefined) {
      if (get) propagate(...argv.filter((word, i) => i < 3 || !equalIgnoringCase(word, "GET")));
      else propagate.verbatim();
    }
    if (!get) reply.ok();
  },
});

type Condition =
  | { readonly is: "nx" | "xx"; readonly value: true }
  | { readonly is: "comparison-value"; readonly value: Bytes };

function conditionHolds(context: CommandContext, name: Bytes, condition: Condition): boolean {
  switch (condition.is) {
    case "nx":
      return !context.db.has(name);
    case "xx":
      return context.db.has(name);
    case "comparison-value": {
      const found = peekString(context, name);
      return found !== undefined && found.length === condition.value.length && stringBytes(found) === condition.value;
    }
  }
}

interface StoreOptions {
  readonly deadline?: Int64 | undefined;
  readonly keepTtl?: boolean;
  /** The deadline was given as it travels. */
  readonly asSent?: boolean;
}

/** Sets the value, then the deadline, with the events of both; a deadline travels as PXAT. One that is past may leave nothing. */
function store(
  context: CommandContext,
  name: Bytes,
  value: Bytes,
  { deadline, keepTtl = false, asSent = false }: StoreOptions = {},
): void {
  const { db, notify, propagate } = context;
  if (deadline !== undefined && isOver(deadline, context)) {
    if (db.has(name)) expireNow(context, name);
    return;
  }
  if (keepTtl) db.replace(name, value);
  else db.set(name, value);
  notify("string", "set", name);
  if (deadline === undefined) return;
  db.setDeadline(name, deadline);
  if (asSent) propagate.verbatim();
  else propagate("SET", name, value, "PXAT", String(deadline));
  notify("generic", "expire", name);
}

export const setex = defineCommand({
  name: "SETEX",
  group: "string",
  since: "2.0.0",
  arity: 4,
  summary: "Sets a string with a time to live in seconds.",
  complexity: "O(1)",
  flags: ["write", "denyoom"],
  acl: ["string"],
  deprecated: { since: "2.6.12", replacedBy: "`SET` with the `EX` argument" },
  in: { "redis-7.0": { deprecated: undefined } },
  keys: [key.at(1, "OW", "UPDATE")],
  args: [arg.key("key"), arg.lateInteger("seconds"), arg.string("value")],
  run(context, { key: name, seconds, value }) {
    store(context, name, value, { deadline: expirationDeadline({ is: "seconds", value: seconds }, context) });
    context.reply.ok();
  },
});

export const psetex = defineCommand({
  name: "PSETEX",
  group: "string",
  since: "2.6.0",
  arity: 4,
  summary: "Sets a string with a time to live in milliseconds.",
  complexity: "O(1)",
  flags: ["write", "denyoom"],
  acl: ["string"],
  deprecated: { since: "2.6.12", replacedBy: "`SET` with the `PX` argument" },
  in: { "redis-7.0": { deprecated: undefined } },
  keys: [key.at(1, "OW", "UPDATE")],
  args: [arg.key("key"), arg.lateInteger("milliseconds"), arg.string("value")],
  run(context, { key: name, milliseconds, value }) {
    store(context, name, value, { deadline: expirationDeadline({ is: "milliseconds", value: milliseconds }, context) });
    context.reply.ok();
  },
});

export const setnx = defineCommand({
  name: "SETNX",
  group: "string",
  since: "1.0.0",
  arity: 3,
  summary: "Sets a string where the key does not exist.",
  complexity: "O(1)",
  flags: ["write", "denyoom", "fast"],
  acl: ["string"],
  deprecated: { since: "2.6.12", replacedBy: "`SET` with the `NX` argument" },
  in: { "redis-7.0": { deprecated: undefined } },
  keys: [key.at(1, "OW", "INSERT")],
  args: [arg.key("key"), arg.string("value")],
  run(context, { key: name, value }) {
    const { db, reply, propagate } = context;
    if (db.has(name)) {
      reply.integer(0);
      return;
    }
    store(context, name, value);
    propagate.verbatim();
    reply.integer(1);
  },
});

const pairs = arg.multiple(arg.block("data", [arg.key("key"), arg.string("value")], { name70: "key_value" }));

export const mset = defineCommand({
  name: "MSET",
  group: "string",
  since: "1.0.1",
  arity: -3,
  summary: "Sets several strings at once.",
  complexity: "O(N) for N keys",
  flags: ["write", "denyoom"],
  acl: ["string"],
  tips: ["request_policy:multi_shard", "response_policy:all_succeeded"],
  keys: [key.range(1, { lastKey: -1, step: 2 }, "OW", "UPDATE")],
  args: [pairs],
  ignoresArguments: true,
  run(context) {
    refuseHalfPair(context);
    storePairs(context);
    context.reply.ok();
  },
});

export const msetnx = defineCommand({
  name: "MSETNX",
  group: "string",
  since: "1.0.1",
  arity: -3,
  summary: "Sets several strings at once, if none of the keys exists.",
  complexity: "O(N) for N keys",
  flags: ["write", "denyoom"],
  acl: ["string"],
  in: { "redis-7.0": { tips: ["request_policy:multi_shard", "response_policy:agg_min"] } },
  keys: [key.range(1, { lastKey: -1, step: 2 }, "OW", "INSERT")],
  args: [pairs],
  ignoresArguments: true,
  run(context) {
    const { argv, db, reply } = context;
    refuseHalfPair(context);
    if (argv.some((name, i) => i % 2 === 1 && db.has(name))) {
      reply.integer(0);
      return;
    }
    storePairs(context);
    reply.integer(1);
  },
});

function refuseHalfPair({ argv, commandName }: CommandContext): void {
  if (argv.length % 2 === 0) throw wrongArity(commandName);
}

/** Sets what follows the command's name, pair by pair. */
function storePairs(context: CommandContext): void {
  const { argv, propagate } = context;
  for (let i = 1; i < argv.length; i += 2) store(context, argv[i]!, argv[i + 1]!);
  propagate.verbatim((argv.length - 1) / 2);
}

export const append = defineCommand({
  name: "APPEND",
  group: "string",
  since: "2.0.0",
  arity: 3,
  summary: "Appends to the string at a key.",
  complexity: "O(1) amortized",
  flags: ["write", "denyoom", "fast"],
  acl: ["string"],
  keys: [key.at(1, "RW", "INSERT")],
  args: [arg.key("key"), arg.string("value")],
  run(context, { key: name, value }) {
    const { db, reply, notify, propagate } = context;
    const before = peekString(context, name);
    checkStringLength(context, (before?.length ?? 0) + value.length);
    const after = before === undefined ? value : stringWrite(before, before.length, value);
    db.replace(name, after);
    notify("string", "append", name);
    propagate.verbatim();
    reply.integer(after.length);
  },
});

export const setrange = defineCommand({
  name: "SETRANGE",
  group: "string",
  since: "2.2.0",
  arity: 4,
  summary: "Overwrites a part of the string at a key, from an offset on.",
  complexity: "O(M) for M bytes written",
  flags: ["write", "denyoom"],
  acl: ["string"],
  keys: [key.at(1, "RW", "UPDATE")],
  args: [arg.key("key"), arg.lateInteger("offset"), arg.string("value")],
  run(context, { key: name, offset: offsetText, value }) {
    const { db, reply, notify, propagate } = context;
    const offset = readPosition(offsetText);
    if (offset < 0) throw new ReplyError("ERR offset is out of range");
    const before = peekString(context, name) ?? "";
    if (value.length === 0) {
      reply.integer(before.length);
      return;
    }
    checkStringLength(context, offset + value.length);
    const after = stringWrite(before, offset, value);
    db.replace(name, after);
    notify("string", "setrange", name);
    propagate.verbatim();
    reply.integer(after.length);
  },
});
