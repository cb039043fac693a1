// Taking a key elsewhere: RENAME, RENAMENX, MOVE, COPY (db.c).
import { equalIgnoringCase, type Bytes } from "../../kernel/bytes.ts";
import { copyValue } from "../../keyspace/value.ts";
import type { Database } from "../../keyspace/database.ts";
import { dbOutOfRange, notInCluster, noSuchKey, sameObject, syntaxError } from "../../resp/errors.ts";
import { arg } from "../args.ts";
import { defineCommand } from "../command.ts";
import type { CommandContext } from "../context.ts";
import { key } from "../keys.ts";
import { readInt } from "../numbers.ts";

export const rename = defineCommand({
  name: "RENAME",
  group: "generic",
  since: "1.0.0",
  arity: 3,
  summary: "Renames a key; one that has the new name already is replaced.",
  complexity: "O(1), plus deleting what is replaced",
  flags: ["write"],
  acl: ["keyspace"],
  keys: [key.at(1, "RW", "ACCESS", "DELETE"), key.at(2, "OW", "UPDATE")],
  args: [arg.key("key"), arg.key("newkey", { keySpec: 1 })],
  run(context, { key: from, newkey: to }) {
    renameKey(context, { from, to, overwrite: true });
    context.reply.ok();
  },
});

export const renamenx = defineCommand({
  name: "RENAMENX",
  group: "generic",
  since: "1.0.0",
  arity: 3,
  summary: "Renames a key if none has the new name.",
  complexity: "O(1)",
  flags: ["write", "fast"],
  acl: ["keyspace"],
  keys: [key.at(1, "RW", "ACCESS", "DELETE"), key.at(2, "OW", "INSERT")],
  args: [arg.key("key"), arg.key("newkey", { keySpec: 1 })],
  run(context, { key: from, newkey: to }) {
    context.reply.integer(renameKey(context, { from, to, overwrite: false }) ? 1 : 0);
  },
});

function renameKey(
  { db, notify, propagate }: CommandContext,
  { from, to, overwrite }: { from: Bytes; to: Bytes; overwrite: boolean },
): boolean {
  const value = db.peek(from);
  if (value === undefined) throw noSuchKey();
  if (from === to) return false;
  if (db.has(to)) {
    if (!overwrite) return false;
    db.remove(to);
  }
  const deadline = db.deadline(from);
  const taken = db.taken(from);
  db.delete(from);
  db.set(to, taken);
  if (deadline !== undefined) db.setDeadline(to, deadline);
  notify("generic", "rename_from", from);
  notify("generic", "rename_to", to);
  propagate.verbatim();
  return true;
}

export const move = defineCommand({
  name: "MOVE",
  group: "generic",
  since: "1.0.0",
  arity: 3,
  summary: "Moves a key to another database.",
  complexity: "O(1)",
  flags: ["write", "fast"],
  acl: ["keyspace"],
  keys: [key.at(1, "RW", "ACCESS", "UPDATE")],
  args: [arg.key("key"), arg.lateInteger("db")],
  run(context, { key: name, db: number }) {
    const { db, server, reply, notify, propagate } = context;
    if (server.cluster !== undefined) throw notInCluster("MOVE is");
    const target = database(context, readInt(number));
    if (target === db) throw sameObject();
    server.incompatible();
    const value = db.peek(name);
    if (value === undefined || target.has(name)) {
      reply.integer(0);
      return;
    }
    const deadline = db.deadline(name);
    target.set(name, db.taken(name));
    if (deadline !== undefined) target.setDeadline(name, deadline);
    db.delete(name);
    notify("generic", "move_from", name);
    notify("generic", "move_to", name, target.index);
    propagate.verbatim();
    reply.integer(1);
  },
});

export const copy = defineCommand({
  name: "COPY",
  group: "generic",
  since: "6.2.0",
  arity: -3,
  summary: "Copies the value and the deadline of a key to another key.",
  complexity: "O(N) for N elements; O(1) for a string",
  flags: ["write", "denyoom"],
  acl: ["keyspace"],
  keys: [key.at(1, "RO", "ACCESS"), key.at(2, "OW", "UPDATE")],
  args: [
    arg.key("source"),
    arg.key("destination", { keySpec: 1 }),
    arg.optional(arg.lateInteger("destination-db", { token: "DB" })),
    arg.optional(arg.token("replace", "REPLACE")),
  ],
  ignoresArguments: true,
  run(context) {
    const { db, server, reply, notify, propagate } = context;
    const source = context.argv[1]!;
    const destination = context.argv[2]!;
    const { target, replace } = copyOptions(context);
    if (server.cluster !== undefined && target.index !== 0) throw notInCluster("Copying to another database is");
    if (target === db && source === destination) throw sameObject();
    if (db.index !== 0 || target.index !== 0) server.incompatible();
    const value = db.read(source);
    if (value === undefined || (target.has(destination) && !replace)) {
      reply.integer(0);
      return;
    }
    const deadline = db.deadline(source);
    const copied = copyValue(db.taken(source), server.limits);
    target.delete(destination);
    target.set(destination, copied);
    if (deadline !== undefined) target.setDeadline(destination, deadline);
    notify("generic", "copy_to", destination, target.index);
    propagate.verbatim();
    reply.integer(1);
  },
});

/** Each DB is looked up where it stands: one that is missing comes before a syntax error behind it. */
function copyOptions(context: CommandContext): { readonly target: Database; readonly replace: boolean } {
  const { argv } = context;
  let target = context.db;
  let replace = false;
  for (let at = 3; at < argv.length; at++) {
    const word = argv[at]!;
    if (equalIgnoringCase(word, "REPLACE")) replace = true;
    else if (equalIgnoringCase(word, "DB") && at + 1 < argv.length) target = database(context, readInt(argv[++at]!));
    else throw syntaxError();
  }
  return { target, replace };
}

function database({ server }: CommandContext, number: number): Database {
  const found = server.databases[number];
  if (found === undefined) throw dbOutOfRange();
  return found;
}
