// OBJECT: how a value is kept, and how it was used.
import { parseInt64 } from "../../kernel/integers.ts";
import type { Value } from "../../keyspace/value.ts";
import { wrongPolicyForFrequency, wrongPolicyForIdleTime } from "../../resp/errors.ts";
import { arg } from "../args.ts";
import { defineCommand, defineContainer, type CommandFacts } from "../command.ts";
import { defineHelp } from "../help.ts";
import { key } from "../keys.ts";

const facts = {
  group: "generic",
  since: "2.2.3",
  arity: 3,
  complexity: "O(1)",
  flags: ["readonly"],
  acl: ["keyspace"],
  tips: ["nondeterministic_output"],
  keys: [key.at(2, "RO")],
  args: [arg.key("key")],
} as const satisfies Partial<CommandFacts> & { args: unknown };

const encoding = defineCommand({
  ...facts,
  name: "ENCODING",
  summary: "Replies how the value at a key is kept in memory.",
  run({ db, reply }, { key: name }) {
    reply.bulkOrNull(db.encoding(name));
  },
});

const refcount = defineCommand({
  ...facts,
  name: "REFCOUNT",
  summary: "Replies how many owners the value at a key has; small integers have more than can be counted.",
  run({ db, reply, profile }, { key: name }) {
    const value = db.look(name);
    if (value === undefined) reply.null();
    else reply.integer(!profile.can.embedsKeys && isSharedInteger(value) ? SHARED : 1);
  },
});

/** What counts as endless: one object stands for a small integer everywhere. */
const SHARED = 2147483647;

function isSharedInteger(value: Value): boolean {
  if (typeof value !== "string") return false;
  const integer = parseInt64(value);
  return integer !== undefined && integer >= 0 && integer < 10_000;
}

const idletime = defineCommand({
  ...facts,
  name: "IDLETIME",
  summary: "Replies the seconds since the value at a key was used.",
  run({ db, reply, server }, { key: name }) {
    const idleMs = db.idleMs(name);
    if (idleMs === undefined) {
      reply.null();
      return;
    }
    if (server.tracksFrequency) throw wrongPolicyForIdleTime();
    reply.integer(Math.floor(idleMs / 1000));
  },
});

const freq = defineCommand({
  ...facts,
  name: "FREQ",
  since: "4.0.0",
  summary: "Replies how often the value at a key is used, on a logarithmic scale.",
  run({ db, reply, server }, { key: name }) {
    const frequency = db.frequency(name);
    if (frequency === undefined) {
      reply.null();
      return;
    }
    if (!server.tracksFrequency) throw wrongPolicyForFrequency();
    reply.integer(frequency);
  },
});

const help = defineHelp({ group: "generic", acl: ["keyspace"], since: "6.2.0" }, "object", [
  "ENCODING <key>",
  "    Return the kind of internal representation used in order to store the value",
  "    associated with a <key>.",
  "FREQ <key>",
  "    Return the access frequency index of the <key>. The returned integer is",
  "    proportional to the logarithm of the recent access frequency of the key.",
  "IDLETIME <key>",
  "    Return the idle time of the <key>, that is the approximated number of",
  "    seconds elapsed since the last access to the key.",
  "REFCOUNT <key>",
  "    Return the number of references of the value associated with the specified",
  "    <key>.",
]);

export const object = defineContainer({
  group: "generic",
  name: "OBJECT",
  since: "2.2.3",
  arity: -2,
  summary: "Looks into a value: its encoding and its use.",
  complexity: "Depends on the subcommand.",
  flags: [],
  subcommands: [encoding, freq, help, idletime, refcount],
});
