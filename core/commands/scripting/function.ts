// FUNCTION: the libraries of functions (functions.c).
import { equalIgnoringCase, lower, type Bytes } from "../../kernel/bytes.ts";
import { globMatch } from "../../kernel/glob.ts";
import { ReplyError, unknownForm } from "../../resp/errors.ts";
import type { Library, RestorePolicy } from "../../scripting/function-libraries.ts";
import { arg } from "../args.ts";
import { defineCommand, defineContainer, type CommandFacts } from "../command.ts";
import type { CommandContext } from "../context.ts";
import { defineHelp } from "../help.ts";

const facts = {
  group: "scripting",
  since: "7.0.0",
  complexity: "O(1)",
  flags: ["noscript"],
  acl: ["scripting"],
} as const satisfies Partial<CommandFacts>;

const ON_SHARDS = ["request_policy:all_shards", "response_policy:all_succeeded"] as const;

const load = defineCommand({
  ...facts,
  name: "LOAD",
  arity: -3,
  summary: "Makes a library of functions.",
  flags: ["write", "denyoom", "noscript"],
  tips: ON_SHARDS,
  args: [arg.optional(arg.token("replace", "REPLACE")), arg.string("function-code")],
  ignoresArguments: true,
  run({ argv, server, reply, propagate }) {
    const options = argv.slice(2, -1);
    const unknown = options.find((option) => !equalIgnoringCase(option, "REPLACE"));
    if (unknown !== undefined) throw new ReplyError(`ERR Unknown option given: ${unknown}`);
    reply.bulk(server.functions.load(argv.at(-1)!, { replace: options.length > 0 }));
    propagate.verbatim();
  },
});

const deleteCommand = defineCommand({
  ...facts,
  name: "DELETE",
  arity: 3,
  summary: "Deletes a library and its functions.",
  flags: ["write", "noscript"],
  tips: ON_SHARDS,
  args: [arg.string("library-name")],
  run({ server, reply, propagate }, { "library-name": name }) {
    server.functions.delete(name);
    propagate.verbatim();
    reply.ok();
  },
});

const flush = defineCommand({
  ...facts,
  name: "FLUSH",
  arity: -2,
  summary: "Deletes every library.",
  complexity: "O(N) for N functions",
  flags: ["write", "noscript"],
  tips: ON_SHARDS,
  args: [
    arg.optional(
      arg.oneOf("flush-type", [arg.token("async", "ASYNC"), arg.token("sync", "SYNC")], { name70: "async" }),
    ),
  ],
  ignoresArguments: true,
  run({ argv, server, reply, propagate }) {
    const [, word = "", mode, ...more] = argv;
    if (more.length > 0) throw unknownForm(word, "FUNCTION");
    if (mode !== undefined && !["ASYNC", "SYNC"].some((each) => equalIgnoringCase(mode, each))) {
      throw new ReplyError("ERR FUNCTION FLUSH only supports SYNC|ASYNC option");
    }
    server.functions.flush();
    propagate.verbatim();
    reply.ok();
  },
});

const kill = defineCommand({
  ...facts,
  name: "KILL",
  arity: 2,
  summary: "Ends a function that runs for too long and has written nothing.",
  flags: ["noscript", "allow_busy"],
  tips: ["request_policy:all_shards", "response_policy:one_succeeded"],
  run({ server, reply }) {
    server.killScript("function");
    reply.ok();
  },
});

const dump = defineCommand({
  ...facts,
  name: "DUMP",
  arity: 2,
  summary: "Replies the libraries in a form that FUNCTION RESTORE takes.",
  complexity: "O(N) for N functions",
  run({ server, reply }) {
    reply.bulk(server.persistence.dumpLibraries());
  },
});

const POLICIES: readonly RestorePolicy[] = ["flush", "append", "replace"];

const restore = defineCommand({
  ...facts,
  name: "RESTORE",
  arity: -3,
  summary: "Makes libraries of what FUNCTION DUMP replied.",
  complexity: "O(N) for N functions",
  flags: ["write", "denyoom", "noscript"],
  tips: ON_SHARDS,
  args: [
    arg.string("serialized-value"),
    arg.optional(
      arg.oneOf("policy", [
        arg.token("flush", "FLUSH"),
        arg.token("append", "APPEND"),
        arg.token("replace", "REPLACE"),
      ]),
    ),
  ],
  ignoresArguments: true,
  run({ argv, server, reply, propagate }) {
    const [, name = "", payload = "", word = "append", ...more] = argv;
    if (more.length > 0) throw unknownForm(name, "FUNCTION");
    const policy = POLICIES.find((each) => each === lower(word));
    if (policy === undefined) {
      throw new ReplyError("ERR Wrong restore policy given, value should be either FLUSH, APPEND or REPLACE.");
    }
    server.functions.restore(server.persistence.readLibraries(payload), policy);
    propagate.verbatim();
    reply.ok();
  },
});

const list = defineCommand({
  ...facts,
  name: "LIST",
  arity: -2,
  summary: "Replies the libraries and their functions.",
  complexity: "O(N) for N functions",
  tips: ["nondeterministic_output_order"],
  args: [
    arg.optional(arg.string("library-name-pattern", { token: "LIBRARYNAME" })),
    arg.optional(arg.token("withcode", "WITHCODE")),
  ],
  ignoresArguments: true,
  run({ argv, server, reply }) {
    const { pattern, withCode } = readListOptions(argv.slice(2));
    const listed = server.functions.all.filter(
      ({ name }) => pattern === undefined || globMatch(pattern, name, { ignoreCase: true }),
    );
    reply.array(listed.length);
    for (const library of listed) replyLibrary(reply, library, withCode);
  },
});

function readListOptions(words: readonly Bytes[]): { readonly pattern: Bytes | undefined; readonly withCode: boolean } {
  let pattern: Bytes | undefined;
  let withCode = false;
  for (let i = 0; i < words.length; i++) {
    const word = words[i]!;
    if (!withCode && equalIgnoringCase(word, "WITHCODE")) withCode = true;
    else if (pattern === undefined && equalIgnoringCase(word, "LIBRARYNAME")) {
      pattern = words[++i];
      if (pattern === undefined) throw new ReplyError("ERR library name argument was not given");
    } else throw new ReplyError(`ERR Unknown argument ${word}`);
  }
  return { pattern, withCode };
}

function replyLibrary(reply: CommandContext["reply"], library: Library, withCode: boolean): void {
  reply.map(withCode ? 4 : 3);
  reply.bulk("library_name");
  reply.bulk(library.name);
  reply.bulk("engine");
  reply.bulk("LUA");
  reply.bulk("functions");
  reply.array(library.functions.length);
  for (const { name, description, flags } of library.functions) {
    reply.map(3);
    reply.bulk("name");
    reply.bulk(name);
    reply.bulk("description");
    reply.bulkOrNull(description);
    reply.bulk("flags");
    reply.set(flags.size);
    for (const flag of flags) reply.simple(flag);
  }
  if (!withCode) return;
  reply.bulk("library_code");
  reply.bulk(library.code);
}

const stats = defineCommand({
  ...facts,
  name: "STATS",
  arity: 2,
  summary: "Tells which function runs, and what libraries there are.",
  flags: ["noscript", "allow_busy"],
  tips: ["nondeterministic_output", "request_policy:all_shards", "response_policy:special"],
  run({ server, reply }) {
    const busy = server.busyScript;
    if (busy?.run.kind === "eval") server.killScript("function"); // which throws: nothing can be said of scripts here
    reply.map(2);
    reply.bulk("running_script");
    if (busy === undefined) reply.null();
    else {
      reply.map(3);
      reply.bulk("name");
      reply.bulk(busy.run.name);
      reply.bulk("command");
      reply.bulks(busy.run.command);
      reply.bulk("duration_ms");
      reply.integer(busy.durationMs);
    }
    reply.bulk("engines");
    reply.map(1);
    reply.bulk("LUA");
    reply.map(2);
    reply.bulk("libraries_count");
    reply.integer(server.functions.all.length);
    reply.bulk("functions_count");
    reply.integer(server.functions.functionCount);
  },
});

const help = defineHelp({ group: "scripting", acl: ["scripting"], since: "7.0.0" }, "function", [
  "LOAD [REPLACE] <FUNCTION CODE>",
  "    Create a new library with the given library name and code.",
  "DELETE <LIBRARY NAME>",
  "    Delete the given library.",
  "LIST [LIBRARYNAME PATTERN] [WITHCODE]",
  "    Return general information on all the libraries:",
  "    * Library name",
  "    * The engine used to run the Library",
  { before: "7.2.0", lines: ["    * Library description"] },
  "    * Functions list",
  "    * Library code (if WITHCODE is given)",
  "    It also possible to get only function that matches a pattern using LIBRARYNAME argument.",
  "STATS",
  "    Return information about the current function running:",
  "    * Function name",
  "    * Command used to run the function",
  "    * Duration in MS that the function is running",
  "    If no function is running, return nil",
  "    In addition, returns a list of available engines.",
  "KILL",
  "    Kill the current running function.",
  "FLUSH [ASYNC|SYNC]",
  "    Delete all the libraries.",
  "    When called without the optional mode argument, the behavior is determined by the",
  "    lazyfree-lazy-user-flush configuration directive. Valid modes are:",
  "    * ASYNC: Asynchronously flush the libraries.",
  "    * SYNC: Synchronously flush the libraries.",
  "DUMP",
  "    Return a serialized payload representing the current libraries, can be restored using FUNCTION RESTORE command",
  "RESTORE <PAYLOAD> [FLUSH|APPEND|REPLACE]",
  "    Restore the libraries represented by the given payload, it is possible to give a restore policy to",
  "    control how to handle existing libraries (default APPEND):",
  "    * FLUSH: delete all existing libraries.",
  "    * APPEND: appends the restored libraries to the existing libraries. On collision, abort.",
  "    * REPLACE: appends the restored libraries to the existing libraries, On collision, replace the old",
  "      libraries with the new libraries (notice that even on this option there is a chance of failure",
  "      in case of functions name collision with another library).",
]);

export const functionCommand = defineContainer({
  ...facts,
  name: "FUNCTION",
  arity: -2,
  summary: "Manages libraries of functions.",
  flags: [],
  acl: [],
  subcommands: [deleteCommand, dump, flush, help, kill, list, load, restore, stats],
});
