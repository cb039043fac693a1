// Removing and counting keys: DEL, UNLINK, EXISTS, TOUCH.
import { arg } from "../args.ts";
import { defineCommand, type CommandFacts } from "../command.ts";
import type { CommandContext } from "../context.ts";
import { key } from "../keys.ts";
import type { Bytes } from "../../kernel/bytes.ts";

const facts = {
  group: "generic",
  arity: -2,
  acl: ["keyspace"],
  tips: ["request_policy:multi_shard", "response_policy:agg_sum"],
} as const satisfies Partial<CommandFacts>;

const keys = [arg.multiple(arg.key("key"))] as const;

export const del = defineCommand({
  ...facts,
  name: "DEL",
  since: "1.0.0",
  summary: "Deletes keys.",
  complexity: "O(N) for N keys, plus the elements of what they held",
  flags: ["write"],
  keys: [key.range(1, { lastKey: -1 }, "RM", "DELETE")],
  args: keys,
  run: deleteKeys,
});

export const unlink = defineCommand({
  ...facts,
  name: "UNLINK",
  since: "4.0.0",
  summary: "Deletes keys; a real server frees their memory in the background.",
  complexity: "O(1) a key",
  flags: ["write", "fast"],
  keys: [key.range(1, { lastKey: -1 }, "RM", "DELETE")],
  args: keys,
  run: deleteKeys,
});

function deleteKeys({ db, reply, notify, propagate }: CommandContext, given: { key: readonly Bytes[] }): void {
  let deleted = 0;
  for (const name of given.key) {
    if (!db.has(name)) continue;
    db.delete(name);
    notify("generic", "del", name);
    deleted++;
  }
  if (deleted > 0) propagate.verbatim(deleted);
  reply.integer(deleted);
}

export const existsCommand = defineCommand({
  ...facts,
  name: "EXISTS",
  since: "1.0.0",
  summary: "Counts how many of the keys exist; a key given twice counts twice.",
  complexity: "O(N) for N keys",
  flags: ["readonly", "fast"],
  keys: [key.range(1, { lastKey: -1 }, "RO")],
  args: keys,
  run({ db, reply }, given) {
    reply.integer(given.key.filter((name) => db.readUntouched(name) !== undefined).length);
  },
});

export const touch = defineCommand({
  ...facts,
  name: "TOUCH",
  since: "3.2.1",
  summary: "Marks keys as used just now and counts those that exist.",
  complexity: "O(N) for N keys",
  flags: ["readonly", "fast"],
  keys: [key.range(1, { lastKey: -1 }, "RO")],
  args: keys,
  run({ db, reply }, given) {
    reply.integer(given.key.filter((name) => db.read(name) !== undefined).length);
  },
});
