// What consumers have yet to acknowledge: XACK, XPENDING.
import { equalIgnoringCase, type Bytes } from "../../kernel/bytes.ts";
import { syntaxError } from "../../resp/errors.ts";
import { Stream } from "../../types/stream.ts";
import type { ConsumerGroup, Pending } from "../../types/stream/consumer-group.ts";
import { compareIds, printId, type StreamId } from "../../types/stream/stream-id.ts";
import { arg } from "../args.ts";
import { defineCommand } from "../command.ts";
import type { CommandContext } from "../context.ts";
import { key } from "../keys.ts";
import { readInt64 } from "../numbers.ts";
import { readAs } from "../values.ts";
import { findGroup } from "./consumers.ts";
import { readEnd, readId, readStart } from "./ids.ts";

export const xack = defineCommand({
  name: "XACK",
  group: "stream",
  since: "5.0.0",
  arity: -4,
  summary: "Acknowledges entries that were delivered to a consumer of a group.",
  complexity: "O(1) an entry",
  flags: ["write", "fast"],
  acl: ["stream"],
  keys: [key.at(1, "RW", "UPDATE")],
  args: [arg.key("key"), arg.string("group"), arg.multiple(arg.string("id"))],
  ignoresArguments: true,
  run(context) {
    const { argv, reply, propagate } = context;
    const group = readAs(context, argv[1]!, Stream)?.group(argv[2]!);
    const ids = group === undefined ? [] : argv.slice(3).map((word) => readId(word));
    const acknowledged = ids.filter((id) => group!.remove(id)).length;
    if (acknowledged > 0) propagate.verbatim(acknowledged);
    reply.integer(acknowledged);
  },
});

export const xpending = defineCommand({
  name: "XPENDING",
  group: "stream",
  since: "5.0.0",
  arity: -3,
  summary: "Replies what waits to be acknowledged: in sum, or entry by entry.",
  complexity: "O(N) for N entries looked at; in sum O(M) for M consumers",
  flags: ["readonly"],
  acl: ["stream"],
  tips: ["nondeterministic_output"],
  keys: [key.at(1, "RO", "ACCESS")],
  args: [
    arg.key("key"),
    arg.string("group"),
    arg.optional(
      arg.block("filters", [
        arg.optional(arg.lateInteger("min-idle-time", { token: "IDLE", since: "6.2.0" })),
        arg.string("start"),
        arg.string("end"),
        arg.lateInteger("count"),
        arg.optional(arg.string("consumer")),
      ]),
    ),
  ],
  ignoresArguments: true,
  run(context) {
    const { argv } = context;
    const filter = argv.length === 3 ? undefined : readFilter(argv);
    const { group } = findGroup(context, argv[1]!, argv[2]!);
    if (filter === undefined) replySum(context, group);
    else replyPending(context, group, filter);
  },
});

interface Filter {
  readonly minIdleMs: number;
  readonly from: StreamId;
  readonly to: StreamId;
  readonly count: number;
  readonly consumer: Bytes | undefined;
}

function readFilter(argv: readonly Bytes[]): Filter {
  if (argv.length < 6 || argv.length > 9) throw syntaxError();
  const withIdle = equalIgnoringCase(argv[3]!, "IDLE");
  const minIdleMs = withIdle ? Number(readInt64(argv[4]!)) : 0;
  if (withIdle && argv.length < 8) throw syntaxError();
  const [start, end, countWord, consumer] = argv.slice(withIdle ? 5 : 3);
  const count = Number(readInt64(countWord!));
  return { minIdleMs, count, from: readStart(start!), to: readEnd(end!), consumer };
}

/** How many wait, the first and the last, and for whom. */
function replySum({ reply }: CommandContext, group: ConsumerGroup): void {
  const { pending } = group;
  reply.array(4);
  reply.integer(pending.size);
  if (pending.size === 0) {
    reply.null();
    reply.null();
    reply.nullArray();
    return;
  }
  reply.bulk(printId(pending.first()![0]));
  reply.bulk(printId(pending.last()![0]));
  const busy = group.consumers().filter((consumer) => consumer.pending.size > 0);
  reply.array(busy.length);
  for (const consumer of busy) reply.bulks([consumer.name, String(consumer.pending.size)]);
}

function replyPending({ reply, now }: CommandContext, group: ConsumerGroup, filter: Filter): void {
  const { consumer } = filter;
  const pending = consumer === undefined ? group.pending : group.consumer(consumer)?.pending;
  const found: (readonly [StreamId, Pending])[] = [];
  for (const entry of pending?.from(filter.from) ?? []) {
    if (found.length >= filter.count || compareIds(entry[0], filter.to) > 0) break;
    if (filter.minIdleMs === 0 || now - entry[1].deliveredAt >= filter.minIdleMs) found.push(entry);
  }
  reply.array(found.length);
  for (const [id, { consumer: owner, deliveredAt, deliveries }] of found) {
    reply.array(4);
    reply.bulk(printId(id));
    reply.bulk(owner.name);
    reply.integer(Math.max(0, now - deliveredAt));
    reply.integer(deliveries);
  }
}
