// Fields and their deadlines at once: HGETDEL, HGETEX, HSETEX.
import { equalIgnoringCase, upper, type Bytes } from "../../kernel/bytes.ts";
import { printed, ReplyError, wrongArity } from "../../resp/errors.ts";
import { Hash } from "../../types/hash.ts";
import { arg } from "../args.ts";
import { defineCommand } from "../command.ts";
import type { CommandContext } from "../context.ts";
import { isPast, expirationTimes, type GivenExpiration } from "../expiration.ts";
import { key } from "../keys.ts";
import { readBetween } from "../numbers.ts";
import { removedFrom, writeAs } from "../values.ts";
import { FieldDating, givenFieldDeadline } from "./deadlines.ts";
import { fieldList, readFieldList } from "./field-list.ts";
import { FieldReader, fieldsDeleted, writeHash } from "./fields.ts";

const facts = {
  group: "hash",
  since: { redis: "8.0.0" },
  arity: -5,
  complexity: "O(N) for N fields",
  flags: ["write", "fast"],
  acl: ["hash"],
  ignoresArguments: true,
} as const;

export const hgetdel = defineCommand({
  ...facts,
  name: "HGETDEL",
  summary: "Replies the values of fields and deletes the fields.",
  keys: [key.at(1, "RW", "ACCESS", "DELETE")],
  args: [arg.key("key"), fieldList],
  run(context) {
    const { argv, reply, propagate } = context;
    const name = argv[1]!;
    const hash = writeAs(context, name, Hash);
    const fields = readFieldList(argv, 2);
    const hadDeadlines = hash?.nextDeadline !== undefined;
    const reader = new FieldReader(context, name, hash);
    let deleted = 0;
    reply.array(fields.length);
    for (const field of fields) {
      const value = reader.read(field);
      reply.bulkOrNull(value);
      if (value !== undefined && hash!.delete(field)) deleted++;
    }
    reader.tell();
    if (deleted === 0) return;
    fieldsDeleted(context, name, { hash: hash!, hadDeadlines });
    propagate("HDEL", name, ...fields);
    propagate.changed(deleted - 1);
  },
});

const TIMES: Readonly<Record<string, GivenExpiration["is"]>> = {
  EX: "seconds",
  PX: "milliseconds",
  EXAT: "unix-time-seconds",
  PXAT: "unix-time-milliseconds",
};

/** Which of the four ways to give a time a word is. */
function timeOf(word: Bytes): GivenExpiration["is"] | undefined {
  return TIMES[upper(word)];
}

export const hgetex = defineCommand({
  ...facts,
  name: "HGETEX",
  summary: "Replies the values of fields and sets or removes their deadlines.",
  keys: [{ ...key.at(1, "RW", "ACCESS", "UPDATE"), notes: "RW and UPDATE because it changes the TTL" }],
  args: [
    arg.key("key"),
    arg.optional(arg.oneOf("expiration", [...expirationTimes(), arg.token("persist", "PERSIST")])),
    fieldList,
  ],
  run(context) {
    const { argv, reply } = context;
    const name = argv[1]!;
    const hash = writeAs(context, name, Hash);
    const is = timeOf(argv[2]!);
    const persists = equalIgnoringCase(argv[2]!, "PERSIST");
    const deadline = is === undefined ? undefined : givenFieldDeadline({ is, value: argv[3]! }, context);
    const fields = readFieldList(argv, is !== undefined ? 4 : persists ? 3 : 2);
    reply.array(fields.length);
    if (hash === undefined) {
      for (const _field of fields) reply.null();
    } else if (deadline !== undefined) readAndDate(context, { name, hash, fields, deadline });
    else if (persists) readAndPersist(context, { name, hash, fields });
    else readAndKeep(context, { name, hash, fields });
  },
});

interface FieldsOfHash {
  readonly name: Bytes;
  readonly hash: Hash;
  readonly fields: readonly Bytes[];
}

/** Replies the values, hands on the fields that are there, and tells of those that were not any more. */
function replyValues(
  context: CommandContext,
  { name, hash, fields }: FieldsOfHash,
  found: (field: Bytes) => void,
): void {
  const reader = new FieldReader(context, name, hash);
  for (const field of fields) {
    const value = reader.read(field);
    context.reply.bulkOrNull(value);
    if (value !== undefined) found(field);
  }
  reader.tell();
}

function readAndKeep(context: CommandContext, given: FieldsOfHash): void {
  replyValues(context, given, () => {});
}

function readAndPersist(context: CommandContext, given: FieldsOfHash): void {
  const { db, notify, propagate } = context;
  const { name, hash, fields } = given;
  let persisted = 0;
  hash.expectDeadlines();
  replyValues(context, given, (field) => {
    if (hash.persist(field)) persisted++;
  });
  if (persisted === 0) return;
  db.touch(name);
  notify("hash", "hpersist", name);
  propagate("HPERSIST", name, "FIELDS", String(fields.length), ...fields);
  propagate.changed(persisted - 1);
}

function readAndDate(context: CommandContext, given: FieldsOfHash & { readonly deadline: number }): void {
  const { propagate } = context;
  const { name, fields, deadline } = given;
  const dating = new FieldDating(context, given);
  replyValues(context, given, (field) => dating.give(field));
  dating.done();
  if (dating.updated.length === 0) return;
  propagate("HPEXPIREAT", name, String(deadline), "FIELDS", String(fields.length), ...fields);
  propagate.changed(dating.updated.length - 1);
}

export const hsetex = defineCommand({
  ...facts,
  name: "HSETEX",
  arity: -6,
  summary: "Sets fields of a hash with their deadline, all or none.",
  flags: ["write", "denyoom", "fast"],
  keys: [key.at(1, "RW", "UPDATE")],
  args: [
    arg.key("key"),
    arg.optional(arg.oneOf("condition", [arg.token("fnx", "FNX"), arg.token("fxx", "FXX")])),
    arg.optional(arg.oneOf("expiration", [...expirationTimes(), arg.token("keepttl", "KEEPTTL")])),
    arg.block(
      "fields",
      [arg.lateInteger("numfields"), arg.multiple(arg.block("data", [arg.string("field"), arg.string("value")]))],
      { token: "FIELDS" },
    ),
  ],
  run(context) {
    const { argv, reply, notify, propagate, server } = context;
    const name = argv[1]!;
    const options = readOptions(context);
    const { words, deadline } = options;
    const found = writeAs(context, name, Hash);
    const hash = found ?? new Hash();
    if (!conditionHolds(context, { name, hash, options })) {
      if (found?.length === 0) removedFrom(context, name, hash);
      reply.integer(0);
      return;
    }
    hash.expect(words, server.limits);
    const keepsDeadline = options.keepsDeadline || deadline !== undefined;
    for (let i = 0; i < words.length; i += 2) hash.set(words[i]!, words[i + 1]!, server.limits, { keepsDeadline });
    writeHash(context, name, { hash, isNew: found === undefined });
    notify("hash", "hset", name);
    reply.integer(1);
    if (deadline !== undefined) dateAll(context, { name, hash, options, deadline });
    else propagate.verbatim(words.length / 2);
  },
});

interface SetOptions {
  readonly condition: "FNX" | "FXX" | undefined;
  readonly keepsDeadline: boolean;
  readonly deadline: number | undefined;
  /** The place of EX, PX, EXAT or PXAT in the request. */
  readonly timeAt: number;
  /** Fields and values, in turn. */
  readonly words: readonly Bytes[];
}

/** Options come in any order; FIELDS ends them. */
function readOptions(context: CommandContext): SetOptions {
  const { argv } = context;
  let condition: SetOptions["condition"];
  let keepsDeadline = false;
  let deadline: number | undefined;
  let timeAt = 0;
  for (let i = 2; ; i++) {
    const word = argv[i]!;
    const option = upper(word);
    const is = timeOf(word);
    if (option === "FIELDS") {
      return { condition, keepsDeadline, deadline, timeAt, words: readFieldsAndValues(context, i + 1) };
    } else if (option === "FNX" || option === "FXX") {
      if (condition) throw new ReplyError("ERR Only one of FXX or FNX arguments can be specified");
      condition = option;
    } else if (is !== undefined || option === "KEEPTTL") {
      if (keepsDeadline || deadline !== undefined) {
        throw new ReplyError("ERR Only one of EX, PX, EXAT, PXAT or KEEPTTL arguments can be specified");
      }
      keepsDeadline = is === undefined;
      if (is === undefined) continue;
      timeAt = i;
      deadline = givenFieldDeadline({ is, value: argv[++i]! }, context);
    } else throw new ReplyError(`ERR unknown argument: ${printed(word)}`);
  }
}

/** What one request can hold. */
const INT_MAX = 2147483647;

function readFieldsAndValues({ argv, commandName }: CommandContext, at: number): readonly Bytes[] {
  const words = argv.slice(at + 1);
  if (words.length < 2) throw wrongArity(commandName);
  const count = readBetween(argv[at]!, { min: 1, max: INT_MAX }, "ERR invalid number of fields");
  if (words.length !== 2 * count) throw wrongArity(commandName);
  return words;
}

/** FNX: none of the fields is there. FXX: all are. Lapsed ones that are come upon go, and nothing is said of it. */
function conditionHolds(
  context: CommandContext,
  { name, hash, options }: { name: Bytes; hash: Hash; options: SetOptions },
): boolean {
  const { condition, words } = options;
  if (condition === undefined) return true;
  const reader = new FieldReader(context, name, hash, { keepsHash: true });
  for (let i = 0; i < words.length; i += 2) {
    if ((reader.read(words[i]!) !== undefined) !== (condition === "FXX")) return false;
  }
  return true;
}

/** The deadline travels as an absolute time; fields that are over at once travel as deleted, each as often as it was given. */
function dateAll(
  context: CommandContext,
  { name, hash, options, deadline }: { name: Bytes; hash: Hash; options: SetOptions; deadline: number },
): void {
  const { argv, propagate } = context;
  const { words, timeAt } = options;
  const dating = new FieldDating(context, { name, hash, deadline });
  for (let i = 0; i < words.length; i += 2) {
    if (!isPast(deadline, context)) dating.give(words[i]!);
    else dating.expire(words[i]!);
  }
  dating.done();
  if (dating.updated.length === 0) return;
  propagate(...argv.slice(0, timeAt), "PXAT", String(deadline), ...argv.slice(timeAt + 2));
  propagate.changed(dating.updated.length - 1);
}
