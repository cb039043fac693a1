// The data on the server's disk: SAVE, BGSAVE, LASTSAVE, BGREWRITEAOF (rdb.c: saveCommand, bgsaveCommand; aof.c).
import { lower } from "../../kernel/bytes.ts";
import { ReplyError, syntaxError } from "../../resp/errors.ts";
import { arg } from "../args.ts";
import { defineCommand, type CommandFacts } from "../command.ts";
import type { CommandContext } from "../context.ts";

const facts = {
  group: "server",
  since: "1.0.0",
  flags: ["admin", "noscript", "no_async_loading"],
  acl: ["admin", "dangerous"],
} as const satisfies Partial<CommandFacts>;

const IN_VALKEY = { valkey: "8.1.0" } as const;

const otherProcess = (): ReplyError =>
  new ReplyError(
    "ERR Another child process is active (AOF?): can't BGSAVE right now. Use BGSAVE SCHEDULE in order to schedule a BGSAVE whenever possible.",
  );

const inProgress = (): ReplyError => new ReplyError("ERR Background save already in progress");

export const save = defineCommand({
  ...facts,
  name: "SAVE",
  arity: 1,
  summary: "Saves the data to the disk; nothing else happens meanwhile.",
  complexity: "O(N) for N keys",
  flags: [...facts.flags, "no_multi"],
  run({ server: { snapshots }, reply }) {
    if (snapshots.underWay) throw inProgress();
    if (!snapshots.save()) throw new ReplyError("ERR");
    reply.ok();
  },
});

export const bgsave = defineCommand({
  ...facts,
  name: "BGSAVE",
  arity: -1,
  summary: "Saves the data as they are now to the disk, beside everything else.",
  complexity: "O(1)",
  args: [
    arg.optional(arg.token("schedule", "SCHEDULE", { since: { redis: "3.2.2" } })),
    arg.optional(
      arg.oneOf(
        "operation",
        [arg.token("schedule", "SCHEDULE", { since: "3.2.2" }), arg.token("cancel", "CANCEL", { since: IN_VALKEY })],
        { since: IN_VALKEY, sinceShown: {} },
      ),
    ),
  ],
  ignoresArguments: true,
  run(context) {
    const { argv, server, reply } = context;
    const { snapshots } = server;
    const option = argv.length === 2 ? lower(argv[1]!) : undefined;
    if (option === "cancel" && context.profile.can.cancelsSaves) {
      cancel(context);
      return;
    }
    if (argv.length > 1 && option !== "schedule") throw syntaxError();
    if (snapshots.underWay) throw inProgress();
    // A transaction runs to its end first, and one process is enough.
    const isElsewhere = server.appendOnly.underWay;
    if (isElsewhere && context.mayBlock && option === undefined) throw otherProcess();
    if (context.mayBlock && !isElsewhere) {
      snapshots.begin();
      reply.simple("Background saving started");
    } else {
      snapshots.schedule();
      reply.simple("Background saving scheduled");
    }
  },
});

function cancel({ server: { snapshots }, reply }: CommandContext): void {
  const { underWay, scheduled } = snapshots;
  if (!underWay && !scheduled) throw new ReplyError("ERR Background saving is currently not in progress or scheduled");
  snapshots.cancel();
  reply.simple(underWay ? "Background saving cancelled" : "Scheduled background saving cancelled");
}

export const bgrewriteaof = defineCommand({
  ...facts,
  name: "BGREWRITEAOF",
  arity: 1,
  summary: "Writes the append-only file anew, as short as the data allow, beside everything else.",
  complexity: "O(1)",
  run({ server: { appendOnly, snapshots }, mayBlock, reply }) {
    if (appendOnly.underWay) throw new ReplyError("ERR Background append only file rewriting already in progress");
    if (snapshots.underWay || !mayBlock) {
      appendOnly.schedule();
      reply.simple("Background append only file rewriting scheduled");
      return;
    }
    if (!appendOnly.begin()) {
      throw new ReplyError(
        "ERR Can't execute an AOF background rewriting. Please check the server logs for more information.",
      );
    }
    reply.simple("Background append only file rewriting started");
  },
});

export const lastsave = defineCommand({
  ...facts,
  name: "LASTSAVE",
  arity: 1,
  summary: "Replies the Unix time of the last save; of the start, where nothing was saved.",
  complexity: "O(1)",
  flags: ["loading", "stale", "fast"],
  tips: ["nondeterministic_output"],
  run({ server: { snapshots }, reply }) {
    reply.integer(Math.floor(snapshots.lastSaveAt / 1000));
  },
});
