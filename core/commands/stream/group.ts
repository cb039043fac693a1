// XGROUP: making, moving and removing the groups of a stream, and their consumers.
import { equalIgnoringCase, type Bytes } from "../../kernel/bytes.ts";
import type { Int64 } from "../../kernel/integers.ts";
import { ReplyError, unknownForm } from "../../resp/errors.ts";
import { Stream } from "../../types/stream.ts";
import { ConsumerGroup } from "../../types/stream/consumer-group.ts";
import { LEAST_ID } from "../../types/stream/stream-id.ts";
import { arg } from "../args.ts";
import { defineCommand, defineContainer, type CommandFacts } from "../command.ts";
import type { CommandContext } from "../context.ts";
import { defineHelp } from "../help.ts";
import { key } from "../keys.ts";
import { readInt64 } from "../numbers.ts";
import { writeAs } from "../values.ts";
import { createConsumer, noGroupForKey, type FoundGroup } from "./consumers.ts";
import { readId, readIdOrEnd } from "./ids.ts";

const facts = {
  group: "stream",
  since: "5.0.0",
  arity: 5,
  complexity: "O(1)",
  flags: ["write"],
  acl: ["stream"],
  ignoresArguments: true,
} as const satisfies Partial<CommandFacts> & { ignoresArguments: boolean };

const groupName = arg.string("group", { name70: "groupname" });
const consumerName = arg.string("consumer", { name70: "consumername" });
const idSelector = arg.oneOf("id-selector", [arg.string("id"), arg.token("new-id", "$", { name70: "new_id" })], {
  name70: "id",
});
const entriesRead = arg.optional(
  arg.lateInteger("entriesread", { token: "ENTRIESREAD", display: "entries-read", name70: "entries_read" }),
);

/** More words than this no request has, whatever they are. */
const MOST_WORDS = { CREATE: 8, SETID: 7 } as const;

interface Options {
  readonly makesStream: boolean;
  /** -1 where nobody knows. */
  readonly read: Int64;
}

function readOptions(argv: readonly Bytes[], subcommand: keyof typeof MOST_WORDS): Options {
  let makesStream = false;
  let read: Int64 = -1;
  for (let at = 5; at < argv.length; at++) {
    const word = argv[at]!;
    if (subcommand === "CREATE" && equalIgnoringCase(word, "MKSTREAM")) makesStream = true;
    else if (equalIgnoringCase(word, "ENTRIESREAD") && at + 1 < argv.length) {
      read = readInt64(argv[++at]!);
      if (read < -1) throw new ReplyError("ERR value for ENTRIESREAD must be positive or -1");
    } else throw unknownForm(argv[1]!, "XGROUP");
  }
  return { makesStream, read };
}

function checkLength(argv: readonly Bytes[], subcommand: keyof typeof MOST_WORDS): void {
  if (argv.length > MOST_WORDS[subcommand]) throw unknownForm(argv[1]!, "XGROUP");
}

const keyRequired = (): ReplyError =>
  new ReplyError(
    "ERR The XGROUP subcommand requires the key to exist. Note that for CREATE you may want to use the MKSTREAM option to create an empty stream automatically.",
  );

function existingStream(context: CommandContext): Stream {
  const stream = writeAs(context, context.argv[2]!, Stream);
  if (stream === undefined) throw keyRequired();
  return stream;
}

function existingGroup(context: CommandContext): FoundGroup {
  const [, , name = "", groupWord = ""] = context.argv;
  const stream = existingStream(context);
  const group = stream.group(groupWord);
  if (group === undefined) throw noGroupForKey(name, groupWord);
  return { key: name, stream, group };
}

const known = (read: Int64): Int64 | undefined => (read === -1 ? undefined : read);

const create = defineCommand({
  ...facts,
  name: "CREATE",
  arity: -5,
  summary: "Makes a group that reads a stream from an id on.",
  flags: ["write", "denyoom"],
  keys: [key.at(2, "RW", "INSERT")],
  args: [arg.key("key"), groupName, idSelector, arg.optional(arg.token("mkstream", "MKSTREAM")), entriesRead],
  run(context) {
    const { argv, db, reply, notify, propagate } = context;
    const [, , name = "", groupWord = "", idWord = ""] = argv;
    const { makesStream, read } = readOptions(argv, "CREATE");
    const existing = makesStream ? writeAs(context, name, Stream) : existingStream(context);
    checkLength(argv, "CREATE");
    const lastId = idWord === "$" ? (existing?.lastId ?? LEAST_ID) : readId(idWord);
    if (existing?.group(groupWord) !== undefined) throw new ReplyError("BUSYGROUP Consumer Group name already exists");
    const stream = existing ?? new Stream();
    if (existing === undefined) db.set(name, stream);
    stream.addGroup(new ConsumerGroup(groupWord, lastId, known(read)));
    notify("stream", "xgroup-create", name);
    propagate.verbatim();
    reply.ok();
  },
});

const setid = defineCommand({
  ...facts,
  name: "SETID",
  arity: -5,
  summary: "Sets where a group goes on reading.",
  keys: [key.at(2, "RW", "UPDATE")],
  args: [arg.key("key"), groupName, idSelector, entriesRead],
  run(context) {
    const { argv, reply, notify, propagate } = context;
    const idWord = argv[4]!;
    const { read } = readOptions(argv, "SETID");
    const { key: name, stream, group } = existingGroup(context);
    checkLength(argv, "SETID");
    group.lastId = idWord === "$" ? stream.lastId : readIdOrEnd(idWord);
    group.entriesRead = known(read);
    notify("stream", "xgroup-setid", name);
    propagate.verbatim();
    reply.ok();
  },
});

const destroy = defineCommand({
  ...facts,
  name: "DESTROY",
  arity: 4,
  summary: "Removes a group with all that waits for its consumers.",
  complexity: "O(N) for N entries that wait",
  keys: [key.at(2, "RW", "DELETE")],
  args: [arg.key("key"), groupName],
  run(context) {
    const { argv, db, reply, notify, propagate } = context;
    const [, , name = "", groupWord = ""] = argv;
    const gone = existingStream(context).removeGroup(groupWord);
    if (gone) {
      notify("stream", "xgroup-destroy", name);
      propagate.verbatim();
      db.ready(name);
    }
    reply.integer(gone ? 1 : 0);
  },
});

const createconsumer = defineCommand({
  ...facts,
  name: "CREATECONSUMER",
  since: "6.2.0",
  summary: "Makes a consumer of a group.",
  flags: ["write", "denyoom"],
  keys: [key.at(2, "RW", "INSERT")],
  args: [arg.key("key"), groupName, consumerName],
  run(context) {
    const { argv, reply, propagate } = context;
    const found = existingGroup(context);
    const isNew = found.group.consumer(argv[4]!) === undefined;
    if (isNew) {
      createConsumer(context, found, argv[4]!);
      propagate.verbatim();
    }
    reply.integer(isNew ? 1 : 0);
  },
});

const delconsumer = defineCommand({
  ...facts,
  name: "DELCONSUMER",
  summary: "Removes a consumer of a group; replies how many entries waited for it.",
  keys: [key.at(2, "RW", "DELETE")],
  args: [arg.key("key"), groupName, consumerName],
  run(context) {
    const { argv, reply, notify, propagate } = context;
    const { key: name, group } = existingGroup(context);
    const consumer = group.consumer(argv[4]!);
    if (consumer === undefined) {
      reply.integer(0);
      return;
    }
    group.removeConsumer(consumer);
    notify("stream", "xgroup-delconsumer", name);
    propagate.verbatim();
    reply.integer(consumer.pending.size);
  },
});

const help = defineHelp({ group: "stream", acl: ["stream"] }, "xgroup", [
  "CREATE <key> <groupname> <id|$> [option]",
  "    Create a new consumer group. Options are:",
  "    * MKSTREAM",
  "      Create the empty stream if it does not exist.",
  "    * ENTRIESREAD entries_read",
  "      Set the group's entries_read counter (internal use).",
  "CREATECONSUMER <key> <groupname> <consumer>",
  "    Create a new consumer in the specified group.",
  "DELCONSUMER <key> <groupname> <consumer>",
  "    Remove the specified consumer.",
  "DESTROY <key> <groupname>",
  "    Remove the specified group.",
  "SETID <key> <groupname> <id|$> [ENTRIESREAD entries_read]",
  "    Set the current group ID and entries_read counter.",
]);

export const xgroup = defineContainer({
  group: "stream",
  name: "XGROUP",
  since: "5.0.0",
  arity: -2,
  summary: "Makes, moves and removes the groups of a stream.",
  complexity: "Depends on the subcommand.",
  flags: [],
  subcommands: [create, createconsumer, delconsumer, destroy, help, setid],
});
