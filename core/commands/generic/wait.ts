// Waiting until writes are safe: WAIT for replicas, WAITAOF for disks (replication.c: waitCommand, waitaofCommand).
import { ReplyError } from "../../resp/errors.ts";
import { INT64_MAX, type Int64 } from "../../kernel/integers.ts";
import { arg } from "../args.ts";
import { defineCommand, type CommandFacts } from "../command.ts";
import type { CommandContext } from "../context.ts";
import { readBetween, readInt64 } from "../numbers.ts";
import { readTimeoutMs } from "../timeout.ts";

const facts = {
  group: "generic",
  complexity: "O(1)",
  flags: ["blocking"],
  acl: ["connection", "blocking"],
  tips: ["request_policy:all_shards", "response_policy:agg_min"],
} as const satisfies Partial<CommandFacts>;

export const wait = defineCommand({
  ...facts,
  name: "WAIT",
  since: "3.0.0",
  arity: 3,
  summary: "Waits until so many replicas have what this connection wrote.",
  in: { "redis-7.0": { flags: ["noscript"], acl: ["connection"] } },
  args: [arg.lateInteger("numreplicas"), arg.lateInteger("timeout")],
  run(context, { numreplicas: needed, timeout }) {
    const { server, reply, profile } = context;
    if (server.replication.isReplica) {
      throw new ReplyError(
        `ERR WAIT cannot be used with replica instances. Please also note that ${profile.family === "redis" ? "since Redis 4.0 " : ""}if a replica is configured to be writable (which is not the default) writes to replicas are just local and are not propagated.`,
      );
    }
    const numreplicas = readInt64(needed);
    const { writtenOffset } = context.client;
    const replicas = (): number => server.acknowledged(writtenOffset).replicas;
    answerOrWait(context, {
      timeoutMs: readTimeoutMs(timeout, context),
      enough: () => isEnough(replicas(), numreplicas),
      answer: () => reply.integer(replicas()),
    });
  },
});

export const waitaof = defineCommand({
  ...facts,
  name: "WAITAOF",
  since: "7.2.0",
  arity: 4,
  summary: "Waits until what this connection wrote is on the disk here, and on those of so many replicas.",
  args: [
    arg.read(arg.lateInteger("numlocal"), (bytes) => readBetween(bytes, { min: 0, max: 1 })),
    arg.read(arg.lateInteger("numreplicas"), (bytes) =>
      readBetween(bytes, { min: 0, max: INT64_MAX }, "ERR value is out of range, must be positive"),
    ),
    arg.lateInteger("timeout"),
  ],
  run(context, { numlocal, numreplicas, timeout }) {
    const { server, reply } = context;
    const { writtenOffset } = context.client;
    const timeoutMs = readTimeoutMs(timeout, context);
    if (server.replication.isReplica) {
      throw new ReplyError(
        "ERR WAITAOF cannot be used with replica instances. Please also note that writes to replicas are just local and are not propagated.",
      );
    }
    answerOrWait(context, {
      timeoutMs,
      enough() {
        const { local, replicaDisks } = server.acknowledged(writtenOffset);
        if (numlocal > 0 && local === undefined) throw noAppendOnlyFile();
        return (local ?? 0) >= numlocal && isEnough(replicaDisks, numreplicas);
      },
      answer() {
        const { local = 0, replicaDisks } = server.acknowledged(writtenOffset);
        reply.array(2);
        reply.integer(local);
        reply.integer(replicaDisks);
      },
    });
  },
});

const noAppendOnlyFile = (): ReplyError =>
  new ReplyError("ERR WAITAOF cannot be used when numlocal is set but appendonly is disabled.");

/** Who waits is noted with 32 bits of the number: one beyond them is reached as soon as somebody looks. */
function isEnough(count: number, wanted: Int64): boolean {
  return count >= wanted || count >= BigInt.asIntN(32, BigInt(wanted));
}

/** The reply is how many have it, whether they are enough or the time is over. */
function answerOrWait(
  { mayBlock, block }: CommandContext,
  {
    timeoutMs,
    enough,
    answer,
  }: { readonly timeoutMs: number; readonly enough: () => boolean; readonly answer: () => void },
): void {
  const serve = (): boolean => {
    const served = enough();
    if (served) answer();
    return served;
  };
  if (serve()) return;
  if (mayBlock) block({ keys: [], awaitsReplicas: true, timeoutMs, retry: serve, timedOut: answer });
  else answer();
}
