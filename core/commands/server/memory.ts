// MEMORY: what keys weigh in a real server, and what a real server says of its allocator.
import { equalIgnoringCase } from "../../kernel/bytes.ts";
import { memoryUsage } from "../../keyspace/memory.ts";
import { syntaxError } from "../../resp/errors.ts";
import { arg } from "../args.ts";
import { defineCommand, defineContainer } from "../command.ts";
import { defineHelp } from "../help.ts";
import { key } from "../keys.ts";
import { readInt64 } from "../numbers.ts";

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
  subcommands: [help, usage],
});
