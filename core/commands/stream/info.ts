// XINFO: what is known of a stream, its groups and their consumers.
import { equalIgnoringCase, type Bytes } from "../../kernel/bytes.ts";
import type { Int64 } from "../../kernel/integers.ts";
import { noSuchKey, unknownForm } from "../../resp/errors.ts";
import type { Reply } from "../../resp/reply.ts";
import { Stream } from "../../types/stream.ts";
import type { Consumer, ConsumerGroup } from "../../types/stream/consumer-group.ts";
import { lagOf } from "../../types/stream/progress.ts";
import { GREATEST_ID, LEAST_ID, printId } from "../../types/stream/stream-id.ts";
import type { StreamEntry } from "../../types/stream/stream-node.ts";
import { arg } from "../args.ts";
import { defineCommand, defineContainer, type CommandFacts } from "../command.ts";
import type { CommandContext } from "../context.ts";
import { defineHelp } from "../help.ts";
import { key } from "../keys.ts";
import { readInt64 } from "../numbers.ts";
import { readAs } from "../values.ts";
import { noGroupForKey } from "./consumers.ts";
import { replyEntries, replyEntry, take } from "./entries.ts";

const facts = {
  group: "stream",
  since: "5.0.0",
  arity: 3,
  complexity: "O(1)",
  flags: ["readonly"],
  acl: ["stream"],
  keys: [key.at(2, "RO", "ACCESS")],
} as const satisfies Partial<CommandFacts>;

function existingStream(context: CommandContext, name: Bytes): Stream {
  const stream = readAs(context, name, Stream);
  if (stream === undefined) throw noSuchKey();
  return stream;
}

type Field = readonly [name: Bytes, write: () => void];

function replyFields(reply: Reply, fields: readonly Field[]): void {
  reply.map(fields.length);
  for (const [name, write] of fields) {
    reply.bulk(name);
    write();
  }
}

function integerOrNull(reply: Reply, value: Int64 | undefined): void {
  if (value === undefined) reply.null();
  else reply.integer(value);
}

const count = arg.optional(arg.lateInteger("count", { token: "COUNT" }));

/** Entries, and what waits in groups, that FULL shows where no COUNT is given. */
const USUAL_COUNT = 10;

const stream = defineCommand({
  ...facts,
  name: "STREAM",
  arity: -3,
  summary: "Replies what is known of a stream; FULL with entries, groups and consumers.",
  complexity: "O(N) for N nodes; FULL O(M) for M things shown",
  args: [
    arg.key("key"),
    arg.optional(arg.block("full-block", [arg.token("full", "FULL"), count], { since: "7.2.0", sinceShown: {} })),
    arg.optional(arg.block("full", [count], { token: "FULL", until: "7.2.0" })),
  ],
  ignoresArguments: true,
  run(context) {
    const { argv, reply } = context;
    const found = existingStream(context, argv[2]!);
    if (argv.length === 3) replyFields(reply, [...common(reply, found), ...summary(reply, found)]);
    else replyFields(reply, [...common(reply, found), ...full(context, found, readFull(argv))]);
  },
});

/** Reads FULL and its COUNT; 0: all. */
function readFull(argv: readonly Bytes[]): number {
  const [, word = "", , fullWord = "", countWord = "COUNT", value] = argv;
  const fits = argv.length === 4 || argv.length === 6;
  if (!fits || !equalIgnoringCase(fullWord, "FULL") || !equalIgnoringCase(countWord, "COUNT")) {
    throw unknownForm(word, "XINFO");
  }
  const count = value === undefined ? USUAL_COUNT : Number(readInt64(value));
  return count < 0 ? USUAL_COUNT : count;
}

function common(reply: Reply, found: Stream): Field[] {
  return [
    ["length", () => reply.integer(found.length)],
    ["radix-tree-keys", () => reply.integer(found.nodeCount)],
    ["radix-tree-nodes", () => reply.integer(found.radixNodeCount)],
    ["last-generated-id", () => reply.bulk(printId(found.lastId))],
    ["max-deleted-entry-id", () => reply.bulk(printId(found.maxDeletedId))],
    ["entries-added", () => reply.integer(found.entriesAdded)],
    ["recorded-first-entry-id", () => reply.bulk(printId(found.firstId))],
  ];
}

function summary(reply: Reply, found: Stream): Field[] {
  const entryOrNull = (entry: StreamEntry | undefined): void => {
    if (entry === undefined) reply.null();
    else replyEntry(reply, entry);
  };
  return [
    ["groups", () => reply.integer(found.groupCount)],
    ["first-entry", () => entryOrNull(found.first())],
    ["last-entry", () => entryOrNull(found.last())],
  ];
}

function full(context: CommandContext, found: Stream, count: number): Field[] {
  const { reply } = context;
  return [
    ["entries", () => replyEntries(reply, take(found.range(LEAST_ID, GREATEST_ID), count))],
    [
      "groups",
      () => {
        reply.array(found.groupCount);
        for (const group of found.groups()) replyGroup(context, found, group, count);
      },
    ],
  ];
}

function replyGroup(context: CommandContext, found: Stream, group: ConsumerGroup, count: number): void {
  const { reply, profile } = context;
  replyFields(reply, [
    ["name", () => reply.bulk(group.name)],
    ["last-delivered-id", () => reply.bulk(printId(group.lastId))],
    ["entries-read", () => integerOrNull(reply, group.entriesRead)],
    ["lag", () => integerOrNull(reply, lagOf(found, group, profile.can.streamCounting))],
    ["pel-count", () => reply.integer(group.pending.size)],
    ["pending", () => replyPending(reply, group, count)],
    [
      "consumers",
      () => {
        reply.array(group.consumerCount);
        for (const consumer of group.consumers()) replyConsumer(context, consumer, count);
      },
    ],
  ]);
}

/** Id, consumer, time and number of deliveries of what waits in a group. */
function replyPending(reply: Reply, group: ConsumerGroup, count: number): void {
  const shown = take(group.pending.from(), count);
  reply.array(shown.length);
  for (const [id, { consumer, deliveredAt, deliveries }] of shown) {
    reply.array(4);
    reply.bulk(printId(id));
    reply.bulk(consumer.name);
    reply.integer(deliveredAt);
    reply.integer(deliveries);
  }
}

function replyConsumer({ reply, profile }: CommandContext, consumer: Consumer, count: number): void {
  const { name, seenAt, activeAt = -1, pending } = consumer;
  const active: Field = ["active-time", () => reply.integer(activeAt)];
  replyFields(reply, [
    ["name", () => reply.bulk(name)],
    ["seen-time", () => reply.integer(seenAt)],
    ...(profile.can.tracksConsumers ? [active] : []),
    ["pel-count", () => reply.integer(pending.size)],
    [
      "pending",
      () => {
        const shown = take(pending.from(), count);
        reply.array(shown.length);
        for (const [id, { deliveredAt, deliveries }] of shown) {
          reply.array(3);
          reply.bulk(printId(id));
          reply.integer(deliveredAt);
          reply.integer(deliveries);
        }
      },
    ],
  ]);
}

const groups = defineCommand({
  ...facts,
  name: "GROUPS",
  summary: "Replies what is known of the groups of a stream.",
  args: [arg.key("key")],
  run(context, { key: name }) {
    const { reply, profile } = context;
    const found = existingStream(context, name);
    reply.array(found.groupCount);
    for (const group of found.groups()) {
      replyFields(reply, [
        ["name", () => reply.bulk(group.name)],
        ["consumers", () => reply.integer(group.consumerCount)],
        ["pending", () => reply.integer(group.pending.size)],
        ["last-delivered-id", () => reply.bulk(printId(group.lastId))],
        ["entries-read", () => integerOrNull(reply, group.entriesRead)],
        ["lag", () => integerOrNull(reply, lagOf(found, group, profile.can.streamCounting))],
      ]);
    }
  },
});

const consumers = defineCommand({
  ...facts,
  name: "CONSUMERS",
  arity: 4,
  summary: "Replies what is known of the consumers of a group.",
  tips: ["nondeterministic_output"],
  args: [arg.key("key"), arg.string("group", { name70: "groupname" })],
  run(context, { key: name, group: groupName }) {
    const { reply, now, profile } = context;
    const group = existingStream(context, name).group(groupName);
    if (group === undefined) throw noGroupForKey(name, groupName);
    reply.array(group.consumerCount);
    for (const { name: consumerName, pending, seenAt, activeAt } of group.consumers()) {
      const inactive = activeAt === undefined ? -1 : Math.max(0, now - activeAt);
      const activity: Field = ["inactive", () => reply.integer(inactive)];
      replyFields(reply, [
        ["name", () => reply.bulk(consumerName)],
        ["pending", () => reply.integer(pending.size)],
        ["idle", () => reply.integer(Math.max(0, now - seenAt))],
        ...(profile.can.tracksConsumers ? [activity] : []),
      ]);
    }
  },
});

const help = defineHelp({ group: "stream", acl: ["stream"] }, "xinfo", [
  "CONSUMERS <key> <groupname>",
  "    Show consumers of <groupname>.",
  "GROUPS <key>",
  "    Show the stream consumer groups.",
  "STREAM <key> [FULL [COUNT <count>]",
  "    Show information about the stream.",
]);

export const xinfo = defineContainer({
  group: "stream",
  name: "XINFO",
  since: "5.0.0",
  arity: -2,
  summary: "Looks into streams.",
  complexity: "Depends on the subcommand.",
  flags: [],
  subcommands: [consumers, groups, help, stream],
});
