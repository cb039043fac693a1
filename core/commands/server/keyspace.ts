// Whole databases: DBSIZE, FLUSHDB, FLUSHALL, SWAPDB.
import { parseInt64 } from "../../kernel/integers.ts";
import type { Bytes } from "../../kernel/bytes.ts";
import { dbOutOfRange, notInCluster, ReplyError } from "../../resp/errors.ts";
import { arg } from "../args.ts";
import { defineCommand, type CommandFacts } from "../command.ts";
import type { CommandContext } from "../context.ts";

export const dbsize = defineCommand({
  name: "DBSIZE",
  group: "server",
  since: "1.0.0",
  arity: 1,
  summary: "Counts the keys of the database.",
  complexity: "O(1)",
  flags: ["readonly", "fast"],
  acl: ["keyspace"],
  tips: ["request_policy:all_shards", "response_policy:agg_sum"],
  run({ db, reply }) {
    reply.integer(db.size);
  },
});

const flushFacts = {
  group: "server",
  since: "1.0.0",
  arity: -1,
  complexity: "O(N) for N keys",
  flags: ["write"],
  acl: ["keyspace", "dangerous"],
  tips: ["request_policy:all_shards", "response_policy:all_succeeded"],
} as const satisfies Partial<CommandFacts>;

const flushType = arg.optional(
  arg.oneOf(
    "flush-type",
    [arg.token("async", "ASYNC", { since: "4.0.0" }), arg.token("sync", "SYNC", { since: "6.2.0" })],
    {
      name70: "async",
    },
  ),
);

export const flushdb = defineCommand({
  ...flushFacts,
  name: "FLUSHDB",
  summary: "Deletes every key of the database.",
  args: [flushType],
  run(context, { "flush-type": type }) {
    const { db, propagate } = context;
    const deleted = db.flush();
    propagate.verbatim(deleted);
    replyFlushed(context, deleted, type?.is);
  },
});

export const flushall = defineCommand({
  ...flushFacts,
  name: "FLUSHALL",
  summary: "Deletes every key of every database.",
  args: [flushType],
  run(context, { "flush-type": type }) {
    const { server, propagate } = context;
    let deleted = 0;
    for (const db of server.databases) deleted += db.flush();
    propagate.verbatim(deleted);
    server.snapshots.flushed();
    replyFlushed(context, deleted, type?.is);
  },
});

/** Where the command waits until another thread has freed everything, the client is told first that its copies are invalid. */
function replyFlushed(
  { client, mayBlock, profile, reply, server }: CommandContext,
  deleted: number,
  type: "async" | "sync" | undefined,
): void {
  server.tracking.flushed();
  const waits = profile.can.repliesAfterFlush && mayBlock && type !== "async";
  if (waits) {
    server.tracking.settle(client);
    client.pushOwn();
  }
  if (waits || type === "async" || (type === undefined && server.flushesInBackground))
    server.freedInBackground(deleted);
  reply.ok();
}

export const swapdb = defineCommand({
  name: "SWAPDB",
  group: "server",
  since: "4.0.0",
  arity: 3,
  summary: "Exchanges two databases; their clients see the other's keys at once.",
  complexity: "O(N) for N clients that watch or wait",
  flags: ["write", "fast"],
  acl: ["keyspace", "dangerous"],
  args: [arg.lateInteger("index1"), arg.lateInteger("index2")],
  run({ server, reply, propagate }, { index1, index2 }) {
    if (server.cluster !== undefined) throw notInCluster("SWAPDB is");
    const [at, other] = [readIndex(index1, "first"), readIndex(index2, "second")];
    const first = server.databases[at];
    const second = server.databases[other];
    if (first === undefined || second === undefined) throw dbOutOfRange();
    if (first !== second) server.swap(first, second);
    server.incompatible();
    propagate.verbatim();
    reply.ok();
  },
});

function readIndex(bytes: Bytes, which: "first" | "second"): number {
  const index = parseInt64(bytes);
  if (index === undefined || index > 2147483647 || index < -2147483648) {
    throw new ReplyError(`ERR invalid ${which} DB index`);
  }
  return Number(index);
}
