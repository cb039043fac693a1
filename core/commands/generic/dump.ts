// Values as bytes that another server takes: DUMP, RESTORE.
import { equalIgnoringCase, type Bytes } from "../../kernel/bytes.ts";
import { fitInt64, type Int64 } from "../../kernel/integers.ts";
import { ReplyError, syntaxError } from "../../resp/errors.ts";
import { arg } from "../args.ts";
import { defineCommand, type CommandFacts } from "../command.ts";
import type { CommandContext } from "../context.ts";
import { key } from "../keys.ts";
import { readInt64 } from "../numbers.ts";

const facts = {
  group: "generic",
  since: "2.6.0",
  acl: ["keyspace"],
} as const satisfies Partial<CommandFacts>;

export const dump = defineCommand({
  ...facts,
  name: "DUMP",
  arity: 2,
  summary: "Replies the value at a key in a form that RESTORE takes.",
  complexity: "O(N) for N bytes of the value",
  flags: ["readonly"],
  tips: ["nondeterministic_output"],
  keys: [key.at(1, "RO", "ACCESS")],
  args: [arg.key("key")],
  run({ db, reply, server }, { key: name }) {
    const value = db.read(name);
    if (value === undefined) reply.null();
    else reply.bulk(server.persistence.dump(value));
  },
});

interface RestoreOptions {
  readonly replace: boolean;
  readonly absolute: boolean;
  readonly usage: { readonly idleSeconds: number } | { readonly frequency: number } | undefined;
}

/** Read before the TTL is, as cluster.c: restoreCommand does. */
function readOptions(words: readonly Bytes[]): RestoreOptions {
  let replace = false;
  let absolute = false;
  let idle: number | undefined;
  let frequency: number | undefined;
  for (let i = 0; i < words.length; i++) {
    const is = (token: Bytes): boolean => equalIgnoringCase(words[i]!, token);
    const value = words[i + 1];
    if (is("REPLACE")) replace = true;
    else if (is("ABSTTL")) absolute = true;
    else if (is("IDLETIME") && value !== undefined && frequency === undefined) {
      idle = Number(readInt64(value));
      if (idle < 0) throw new ReplyError("ERR Invalid IDLETIME value, must be >= 0");
      i++;
    } else if (is("FREQ") && value !== undefined && idle === undefined) {
      frequency = Number(readInt64(value));
      if (frequency < 0 || frequency > 255) throw new ReplyError("ERR Invalid FREQ value, must be >= 0 and <= 255");
      i++;
    } else throw syntaxError();
  }
  const usage = idle === undefined ? (frequency === undefined ? undefined : { frequency }) : { idleSeconds: idle };
  return { replace, absolute, usage };
}

const restoreParts = {
  arity: -4,
  complexity: "O(N) for N bytes of the value",
  flags: ["write", "denyoom"],
  acl: ["keyspace", "dangerous"],
  keys: [key.at(1, "OW", "UPDATE")],
  args: [
    arg.key("key"),
    arg.lateInteger("ttl"),
    arg.string("serialized-value"),
    arg.optional(arg.token("replace", "REPLACE", { since: "3.0.0" })),
    arg.optional(arg.token("absttl", "ABSTTL", { since: "5.0.0" })),
    arg.optional(arg.lateInteger("seconds", { token: "IDLETIME", since: "5.0.0" })),
    arg.optional(arg.lateInteger("frequency", { token: "FREQ", since: "5.0.0" })),
  ],
  ignoresArguments: true,
} as const;

export const restore = defineCommand({
  ...facts,
  ...restoreParts,
  name: "RESTORE",
  summary: "Makes a key of what DUMP replied.",
  run: restoreKey,
});

/** What MIGRATE sends to a node that a slot is being moved to. */
export const restoreAsking = defineCommand({
  ...facts,
  ...restoreParts,
  name: "RESTORE-ASKING",
  group: "server",
  since: "3.0.0",
  summary: "RESTORE, as MIGRATE sends it within a cluster.",
  flags: ["write", "denyoom", "asking"],
  docFlags: ["syscmd"],
  run: restoreKey,
});

function restoreKey(context: CommandContext): void {
  const { argv, db, reply, notify, propagate, server } = context;
  const [, name = "", ttlText = "", payload = "", ...words] = argv;
  const { replace, absolute, usage } = readOptions(words);
  if (!replace && db.has(name)) throw new ReplyError("BUSYKEY Target key name already exists.");
  const deadline = readDeadline(context, ttlText, absolute);
  const value = server.persistence.restore(payload, context.client);
  const deleted = db.delete(name);
  if (deadline !== undefined && deadline <= context.now && !server.importMode) {
    if (deleted) {
      notify("generic", "del", name);
      propagate(server.deletion("server"), name);
    }
    reply.ok();
    return;
  }
  db.set(name, value);
  if (deadline !== undefined) db.setDeadline(name, deadline);
  if (usage !== undefined) db.setUsage(name, usage);
  if (deadline !== undefined && !absolute) {
    propagate("RESTORE", name, String(deadline), payload, ...words, "ABSTTL");
  } else propagate.verbatim();
  notify("generic", "restore", name);
  reply.ok();
}

function readDeadline({ now }: CommandContext, text: Bytes, absolute: boolean): Int64 | undefined {
  const ttl = readInt64(text);
  if (ttl < 0) throw new ReplyError("ERR Invalid TTL value, must be >= 0");
  if (ttl === 0) return undefined;
  // What 64 bits do not hold wraps, and is long past.
  return absolute ? ttl : fitInt64(BigInt.asIntN(64, BigInt(ttl) + BigInt(now)));
}
