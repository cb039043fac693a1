// Writing and deleting fields: HSET, HMSET, HSETNX, HDEL.
import { wrongArity } from "../../resp/errors.ts";
import { Hash } from "../../types/hash.ts";
import { arg } from "../args.ts";
import { defineCommand, type CommandFacts } from "../command.ts";
import type { CommandContext } from "../context.ts";
import { key } from "../keys.ts";
import { writeAs } from "../values.ts";
import { fieldsDeleted, openField, writeHash } from "./fields.ts";

const facts = {
  group: "hash",
  since: "2.0.0",
  arity: -4,
  complexity: "O(1) a field",
  flags: ["write", "denyoom", "fast"],
  acl: ["hash"],
  keys: [key.at(1, "RW", "UPDATE")],
} as const satisfies Partial<CommandFacts>;

const fieldsAndValues = [
  arg.key("key"),
  arg.multiple(arg.block("data", [arg.string("field"), arg.string("value")], { name70: "field_value" })),
] as const;

export const hset = defineCommand({
  ...facts,
  name: "HSET",
  summary: "Sets fields of a hash, and tells how many are new.",
  args: fieldsAndValues,
  ignoresArguments: true,
  run: (context) => context.reply.integer(setFields(context)),
});

export const hmset = defineCommand({
  ...facts,
  name: "HMSET",
  summary: "Sets fields of a hash.",
  deprecated: { since: "4.0.0", replacedBy: "`HSET` with multiple field-value pairs" },
  args: fieldsAndValues,
  ignoresArguments: true,
  run(context) {
    setFields(context);
    context.reply.ok();
  },
});

/** Sets what follows the key, pair by pair, and counts what is new. */
function setFields(context: CommandContext): number {
  const { argv, commandName, notify, propagate, server } = context;
  if (argv.length % 2 === 1) throw wrongArity(commandName);
  const name = argv[1]!;
  const words = argv.slice(2);
  const found = writeAs(context, name, Hash);
  const hash = found ?? new Hash();
  hash.expect(words, server.limits);
  let added = 0;
  for (let i = 0; i < words.length; i += 2) if (hash.set(words[i]!, words[i + 1]!, server.limits)) added++;
  writeHash(context, name, { hash, isNew: found === undefined });
  notify("hash", "hset", name);
  propagate.verbatim(words.length / 2);
  return added;
}

export const hsetnx = defineCommand({
  ...facts,
  name: "HSETNX",
  arity: 4,
  summary: "Sets a field of a hash if it is not there.",
  complexity: "O(1)",
  keys: [key.at(1, "RW", "INSERT")],
  args: [arg.key("key"), arg.string("field"), arg.string("value")],
  run(context, { key: name, field, value }) {
    const { reply, notify, propagate, server } = context;
    const opened = openField(context, name, field);
    if (opened.value !== undefined) {
      reply.integer(0);
      return;
    }
    opened.hash.set(field, value, server.limits);
    writeHash(context, name, opened);
    notify("hash", "hset", name);
    propagate.verbatim();
    reply.integer(1);
  },
});

export const hdel = defineCommand({
  ...facts,
  name: "HDEL",
  arity: -3,
  summary: "Deletes fields of a hash; a hash without fields is gone.",
  flags: ["write", "fast"],
  keys: [key.at(1, "RW", "DELETE")],
  args: [arg.key("key"), arg.multiple(arg.string("field"))],
  run(context, { key: name, field: fields }) {
    const { reply, propagate } = context;
    const hash = writeAs(context, name, Hash);
    const hadDeadlines = hash?.nextDeadline !== undefined;
    const deleted = fields.filter((field) => hash?.delete(field)).length;
    if (deleted > 0) {
      fieldsDeleted(context, name, { hash: hash!, hadDeadlines });
      propagate.verbatim(deleted);
    }
    reply.integer(deleted);
  },
});
