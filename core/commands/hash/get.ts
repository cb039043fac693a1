// Reading: HGET, HMGET, HSTRLEN, HEXISTS, HLEN, HGETALL, HKEYS, HVALS, HSCAN.
import type { Bytes } from "../../kernel/bytes.ts";
import { Hash, type HashEntry } from "../../types/hash.ts";
import { arg } from "../args.ts";
import { collectionScanArgs, runCollectionScan } from "../collection-scan.ts";
import { defineCommand, type CommandFacts } from "../command.ts";
import type { CommandContext } from "../context.ts";
import { key } from "../keys.ts";
import { readAs } from "../values.ts";
import { FieldReader, isLapsed } from "./fields.ts";

const facts = {
  group: "hash",
  since: "2.0.0",
  complexity: "O(1)",
  flags: ["readonly", "fast"],
  acl: ["hash"],
} as const satisfies Partial<CommandFacts>;

const oneField = [arg.key("key"), arg.string("field")] as const;

/** The value of one field, for reading. */
function readField(context: CommandContext, name: Bytes, field: Bytes): Bytes | undefined {
  const reader = new FieldReader(context, name, readAs(context, name, Hash));
  const value = reader.read(field);
  reader.tell();
  return value;
}

export const hget = defineCommand({
  ...facts,
  name: "HGET",
  arity: 3,
  summary: "Replies the value of a field of a hash.",
  keys: [key.at(1, "RO", "ACCESS")],
  args: oneField,
  run: (context, { key: name, field }) => context.reply.bulkOrNull(readField(context, name, field)),
});

export const hstrlen = defineCommand({
  ...facts,
  name: "HSTRLEN",
  since: "3.2.0",
  arity: 3,
  summary: "Replies the length of the value of a field of a hash.",
  keys: [key.at(1, "RO")],
  args: oneField,
  run: (context, { key: name, field }) => context.reply.integer(readField(context, name, field)?.length ?? 0),
});

export const hexists = defineCommand({
  ...facts,
  name: "HEXISTS",
  arity: 3,
  summary: "Says whether a hash has a field.",
  keys: [key.at(1, "RO")],
  args: oneField,
  run: (context, { key: name, field }) => context.reply.integer(readField(context, name, field) === undefined ? 0 : 1),
});

export const hmget = defineCommand({
  ...facts,
  name: "HMGET",
  arity: -3,
  summary: "Replies the values of several fields of a hash.",
  complexity: "O(N) for N fields",
  keys: [key.at(1, "RO", "ACCESS")],
  args: [arg.key("key"), arg.multiple(arg.string("field"))],
  run(context, { key: name, field: fields }) {
    const { db, reply, notify } = context;
    const reader = new FieldReader(context, name, readAs(context, name, Hash));
    reply.array(fields.length);
    for (const field of fields) reply.bulkOrNull(reader.read(field));
    // Redis's own way: it speaks of fields that are hidden too, and is silent where the first to lapse was the last there was.
    if (reader.tookLapsed) db.touch(name);
    if (reader.metLapsed) notify("hash", "hexpired", name);
    if (reader.metLapsed && reader.ended) notify("generic", "del", name);
  },
});

export const hlen = defineCommand({
  ...facts,
  name: "HLEN",
  arity: 2,
  summary: "Counts the fields of a hash.",
  keys: [key.at(1, "RO")],
  args: [arg.key("key")],
  run: (context, { key: name }) => context.reply.integer(readAs(context, name, Hash)?.length ?? 0),
});

const allFacts = {
  ...facts,
  arity: 2,
  complexity: "O(N) for N fields",
  flags: ["readonly"],
  tips: ["nondeterministic_output_order"],
  keys: [key.at(1, "RO", "ACCESS")],
  args: [arg.key("key")],
} as const;

/** The fields whose time is not over; lapsed ones stay where they are. */
function readAll(context: CommandContext, name: Bytes): HashEntry[] {
  const entries = readAs(context, name, Hash)?.entries() ?? [];
  return [...entries].filter(({ deadline }) => !isLapsed(deadline, context));
}

export const hgetall = defineCommand({
  ...allFacts,
  name: "HGETALL",
  summary: "Replies the fields of a hash with their values.",
  run(context, { key: name }) {
    const { reply } = context;
    const entries = readAll(context, name);
    reply.map(entries.length);
    for (const { field, value } of entries) {
      reply.bulk(field);
      reply.bulk(value);
    }
  },
});

export const hkeys = defineCommand({
  ...allFacts,
  name: "HKEYS",
  summary: "Replies the fields of a hash.",
  run: (context, { key: name }) => context.reply.bulks(readAll(context, name).map(({ field }) => field)),
});

export const hvals = defineCommand({
  ...allFacts,
  name: "HVALS",
  summary: "Replies the values of a hash.",
  run: (context, { key: name }) => context.reply.bulks(readAll(context, name).map(({ value }) => value)),
});

export const hscan = defineCommand({
  ...facts,
  name: "HSCAN",
  since: "2.8.0",
  arity: -3,
  summary: "Goes over the fields of a hash, a few at a time.",
  complexity: "O(1) a call, O(N) for all N fields",
  flags: ["readonly"],
  tips: ["nondeterministic_output"],
  keys: [key.at(1, "RO", "ACCESS")],
  args: [
    ...collectionScanArgs,
    arg.optional(arg.token("novalues", "NOVALUES", { since: { redis: "7.4.0", valkey: "8.0.0" }, sinceShown: {} })),
  ],
  ignoresArguments: true,
  run(context) {
    runCollectionScan(context, Hash, {
      namesOnly: ({ can }) => (can.scansWithoutValues ? "NOVALUES" : undefined),
      step(hash, cursor, { count }) {
        const entries: { name: Bytes; beside: readonly Bytes[] }[] = [];
        const next = hash.scan(cursor, count, ({ field, value, deadline }) => {
          if (!isLapsed(deadline, context)) entries.push({ name: field, beside: [value] });
        });
        return { next, entries };
      },
    });
  },
});
