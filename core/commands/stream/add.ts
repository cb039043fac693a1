// Putting entries into streams and taking single ones out: XADD, XDEL, XSETID.
import { equalIgnoringCase, type Bytes } from "../../kernel/bytes.ts";
import type { Int64 } from "../../kernel/integers.ts";
import { noSuchKey, ReplyError, syntaxError, wrongArity } from "../../resp/errors.ts";
import { Stream } from "../../types/stream.ts";
import { compareIds, GREATEST_ID, LEAST_ID, nextId, printId, type StreamId } from "../../types/stream/stream-id.ts";
import { arg } from "../args.ts";
import { defineCommand, type CommandFacts } from "../command.ts";
import type { CommandContext } from "../context.ts";
import { key } from "../keys.ts";
import { readInt64 } from "../numbers.ts";
import { writeAs } from "../values.ts";
import { readId, readNewId } from "./ids.ts";
import { limitOf, readTrimOptions, refuseLimitAlone, trimArgument, trimStream } from "./trim.ts";

const facts = {
  group: "stream",
  since: "5.0.0",
  arity: -3,
  complexity: "O(1)",
  flags: ["write", "denyoom", "fast"],
  acl: ["stream"],
  ignoresArguments: true,
} as const satisfies Partial<CommandFacts> & { ignoresArguments: boolean };

/** The id that an entry is to get: written out, the next of its millisecond, or the next of all. */
type NewId = { readonly id: StreamId; readonly sequenceGiven: boolean } | undefined;

export const xadd = defineCommand({
  ...facts,
  name: "XADD",
  arity: -5,
  summary: "Appends an entry to a stream; one that is not there is made.",
  complexity: "O(1), plus O(N) for N entries that are trimmed",
  tips: ["nondeterministic_output"],
  keys: [
    {
      ...key.at(1, "RW", "UPDATE"),
      notes: "UPDATE instead of INSERT because of the optional trimming feature",
    },
  ],
  args: [
    arg.key("key"),
    arg.optional(arg.token("nomkstream", "NOMKSTREAM", { since: "6.2.0" })),
    arg.optional(trimArgument),
    arg.oneOf("id-selector", [arg.token("auto-id", "*", { name70: "auto_id" }), arg.string("id")], {
      name70: "id_or_auto",
    }),
    arg.multiple(arg.block("data", [arg.string("field"), arg.string("value")], { name70: "field_value" })),
  ],
  run(context) {
    const { argv, db, server, reply, notify, profile, propagate } = context;
    const name = argv[1]!;
    const options = readOptions(context);
    const { newId, onlyExisting } = options;
    const limit = limitOf(options, context);
    const from = options.end + 1;
    if (argv.length - from < 2 || (argv.length - from) % 2 === 1) throw wrongArity("xadd");
    if (newId?.sequenceGiven && compareIds(newId.id, LEAST_ID) === 0) {
      throw new ReplyError("ERR The ID specified in XADD must be greater than 0-0");
    }
    const existing = writeAs(context, name, Stream);
    if (existing === undefined && onlyExisting) {
      reply.null();
      return;
    }
    const stream = existing ?? new Stream();
    const id = idOf(newId, stream, context);
    const { fields, values } = pairs(argv, from);
    stream.append(id, fields, values, server.limits);
    const shown = printId(id);
    reply.bulk(shown); // before anybody learns of the change
    if (existing === undefined) db.represent(name, stream);
    else db.ready(name);
    if (!profile.can.tellsChangesLast) db.touch(name);
    notify("stream", "xadd", name);
    const { trim } = options;
    const exact = trim === undefined ? argv : trimStream(context, stream, trim, limit).exact;
    if (profile.can.tellsChangesLast) db.touch(name);
    propagate.withWord(exact, options.end, newId?.sequenceGiven === true ? argv[options.end]! : shown);
  },
});

function readOptions({ argv }: CommandContext) {
  let onlyExisting = false;
  let newId: NewId;
  const { trim, limit, end } = readTrimOptions(argv, (word) => {
    if (equalIgnoringCase(word, "NOMKSTREAM")) {
      onlyExisting = true;
      return true;
    }
    if (word !== "*") newId = readNewId(word);
    return false;
  });
  refuseLimitAlone({ trim, limit });
  return { trim, limit, end, newId, onlyExisting };
}

/** The id that a new entry gets: greater than all before (streamAppendItem). */
function idOf(given: NewId, { lastId }: Stream, { now, profile }: CommandContext): StreamId {
  if (compareIds(lastId, GREATEST_ID) === 0) {
    throw new ReplyError("ERR The stream has exhausted the last possible ID, unable to add more items");
  }
  if (given === undefined) return now > lastId.ms ? { ms: now, seq: 0 } : nextId(lastId)!;
  const { id, sequenceGiven } = given;
  if (!sequenceGiven && id.ms === lastId.ms) {
    const next = nextId(lastId)!;
    if (next.ms === id.ms) return next;
    if (profile.can.mistakesFullMilliseconds) throw new ReplyError("ERR Elements are too large to be stored");
  } else if (compareIds(id, lastId) > 0) return id;
  throw new ReplyError("ERR The ID specified in XADD is equal or smaller than the target stream top item");
}

/** What stands from a place on, pair by pair. */
function pairs(row: readonly Bytes[], from: number): { readonly fields: Bytes[]; readonly values: Bytes[] } {
  const count = (row.length - from) / 2;
  const fields = new Array<Bytes>(count);
  const values = new Array<Bytes>(count);
  for (let i = 0; i < count; i++) {
    fields[i] = row[from + 2 * i]!;
    values[i] = row[from + 2 * i + 1]!;
  }
  return { fields, values };
}

export const xdel = defineCommand({
  ...facts,
  name: "XDEL",
  summary: "Deletes entries of a stream by their ids.",
  complexity: "O(1) an entry",
  flags: ["write", "fast"],
  keys: [key.at(1, "RW", "DELETE")],
  args: [arg.key("key"), arg.multiple(arg.string("id"))],
  run(context) {
    const { argv, db, reply, notify, propagate } = context;
    const name = argv[1]!;
    const stream = writeAs(context, name, Stream);
    const deleted = stream?.delete(argv.slice(2).map((word) => readId(word))) ?? 0;
    if (deleted > 0) {
      db.touch(name);
      notify("stream", "xdel", name);
      propagate.verbatim(deleted);
    }
    reply.integer(deleted);
  },
});

export const xsetid = defineCommand({
  ...facts,
  name: "XSETID",
  summary: "Sets the last id of a stream, and what it remembers of entries that are gone.",
  keys: [key.at(1, "RW", "UPDATE")],
  args: [
    arg.key("key"),
    arg.string("last-id"),
    arg.optional(arg.lateInteger("entries-added", { token: "ENTRIESADDED", since: "7.0.0", name70: "entries_added" })),
    arg.optional(
      arg.string("max-deleted-id", { token: "MAXDELETEDID", since: "7.0.0", name70: "max_deleted_entry_id" }),
    ),
  ],
  run(context) {
    const { argv, reply, notify, propagate, profile } = context;
    const { lastId, entriesAdded, maxDeletedId } = readMemory(argv);
    const stream = writeAs(context, argv[1]!, Stream);
    if (stream === undefined) throw noSuchKey();
    if (profile.can.keepsDeletedIdsBelowLast && compareIds(lastId, stream.maxDeletedId) < 0) {
      throw new ReplyError("ERR The ID specified in XSETID is smaller than current max_deleted_entry_id");
    }
    const last = stream.last();
    if (last !== undefined && compareIds(lastId, last.id) < 0) {
      throw new ReplyError("ERR The ID specified in XSETID is smaller than the target stream top item");
    }
    if (entriesAdded !== undefined && entriesAdded < stream.length) {
      throw new ReplyError("ERR The entries_added specified in XSETID is smaller than the target stream length");
    }
    stream.lastId = lastId;
    if (entriesAdded !== undefined) stream.entriesAdded = entriesAdded;
    if (maxDeletedId !== undefined && compareIds(maxDeletedId, LEAST_ID) !== 0) stream.maxDeletedId = maxDeletedId;
    notify("stream", "xsetid", argv[1]!);
    propagate.verbatim();
    reply.ok();
  },
});

interface Memory {
  readonly lastId: StreamId;
  readonly entriesAdded?: Int64;
  readonly maxDeletedId?: StreamId;
}

function readMemory(argv: readonly Bytes[]): Memory {
  let memory: Memory = { lastId: readId(argv[2]!) };
  for (let at = 3; at < argv.length; at += 2) {
    const [word, value] = argv.slice(at, at + 2);
    if (value === undefined) throw syntaxError();
    if (equalIgnoringCase(word!, "ENTRIESADDED")) {
      const entriesAdded = readInt64(value);
      if (entriesAdded < 0) throw new ReplyError("ERR entries_added must be positive");
      memory = { ...memory, entriesAdded };
    } else if (equalIgnoringCase(word!, "MAXDELETEDID")) {
      const maxDeletedId = readId(value);
      if (compareIds(memory.lastId, maxDeletedId) < 0) {
        throw new ReplyError("ERR The ID specified in XSETID is smaller than the provided max_deleted_entry_id");
      }
      memory = { ...memory, maxDeletedId };
    } else throw syntaxError();
  }
  return memory;
}
