// SHUTDOWN: the process ends (db.c: shutdownCommand).
import { lower, type Bytes } from "../../kernel/bytes.ts";
import { ReplyError, shutdownFailed, syntaxError } from "../../resp/errors.ts";
import { arg } from "../args.ts";
import { defineCommand } from "../command.ts";
import type { ShutdownFlag } from "../ports.ts";

const FLAGS: ReadonlySet<Bytes> = new Set<ShutdownFlag>(["nosave", "save", "now", "force"]);

const selectors = [arg.token("nosave", "NOSAVE"), arg.token("save", "SAVE")] as const;

const VALKEY = { since: { valkey: "7.2.4" }, sinceShown: {} } as const;
const REDIS = { redis: "7.0.0" } as const;
const SINCE_7 = { since: "7.0.0" } as const;

/** What each family documents of the same words. */
const words = [
  arg.optional(
    arg.oneOf("save-selector", selectors, { since: { redis: "1.0.0" }, sinceShown: {}, name70: "nosave_save" }),
  ),
  arg.optional(arg.token("now", "NOW", { since: REDIS })),
  arg.optional(arg.token("force", "FORCE", { since: REDIS })),
  arg.optional(arg.token("abort", "ABORT", { since: REDIS })),
  arg.optional(
    arg.oneOf(
      "abort-selector",
      [
        arg.block("save-selector-block", [
          arg.optional(arg.oneOf("save-selector", selectors)),
          arg.optional(arg.token("now", "NOW", SINCE_7)),
          arg.optional(arg.token("force", "FORCE", SINCE_7)),
        ]),
        arg.token("abort", "ABORT", SINCE_7),
      ],
      VALKEY,
    ),
  ),
] as const;

export const shutdown = defineCommand({
  name: "SHUTDOWN",
  group: "server",
  since: "1.0.0",
  arity: -1,
  summary: "Ends the server's process, when replicas have everything and the data are saved.",
  complexity: "O(N) for N keys where they are saved, else O(1)",
  flags: ["admin", "noscript", "loading", "stale", "no_multi", "allow_busy"],
  acl: ["admin", "dangerous"],
  args: words,
  ignoresArguments: true,
  run(context) {
    const { argv, client, server, reply } = context;
    const options = argv.slice(1).map(lower);
    const flags = new Set(options.filter((word): word is ShutdownFlag => FLAGS.has(word)));
    const aborts = options.includes("abort");
    if (options.some((word) => word !== "abort" && !FLAGS.has(word))) throw syntaxError();
    if ((aborts && flags.size > 0) || (flags.has("save") && flags.has("nosave"))) throw syntaxError();
    if (aborts) {
      if (!server.shutdown.abort()) throw new ReplyError("ERR No shutdown in progress.");
      reply.ok();
      return;
    }
    switch (server.shutdown.begin(flags)) {
      case "over":
        return;
      case "failed":
        throw shutdownFailed();
      case "waits":
        context.block({ keys: [], timeoutMs: 0, endless: true, retry: () => false, timedOut() {} });
        server.shutdown.awaitedBy(client);
    }
  },
});
