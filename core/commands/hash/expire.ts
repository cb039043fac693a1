// Deadlines of fields: HEXPIRE and its three variants, HPERSIST, and the readers HTTL, HPTTL, HEXPIRETIME, HPEXPIRETIME.
import { equalIgnoringCase } from "../../kernel/bytes.ts";
import type { Int64 } from "../../kernel/integers.ts";
import { Hash } from "../../types/hash.ts";
import { arg } from "../args.ts";
import { defineCommand, type Command, type CommandFacts } from "../command.ts";
import type { CommandContext } from "../context.ts";
import { key } from "../keys.ts";
import type { TimeUnit } from "../numbers.ts";
import { readAs, writeAs } from "../values.ts";
import { FieldDating, readFieldDeadline, type Condition } from "./deadlines.ts";
import { fieldList, readFieldList } from "./field-list.ts";
import { isLapsed } from "./fields.ts";

const facts = {
  group: "hash",
  since: { redis: "7.4.0" },
  complexity: "O(N) for N fields",
  acl: ["hash"],
  ignoresArguments: true,
} as const;

const conditions: readonly Condition[] = ["nx", "xx", "gt", "lt"];

const condition = arg.optional(
  arg.oneOf("condition", [arg.token("nx", "NX"), arg.token("xx", "XX"), arg.token("gt", "GT"), arg.token("lt", "LT")]),
);

const seconds = arg.lateInteger("seconds");
const milliseconds = arg.lateInteger("milliseconds");
const unixSeconds = arg.unixTime("unix-time-seconds");
const unixMilliseconds = arg.unixTime("unix-time-milliseconds");

type Time = typeof seconds | typeof milliseconds | typeof unixSeconds | typeof unixMilliseconds;

function defineWriter(
  own: Pick<CommandFacts, "name" | "summary">,
  { time, unit }: { readonly time: Time; readonly unit: TimeUnit },
): Command {
  return defineCommand({
    ...facts,
    ...own,
    arity: -6,
    flags: ["write", "fast"],
    keys: [key.at(1, "RW", "UPDATE")],
    args: [arg.key("key"), time, condition, fieldList],
    run: (context) => setDeadlines(context, { unit, relative: time === seconds || time === milliseconds }),
  });
}

export const hexpire = defineWriter(
  { name: "HEXPIRE", summary: "Sets the time to live of fields in seconds." },
  { time: seconds, unit: "seconds" },
);

export const hpexpire = defineWriter(
  { name: "HPEXPIRE", summary: "Sets the time to live of fields in milliseconds." },
  { time: milliseconds, unit: "milliseconds" },
);

export const hexpireat = defineWriter(
  { name: "HEXPIREAT", summary: "Sets the Unix time, in seconds, at which fields end." },
  { time: unixSeconds, unit: "seconds" },
);

export const hpexpireat = defineWriter(
  { name: "HPEXPIREAT", summary: "Sets the Unix time, in milliseconds, at which fields end." },
  { time: unixMilliseconds, unit: "milliseconds" },
);

/** The key's type comes before anything else that may be wrong. Deadlines travel by absolute time. */
function setDeadlines(context: CommandContext, { unit, relative }: { unit: TimeUnit; relative: boolean }): void {
  const { argv, commandName, now, propagate, reply } = context;
  const name = argv[1]!;
  const hash = writeAs(context, name, Hash);
  const deadline = readFieldDeadline(argv[2]!, { unit, base: relative ? now : 0, commandName });
  const given = conditions.find((each) => equalIgnoringCase(argv[3]!, each));
  const fields = readFieldList(argv, given ? 4 : 3, "ERR Parameter `numFields` should be greater than 0");
  reply.array(fields.length);
  if (hash === undefined) {
    for (const _field of fields) reply.integer(-2);
    return;
  }
  const dating = new FieldDating(context, { name, hash, deadline });
  for (const field of fields) reply.integer(dating.give(field, given));
  dating.done();
  const { updated } = dating;
  if (updated.length === 0) return;
  const words = given ? [argv[3]!] : [];
  propagate("HPEXPIREAT", name, String(deadline), ...words, "FIELDS", String(updated.length), ...updated);
  propagate.changed(updated.length - 1);
}

export const hpersist = defineCommand({
  ...facts,
  name: "HPERSIST",
  arity: -5,
  summary: "Takes the deadlines of fields away.",
  flags: ["write", "fast"],
  keys: [key.at(1, "RW", "UPDATE")],
  args: [arg.key("key"), fieldList],
  run(context) {
    const { argv, db, reply, notify, propagate } = context;
    const name = argv[1]!;
    const hash = writeAs(context, name, Hash);
    const fields = readFieldList(argv, 2);
    const outcomes = fields.map((field) => {
      if (!hash?.has(field) || isLapsed(hash.deadline(field), context)) return -2;
      return hash.persist(field) ? 1 : -1;
    });
    const persisted = outcomes.filter((outcome) => outcome === 1).length;
    reply.array(outcomes.length);
    for (const outcome of outcomes) reply.integer(outcome);
    if (persisted === 0) return;
    notify("hash", "hpersist", name);
    db.touch(name);
    propagate.verbatim(persisted);
  },
});

/** Defines a command that replies deadlines in a form of its own; -2 where there is no field, -1 where it has none. */
function defineReader(
  own: Pick<CommandFacts, "name" | "summary" | "tips">,
  show: (deadline: number, now: number) => number,
): Command {
  return defineCommand({
    ...facts,
    ...own,
    arity: -5,
    flags: ["readonly", "fast"],
    keys: [key.at(1, "RO", "ACCESS")],
    args: [arg.key("key"), fieldList],
    run(context) {
      const { argv, now, reply } = context;
      const hash = readAs(context, argv[1]!, Hash);
      const fields = readFieldList(argv, 2);
      reply.array(fields.length);
      for (const field of fields) {
        const deadline = hash?.deadline(field);
        if (!hash?.has(field) || isOver(hash, deadline, now)) reply.integer(-2);
        else reply.integer(deadline === undefined ? -1 : show(Number(deadline), now));
      }
    },
  });
}

/** At the deadline itself a small hash has no time left to tell of; a large one says 0. */
function isOver({ encoding }: Hash, deadline: Int64 | undefined, now: number): boolean {
  if (deadline === undefined) return false;
  return encoding === "hashtable" ? now > deadline : now >= deadline;
}

const tips = ["nondeterministic_output"] as const;

export const httl = defineReader(
  { name: "HTTL", summary: "Replies the time to live of fields in seconds.", tips },
  (deadline, now) => toSeconds(deadline - now),
);

export const hpttl = defineReader(
  { name: "HPTTL", summary: "Replies the time to live of fields in milliseconds.", tips },
  (deadline, now) => deadline - now,
);

export const hexpiretime = defineReader(
  { name: "HEXPIRETIME", summary: "Replies the Unix time, in seconds, at which fields end." },
  toSeconds,
);

export const hpexpiretime = defineReader(
  { name: "HPEXPIRETIME", summary: "Replies the Unix time, in milliseconds, at which fields end." },
  (deadline) => deadline,
);

/** Rounds up. */
function toSeconds(milliseconds: number): number {
  return Math.ceil(milliseconds / 1000);
}
