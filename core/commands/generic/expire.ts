// Deadlines: EXPIRE and its three variants, PERSIST, and the readers TTL, PTTL, EXPIRETIME, PEXPIRETIME (expire.c).
import type { Bytes } from "../../kernel/bytes.ts";
import { fitInt64, subtractInt64, type Int64 } from "../../kernel/integers.ts";
import { printed, ReplyError } from "../../resp/errors.ts";
import { arg } from "../args.ts";
import { defineCommand, type CommandFacts } from "../command.ts";
import type { CommandContext } from "../context.ts";
import { giveDeadline } from "../expiration.ts";
import { key } from "../keys.ts";
import { readDeadline, type TimeUnit } from "../numbers.ts";

const writerFacts = {
  group: "generic",
  arity: -3,
  complexity: "O(1)",
  flags: ["write", "fast"],
  acl: ["keyspace"],
  keys: [key.at(1, "RW", "UPDATE")],
  unknownOption: (word: Bytes) => new ReplyError(`ERR Unsupported option ${printed(word)}`),
} as const;

const condition = arg.optional(
  arg.someOf(
    "condition",
    [arg.token("nx", "NX"), arg.token("xx", "XX"), arg.token("gt", "GT"), arg.token("lt", "LT")],
    {
      since: "7.0.0",
    },
  ),
);

type Conditions = { readonly nx?: true; readonly xx?: true; readonly gt?: true; readonly lt?: true };

export const expire = defineCommand({
  ...writerFacts,
  name: "EXPIRE",
  since: "1.0.0",
  summary: "Sets a key's time to live in seconds.",
  args: [arg.key("key"), arg.lateInteger("seconds"), condition],
  run: (context, { key: name, seconds, condition: given }) =>
    setDeadline(context, { name, time: seconds, unit: "seconds", base: context.now, conditions: given }),
});

export const pexpire = defineCommand({
  ...writerFacts,
  name: "PEXPIRE",
  since: "2.6.0",
  summary: "Sets a key's time to live in milliseconds.",
  args: [arg.key("key"), arg.lateInteger("milliseconds"), condition],
  run: (context, { key: name, milliseconds, condition: given }) =>
    setDeadline(context, { name, time: milliseconds, unit: "milliseconds", base: context.now, conditions: given }),
});

export const expireat = defineCommand({
  ...writerFacts,
  name: "EXPIREAT",
  since: "1.2.0",
  summary: "Sets the Unix time, in seconds, at which a key ends.",
  args: [arg.key("key"), arg.unixTime("unix-time-seconds"), condition],
  run: (context, { key: name, "unix-time-seconds": time, condition: given }) =>
    setDeadline(context, { name, time, unit: "seconds", base: 0, conditions: given }),
});

export const pexpireat = defineCommand({
  ...writerFacts,
  name: "PEXPIREAT",
  since: "2.6.0",
  summary: "Sets the Unix time, in milliseconds, at which a key ends.",
  args: [arg.key("key"), arg.unixTime("unix-time-milliseconds"), condition],
  run: (context, { key: name, "unix-time-milliseconds": time, condition: given }) =>
    setDeadline(context, { name, time, unit: "milliseconds", base: 0, conditions: given }),
});

interface NewDeadline {
  readonly name: Bytes;
  readonly time: Bytes;
  readonly unit: TimeUnit;
  readonly base: number;
  readonly conditions: Conditions | undefined;
}

/** Order of refusals follows expireGenericCommand. */
function setDeadline(context: CommandContext, { name, time, unit, base, conditions = {} }: NewDeadline): void {
  const { argv, db, reply, commandName } = context;
  checkConditions(conditions);
  const deadline = readDeadline(time, { unit, base, commandName });
  if (db.peek(name) === undefined || !conditionsHold(conditions, deadline, db.deadline(name))) {
    reply.integer(0);
    return;
  }
  const verb = commandName === "pexpireat" ? argv[0]! : "PEXPIREAT";
  const sent = [verb, name, String(deadline), ...argv.slice(3)];
  giveDeadline(context, { name, deadline, sent });
  reply.integer(1);
}

function checkConditions({ nx, xx, gt, lt }: Conditions): void {
  if (nx && (xx || gt || lt)) {
    throw new ReplyError("ERR NX and XX, GT or LT options at the same time are not compatible");
  }
  if (gt && lt) throw new ReplyError("ERR GT and LT options at the same time are not compatible");
}

/** A key without a deadline counts as one that ends never. */
function conditionsHold({ nx, xx, gt, lt }: Conditions, deadline: Int64, current: Int64 | undefined): boolean {
  if (nx && current !== undefined) return false;
  if (xx && current === undefined) return false;
  if (gt && (current === undefined || deadline <= current)) return false;
  return !(lt && current !== undefined && deadline >= current);
}

export const persist = defineCommand({
  name: "PERSIST",
  group: "generic",
  since: "2.2.0",
  arity: 2,
  summary: "Removes a key's deadline.",
  complexity: "O(1)",
  flags: ["write", "fast"],
  acl: ["keyspace"],
  keys: [key.at(1, "RW", "UPDATE")],
  args: [arg.key("key")],
  run({ db, reply, notify, propagate }, { key: name }) {
    if (db.peek(name) === undefined || !db.persist(name)) {
      reply.integer(0);
      return;
    }
    db.touch(name);
    notify("generic", "persist", name);
    propagate.verbatim();
    reply.integer(1);
  },
});

const readerFacts = {
  group: "generic",
  arity: 2,
  complexity: "O(1)",
  flags: ["readonly", "fast"],
  acl: ["keyspace"],
  keys: [key.at(1, "RO", "ACCESS")],
} as const satisfies Partial<CommandFacts>;

/** Defines a command that replies a key's deadline in a form of its own; -2 without a key, -1 without a deadline. */
function defineReader(
  own: Pick<CommandFacts, "name" | "since" | "summary" | "tips">,
  show: (deadline: Int64, now: number) => Int64,
) {
  return defineCommand({
    ...readerFacts,
    ...own,
    args: [arg.key("key")],
    run({ db, reply, now }, { key: name }) {
      if (db.readUntouched(name) === undefined) {
        reply.integer(-2);
        return;
      }
      const deadline = db.deadline(name);
      reply.integer(deadline === undefined ? -1 : show(deadline, now));
    },
  });
}

const tips = ["nondeterministic_output"] as const;

export const ttl = defineReader(
  { name: "TTL", since: "1.0.0", summary: "Replies a key's time to live in seconds.", tips },
  (deadline, now) => toSeconds(remaining(deadline, now)),
);

export const pttl = defineReader(
  { name: "PTTL", since: "2.6.0", summary: "Replies a key's time to live in milliseconds.", tips },
  remaining,
);

export const expiretime = defineReader(
  { name: "EXPIRETIME", since: "7.0.0", summary: "Replies the Unix time, in seconds, at which a key ends." },
  toSeconds,
);

export const pexpiretime = defineReader(
  { name: "PEXPIRETIME", since: "7.0.0", summary: "Replies the Unix time, in milliseconds, at which a key ends." },
  (deadline) => deadline,
);

function remaining(deadline: Int64, now: number): Int64 {
  const left = subtractInt64(deadline, now)!;
  return left < 0 ? 0 : left;
}

/** Rounds half up. The sum leaves the range of C's integers at the end of time, yet servers answer as if it did not. */
function toSeconds(milliseconds: Int64): Int64 {
  return fitInt64((BigInt(milliseconds) + 500n) / 1000n)!;
}
