// Holding clients back: CLIENT PAUSE and UNPAUSE.
import { addInt64, parseInt64 } from "../../kernel/integers.ts";
import { ReplyError, unknownForm } from "../../resp/errors.ts";
import { arg } from "../args.ts";
import { defineCommand, type CommandFacts } from "../command.ts";

const facts = {
  group: "connection",
  complexity: "O(1)",
  flags: ["admin", "noscript", "loading", "stale"],
  acl: ["connection"],
} as const satisfies Partial<CommandFacts>;

const noPauseMode = (): ReplyError => new ReplyError("ERR CLIENT PAUSE mode must be WRITE or ALL");

export const pause = defineCommand({
  ...facts,
  name: "PAUSE",
  since: "3.0.0",
  in: { "redis-7.0": { since: "2.9.50" } },
  arity: -3,
  summary: "Holds back every command, or every write, for a time.",
  args: [
    arg.lateInteger("timeout"),
    arg.optional(
      arg.oneOf("mode", [arg.token("write", "WRITE"), arg.token("all", "ALL")], {
        since: "6.2.0",
      }),
    ),
    arg.optional(arg.multiple(arg.string("ignored", { since: { valkey: "7.2.0" }, undocumented: true }))),
  ],
  unknownOption: (_word, argv) => (argv.length === 4 ? noPauseMode() : unknownForm(argv[1]!, "CLIENT")),
  run({ argv, server, reply, now, profile }, { timeout, mode, ignored }) {
    if (argv.length === 4 && ignored !== undefined) throw noPauseMode();
    const durationMs = parseInt64(timeout);
    if (durationMs === undefined) throw new ReplyError("ERR timeout is not an integer or out of range");
    if (durationMs < 0) throw new ReplyError("ERR timeout is negative");
    const until = addInt64(durationMs, now);
    if (until === undefined && !profile.can.actsWhileReading) throw new ReplyError("ERR timeout is out of range");
    // Redis 7.0 lets the sum wrap: the pause is over before it begins.
    if (until !== undefined) server.pause(Number(until), (argv.length === 4 ? mode?.is : undefined) ?? "all");
    reply.ok();
  },
});

export const unpause = defineCommand({
  ...facts,
  name: "UNPAUSE",
  since: "6.2.0",
  arity: 2,
  summary: "Ends a pause.",
  complexity: "O(N) for N held clients",
  run({ server, reply }) {
    server.unpause();
    reply.ok();
  },
});
