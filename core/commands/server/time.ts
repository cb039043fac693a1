// The server's time and life: TIME, LASTSAVE, INFO, DEBUG.
import { lower } from "../../kernel/bytes.ts";
import { unknownForm } from "../../resp/errors.ts";
import { arg } from "../args.ts";
import { defineCommand, type CommandFacts } from "../command.ts";
import { replyHelp, type HelpLine } from "../help.ts";

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

export const lastsave = defineCommand({
  ...facts,
  name: "LASTSAVE",
  since: "1.0.0",
  summary: "Replies the Unix time of the last save; of the start, where nothing was saved.",
  acl: ["admin", "dangerous"],
  run({ server, reply }) {
    reply.integer(Math.floor(server.lastSaveAt / 1000));
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
    reply.verbatim("txt", server.info(section.map(lower)));
  },
});

export const debug = defineCommand({
  name: "DEBUG",
  group: "server",
  since: "1.0.0",
  arity: -2,
  summary: "Commands for debugging; refused unless enable-debug-command allows them.",
  complexity: "that of the subcommand",
  flags: ["admin", "noscript", "loading", "stale", "protected"],
  docFlags: ["syscmd"],
  ignoresArguments: true,
  run(context) {
    const { argv, server, reply, profile } = context;
    const name = lower(argv[1]!);
    if (argv.length === 2 && name === "help") replyHelp(reply, profile, { container: "debug", lines: helpLines });
    else if (argv.length === 3 && name === "sleep") {
      reply.ok();
      server.stall((Number.parseFloat(argv[2]!) || 0) * 1000);
    } else if (argv.length === 3 && name === "set-active-expire") {
      server.setActiveExpire(Number.parseInt(argv[2]!, 10) === 1);
      reply.ok();
    } else throw unknownForm(argv[1]!, "DEBUG");
  },
});

const helpLines: readonly HelpLine[] = [
  "SET-ACTIVE-EXPIRE <0|1>",
  "    Setting it to 0 disables expiring keys (and hash-fields) in background ",
  "    when they are not accessed (otherwise the Redis behavior). Setting it",
  "    to 1 reenables back the default.",
  "SLEEP <seconds>",
  "    Stop the server for <seconds>. Decimals allowed.",
];
