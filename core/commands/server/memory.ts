// MEMORY: what keys weigh in a real server, and what a real server says of its allocator.
import { equalIgnoringCase } from "../../kernel/bytes.ts";
import { memoryUsage } from "../../keyspace/memory.ts";
import { syntaxError } from "../../resp/errors.ts";
import { arg } from "../args.ts";
import type { Reply } from "../../resp/reply.ts";
import { defineCommand, defineContainer, type CommandFacts } from "../command.ts";
import { defineHelp } from "../help.ts";
import { key } from "../keys.ts";
import { readInt64 } from "../numbers.ts";
import type { MemoryFigure } from "../ports.ts";

const USUAL_SAMPLES = 5;

const usage = defineCommand({
  group: "server",
  name: "USAGE",
  since: "4.0.0",
  arity: -3,
  summary: "Replies the bytes that a key and its value take in a real server.",
  complexity: "O(N) for N samples",
  flags: ["readonly"],
  keys: [key.at(2, "RO")],
  args: [arg.key("key"), arg.optional(arg.lateInteger("count", { token: "SAMPLES" }))],
  ignoresArguments: true,
  run(context) {
    const { argv, db, reply, server } = context;
    let samples = USUAL_SAMPLES;
    for (let i = 3; i < argv.length; i += 2) {
      if (!equalIgnoringCase(argv[i]!, "SAMPLES") || i + 1 >= argv.length) throw syntaxError();
      const given = Number(readInt64(argv[i + 1]!));
      if (given < 0) throw syntaxError();
      samples = given === 0 ? Infinity : given;
    }
    const name = argv[2]!;
    const value = db.raw(name);
    if (value === undefined) {
      reply.null();
      return;
    }
    const encoding = db.encodingOf(name, value);
    const expires = db.deadline(name) !== undefined;
    reply.integer(memoryUsage({ key: name, value, encoding, expires, samples }, server.memoryModel));
  },
});

const reportFacts = {
  group: "server",
  since: "4.0.0",
  arity: 2,
  flags: [],
  complexity: "O(1)",
  tips: ["nondeterministic_output", "request_policy:all_shards", "response_policy:special"],
} as const satisfies Partial<CommandFacts>;

const doctor = defineCommand({
  ...reportFacts,
  name: "DOCTOR",
  summary: "Replies what is wrong with the memory; simulated memory is sound.",
  run({ server, reply }) {
    reply.verbatim("txt", server.usedMemoryBytes < LEAST_DIAGNOSED_BYTES ? TOO_LITTLE : NO_ISSUE);
  },
});

/** A real server does not look into less. */
const LEAST_DIAGNOSED_BYTES = 5 * 1024 ** 2;
const TOO_LITTLE =
  "Hi Sam, this instance is empty or is using very little memory, my issues detector can't be used in these conditions. Please, leave for your mission on Earth and fill it with some data. The new Sam and I will be back to our programming as soon as I finished rebooting.\n";
const NO_ISSUE =
  "Hi Sam, I can't find any memory issue in your instance. I can only account for what occurs on this base.\n";

const mallocStats = defineCommand({
  ...reportFacts,
  name: "MALLOC-STATS",
  summary: "Replies what the allocator says of itself; there is none that speaks.",
  complexity: "Depends on how much memory is allocated.",
  in: { valkey: { flags: ["loading"] } },
  run: ({ reply }) => reply.bulk("Stats not supported for the current allocator"),
});

const purge = defineCommand({
  ...reportFacts,
  name: "PURGE",
  summary: "Asks the allocator to give memory back.",
  complexity: "Depends on how much memory is allocated.",
  tips: ["request_policy:all_shards", "response_policy:all_succeeded"],
  in: { valkey: { flags: ["loading"] } },
  run: ({ reply }) => reply.ok(),
});

const stats = defineCommand({
  ...reportFacts,
  name: "STATS",
  summary: "Replies what memory is used for, in bytes and ratios.",
  run: ({ server, reply }) => replyFigures(reply, server.memoryFigures),
});

function replyFigures(reply: Reply, figures: readonly MemoryFigure[]): void {
  reply.map(figures.length);
  for (const [name, figure] of figures) {
    reply.bulk(name);
    if (typeof figure === "number") reply.integer(figure);
    else if ("ratio" in figure) reply.double(figure.ratio);
    else replyFigures(reply, figure.figures);
  }
}

const help = defineHelp({ group: "server", since: "4.0.0" }, "memory", [
  "DOCTOR",
  "    Return memory problems reports.",
  "MALLOC-STATS",
  "    Return internal statistics report from the memory allocator.",
  "PURGE",
  "    Attempt to purge dirty pages for reclamation by the allocator.",
  "STATS",
  "    Return information about the memory usage of the server.",
  "USAGE <key> [SAMPLES <count>]",
  "    Return memory in bytes used by <key> and its value. Nested values are",
  "    sampled up to <count> times (default: 5, 0 means sample all).",
]);

export const memory = defineContainer({
  group: "server",
  name: "MEMORY",
  since: "4.0.0",
  arity: -2,
  summary: "Looks into the memory of the server.",
  complexity: "Depends on the subcommand.",
  flags: [],
  subcommands: [doctor, help, mallocStats, purge, stats, usage],
});
