// CONFIG GET, SET, RESETSTAT.
import { lower, type Bytes } from "../../kernel/bytes.ts";
import { ReplyError } from "../../resp/errors.ts";
import { arg } from "../args.ts";
import { defineCommand, defineContainer, type CommandFacts } from "../command.ts";
import { exists } from "../profile.ts";
import { defineHelp } from "../help.ts";

const facts = {
  group: "server",
  since: "2.0.0",
  flags: ["admin", "noscript", "loading", "stale"],
} as const satisfies Partial<CommandFacts>;

const everyNode = ["request_policy:all_nodes", "response_policy:all_succeeded"] as const;

const get = defineCommand({
  ...facts,
  name: "GET",
  arity: -3,
  summary: "Replies the parameters that match one of the patterns.",
  complexity: "O(N) for N parameters",
  args: [
    arg.multiple(arg.block("parameter", [arg.string("parameter")], { until: "7.2.0" })),
    arg.multiple(arg.string("parameter", { since: "7.2.0", sinceShown: {} })),
  ],
  run({ server, reply, argv }) {
    const found = server.config.match(argv.slice(2));
    reply.map(found.length);
    for (const [name, value] of found) {
      reply.bulk(name);
      reply.bulk(value);
    }
  },
});

/** Parameters whose values nobody else may see. */
const SECRETS: readonly Bytes[] = ["masterauth", "primaryauth", "masteruser", "primaryuser", "requirepass"];
const PASSPHRASES: readonly Bytes[] = ["tls-client-key-file-pass", "tls-key-file-pass"];

const set = defineCommand({
  ...facts,
  name: "SET",
  arity: -4,
  summary: "Sets parameters, all of them or none.",
  complexity: "O(N) for N parameters",
  tips: everyNode,
  args: [
    arg.multiple(arg.block("data", [arg.string("parameter"), arg.string("value")], { name70: "parameter_value" })),
  ],
  secrets(argv, profile) {
    const secrets = exists("7.2.0", profile) ? [...SECRETS, ...PASSPHRASES] : SECRETS;
    return argv.flatMap((word, index) =>
      index % 2 === 0 && index >= 2 && secrets.includes(lower(word)) ? [index + 1] : [],
    );
  },
  run({ server, client, reply }, { data }) {
    server.config.set(
      data.map(({ parameter, value }) => [parameter, value]),
      { mayChangeProtected: server.allowsProtected(client, "enable-protected-configs") },
    );
    reply.ok();
  },
});

const resetstat = defineCommand({
  ...facts,
  name: "RESETSTAT",
  arity: 2,
  summary: "Sets the counters of INFO back.",
  complexity: "O(1)",
  tips: everyNode,
  in: { "redis-7.0": { tips: undefined } },
  run({ server, reply }) {
    server.resetStats();
    reply.ok();
  },
});

const rewrite = defineCommand({
  ...facts,
  name: "REWRITE",
  since: "2.8.0",
  arity: 2,
  summary: "Writes the configuration back to its file; a simulated server has none.",
  complexity: "O(1)",
  tips: everyNode,
  in: { "redis-7.0": { tips: undefined } },
  run() {
    throw new ReplyError("ERR The server is running without a config file");
  },
});

const help = defineHelp({ group: "server" }, "config", [
  "GET <pattern>",
  "    Return parameters matching the glob-like <pattern> and their values.",
  "SET <directive> <value>",
  "    Set the configuration <directive> to <value>.",
  "RESETSTAT",
  "    Reset statistics reported by the INFO command.",
  "REWRITE",
  "    Rewrite the configuration file.",
]);

export const config = defineContainer({
  ...facts,
  name: "CONFIG",
  arity: -2,
  summary: "Commands about the configuration.",
  complexity: "that of the subcommand",
  flags: [],
  subcommands: [get, help, resetstat, rewrite, set],
});
