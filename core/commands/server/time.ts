// The server's time and state: TIME, INFO.
import { lower } from "../../kernel/bytes.ts";
import { arg } from "../args.ts";
import { defineCommand, type CommandFacts } from "../command.ts";

const facts = {
  group: "server",
  arity: 1,
  complexity: "O(1)",
  flags: ["loading", "stale", "fast"],
  tips: ["nondeterministic_output"],
} as const satisfies Partial<CommandFacts>;

export const time = defineCommand({
  ...facts,
  name: "TIME",
  since: "2.6.0",
  summary: "Replies the server's time: seconds of Unix time, and microseconds of the current one.",
  run({ server, reply }) {
    const microseconds = Math.floor(server.exactNow * 1000);
    reply.bulks([String(Math.floor(microseconds / 1e6)), String(microseconds % 1e6)]);
  },
});

export const info = defineCommand({
  name: "INFO",
  group: "server",
  since: "1.0.0",
  arity: -1,
  summary: "Replies facts and counters of the server.",
  complexity: "O(1)",
  flags: ["loading", "stale"],
  acl: ["dangerous"],
  tips: ["nondeterministic_output", "request_policy:all_shards", "response_policy:special"],
  args: [arg.optional(arg.multiple(arg.string("section")))],
  run({ server, reply }, { section = [] }) {
    const text = server.info(section.map(lower));
    if (server.mode === "sentinel") reply.bulk(text);
    else reply.verbatim("txt", text);
  },
});
