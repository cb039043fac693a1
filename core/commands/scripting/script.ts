// SCRIPT: what the server knows of scripts (eval.c: scriptCommand).
import { equalIgnoringCase } from "../../kernel/bytes.ts";
import { ReplyError } from "../../resp/errors.ts";
import { arg } from "../args.ts";
import { defineCommand, defineContainer, type CommandFacts } from "../command.ts";
import { defineHelp } from "../help.ts";

const facts = {
  group: "scripting",
  since: "2.6.0",
  complexity: "O(1)",
  flags: ["noscript"],
  acl: ["scripting"],
} as const satisfies Partial<CommandFacts>;

const EVERYWHERE = ["request_policy:all_nodes", "response_policy:all_succeeded"] as const;

const load = defineCommand({
  ...facts,
  name: "LOAD",
  arity: 3,
  summary: "Makes a script known without running it.",
  complexity: "O(N) for N bytes of the script",
  flags: ["noscript", "stale"],
  tips: EVERYWHERE,
  args: [arg.string("script")],
  run({ server, reply }, { script }) {
    reply.bulk(server.scripts.load(script));
  },
});

const existsCommand = defineCommand({
  ...facts,
  name: "EXISTS",
  arity: -3,
  summary: "Tells which scripts are known.",
  complexity: "O(N) for N scripts",
  tips: ["request_policy:all_shards", "response_policy:agg_logical_and"],
  args: [arg.multiple(arg.string("sha1"))],
  run({ server, reply }, { sha1 }) {
    reply.array(sha1.length);
    for (const sha of sha1) reply.integer(server.scripts.has(sha) ? 1 : 0);
  },
});

/** How a flush frees memory; here it makes no difference. */
export const flushType = arg.oneOf("flush-type", [arg.token("async", "ASYNC"), arg.token("sync", "SYNC")], {
  since: "6.2.0",
  name70: "async",
});

const flush = defineCommand({
  ...facts,
  name: "FLUSH",
  arity: -2,
  summary: "Forgets every script.",
  complexity: "O(N) for N scripts",
  tips: EVERYWHERE,
  args: [arg.optional(flushType)],
  ignoresArguments: true,
  run({ argv, server, reply }) {
    const [, , mode, ...more] = argv;
    const known = mode === undefined || ["ASYNC", "SYNC"].some((word) => equalIgnoringCase(mode, word));
    if (!known || more.length > 0) throw new ReplyError("ERR SCRIPT FLUSH only support SYNC|ASYNC option");
    server.scripts.flush();
    reply.ok();
  },
});

const kill = defineCommand({
  ...facts,
  name: "KILL",
  arity: 2,
  summary: "Ends a script that runs for too long and has written nothing.",
  flags: ["noscript", "allow_busy"],
  tips: ["request_policy:all_shards", "response_policy:one_succeeded"],
  run({ server, reply }) {
    server.killScript("eval");
    reply.ok();
  },
});

const debug = defineCommand({
  ...facts,
  name: "DEBUG",
  since: "3.2.0",
  arity: 3,
  summary: "Says whether the next script is to be debugged.",
  args: [arg.oneOf("mode", [arg.token("yes", "YES"), arg.token("sync", "SYNC"), arg.token("no", "NO")])],
  unknownOption: () => new ReplyError("ERR Use SCRIPT DEBUG YES/SYNC/NO"),
  run({ reply }) {
    reply.ok();
  },
});

const show = defineCommand({
  ...facts,
  name: "SHOW",
  since: { valkey: "8.0.0" },
  arity: 3,
  summary: "Replies the text of a script.",
  args: [arg.string("sha1")],
  run({ server, reply }, { sha1 }) {
    reply.bulk(server.scripts.show(sha1));
  },
});

const help = defineHelp({ group: "scripting", acl: ["scripting"] }, "script", [
  "DEBUG (YES|SYNC|NO)",
  "    Set the debug mode for subsequent scripts executed.",
  "EXISTS <sha1> [<sha1> ...]",
  "    Return information about the existence of the scripts in the script cache.",
  "FLUSH [ASYNC|SYNC]",
  "    Flush the Lua scripts cache. Very dangerous on replicas.",
  ({ family }) =>
    `    When called without the optional mode argument, the behavior is determined${family === "redis" ? " by the" : ""}`,
  ({ family }) =>
    `    ${family === "redis" ? "" : " by the "}lazyfree-lazy-user-flush configuration directive. Valid modes are:`,
  "    * ASYNC: Asynchronously flush the scripts cache.",
  "    * SYNC: Synchronously flush the scripts cache.",
  "KILL",
  "    Kill the currently executing Lua script.",
  "LOAD <script>",
  "    Load a script into the scripts cache without executing it.",
  { since: { valkey: "8.0.0" }, lines: ["SHOW <sha1>", "    Show a script from the scripts cache."] },
]);

export const script = defineContainer({
  ...facts,
  name: "SCRIPT",
  arity: -2,
  summary: "Manages scripts.",
  flags: [],
  acl: [],
  subcommands: [debug, existsCommand, flush, help, kill, load, show],
});
