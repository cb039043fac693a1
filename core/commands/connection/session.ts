// The session of a connection: AUTH, HELLO, SELECT, PING, ECHO, QUIT, RESET.
import { equalIgnoringCase, type Bytes } from "../../kernel/bytes.ts";
import { parseInt64 } from "../../kernel/integers.ts";
import { dbOutOfRange, notInCluster, printed, ReplyError, wrongArity } from "../../resp/errors.ts";
import type { Protocol } from "../../resp/reply.ts";
import { arg } from "../args.ts";
import { defineCommand, type CommandFacts } from "../command.ts";
import type { CommandContext } from "../context.ts";
import { builtInModules, replyModules } from "../modules.ts";
import { readInt } from "../numbers.ts";
import { exists, type Profile } from "../profile.ts";
import { secretsBehind } from "../secrets.ts";
import { readClientName } from "./client-attributes.ts";

const facts = {
  group: "connection",
  complexity: "O(1)",
  flags: ["loading", "stale", "fast"],
  acl: ["connection"],
} as const satisfies Partial<CommandFacts>;

/** Commands that a client may send before it has authenticated. */
const openFacts = {
  ...facts,
  flags: ["noscript", "loading", "stale", "fast", "no_auth", "allow_busy"],
} as const satisfies Partial<CommandFacts>;

export const auth = defineCommand({
  ...openFacts,
  name: "AUTH",
  since: "1.0.0",
  arity: -2,
  summary: "Authenticates the connection.",
  complexity: "O(N) for N passwords of the user",
  args: [arg.optional(arg.string("username", { since: "6.0.0" })), arg.string("password")],
  secrets: (argv) => [...argv.keys()].slice(1),
  run(context) {
    const { argv, reply } = context;
    if (argv.length === 2 && context.server.users.default.noPassword) throw noPasswordSet();
    if (authenticate(context, argv.length === 3 ? argv[1]! : "default", argv.at(-1)!)) reply.ok();
  },
});

const noPasswordSet = (): ReplyError =>
  new ReplyError(
    "ERR AUTH <password> called without any password configured for the default user. Are you sure your configuration is correct?",
  );

/**
 * Makes the connection the user's; throws, or says false where the refusal gets lost: it is not written behind replies
 * that wait to be sent (acl.c: addAuthErrReply).
 */
function authenticate(context: CommandContext, name: Bytes, password: Bytes): boolean {
  const { argv, client, profile, reply, server } = context;
  if (server.users.authenticate(client, { name, password, by: argv[0]! })) return true;
  if (profile.can.losesAuthErrors && !reply.empty) return false;
  throw new ReplyError("WRONGPASS invalid username-password pair or user is disabled.");
}

export const hello = defineCommand({
  ...openFacts,
  name: "HELLO",
  since: "6.0.0",
  arity: -1,
  summary: "Chooses the protocol and tells about the server; may authenticate and name the connection.",
  unknownOption: (word) => new ReplyError(`ERR Syntax error in HELLO option '${printed(word)}'`),
  args: [
    arg.optional(
      arg.block("arguments", [
        arg.read(arg.lateInteger("protover"), readProtocol),
        arg.optional(
          arg.block("auth", [arg.string("username"), arg.string("password")], {
            token: "AUTH",
            name70: "username_password",
          }),
        ),
        arg.optional(arg.read(arg.string("clientname", { token: "SETNAME" }), readClientName)),
      ]),
    ),
  ],
  secrets: (argv) => (/^[23]$/.test(argv[1] ?? "") ? secretsBehind(argv, 2, HELLO_OPTIONS) : []),
  run(context, { arguments: given }) {
    const { client, profile, reply, server } = context;
    const { family, version, zone } = server.identity;
    const name = given?.clientname;
    const nameFirst = name !== undefined && equalIgnoringCase(context.argv[2]!, "SETNAME");
    if (nameFirst && profile.can.actsWhileReading) client.name = name;
    if (given?.auth && !authenticate(context, given.auth.username, given.auth.password)) return;
    if (!client.authenticated && !server.users.isOpen) throw helloNeedsAuth(profile);
    if (name !== undefined) client.name = name;
    if (given) client.protocol = given.protover;
    const facts: readonly (readonly [Bytes, Bytes | number])[] = [
      ["server", family],
      ["version", version],
      ["proto", client.protocol],
      ["id", client.id],
      ["mode", server.mode],
      ...server.roleFacts,
    ];
    const zoneFacts = zone === "" ? [] : ["availability_zone", zone];
    reply.map(facts.length + 1 + zoneFacts.length / 2);
    for (const [name, value] of facts) {
      reply.bulk(name);
      if (typeof value === "number") reply.integer(value);
      else reply.bulk(value);
    }
    reply.bulk("modules");
    replyModules(reply, server.mode === "sentinel" ? [] : builtInModules(profile));
    for (const word of zoneFacts) reply.bulk(word);
  },
});

const HELLO_OPTIONS = new Map([
  ["AUTH", { words: 2, secret: true }],
  ["SETNAME", { words: 1 }],
]);

const helloNeedsAuth = (profile: Profile): ReplyError => {
  const form = exists("7.2.0", profile) ? "HELLO <proto> AUTH" : "HELLO AUTH";
  return new ReplyError(
    `NOAUTH HELLO must be called with the client already authenticated, otherwise the ${form} <user> <pass> option can be used to authenticate the client and select the RESP protocol version at the same time`,
  );
};

function readProtocol(bytes: Bytes): Protocol {
  const version = parseInt64(bytes);
  if (version === undefined) throw new ReplyError("ERR Protocol version is not an integer or out of range");
  if (version !== 2 && version !== 3) throw new ReplyError("NOPROTO unsupported protocol version");
  return version;
}

export const select = defineCommand({
  ...facts,
  name: "SELECT",
  since: "1.0.0",
  arity: 2,
  summary: "Chooses the database of the connection.",
  args: [arg.lateInteger("index")],
  run({ client, server, reply }, { index }) {
    const number = readInt(index);
    if (server.cluster !== undefined && number !== 0) throw notInCluster("SELECT is");
    if (number !== 0) server.incompatible();
    if (server.databases[number] === undefined) throw dbOutOfRange();
    client.database = number;
    reply.ok();
  },
});

export const ping = defineCommand({
  ...facts,
  name: "PING",
  since: "1.0.0",
  arity: -1,
  summary: "Replies PONG, or the message.",
  flags: ["fast"],
  tips: ["request_policy:all_shards", "response_policy:all_succeeded"],
  unknownOption: () => wrongArity("ping"),
  args: [arg.optional(arg.string("message"))],
  run({ client, reply }, { message }) {
    if (client.subscribed && client.protocol === 2) reply.bulks(["pong", message ?? ""]);
    else if (message === undefined) reply.simple("PONG");
    else reply.bulk(message);
  },
});

export const echo = defineCommand({
  ...facts,
  name: "ECHO",
  since: "1.0.0",
  arity: 2,
  summary: "Replies the message.",
  args: [arg.string("message")],
  run({ reply }, { message }) {
    reply.bulk(message);
  },
});

export const quit = defineCommand({
  ...openFacts,
  name: "QUIT",
  since: "1.0.0",
  arity: -1,
  summary: "Closes the connection.",
  deprecated: { since: "7.2.0", replacedBy: "just closing the connection" },
  in: { "redis-7.0": { deprecated: undefined } },
  ignoresArguments: true,
  run({ client, reply }) {
    reply.ok();
    client.closeAfterReply();
  },
});

export const reset = defineCommand({
  ...openFacts,
  name: "RESET",
  since: "6.2.0",
  arity: 1,
  summary: "Puts the connection back to how it began.",
  run({ client, reply }) {
    client.reset();
    reply.simple("RESET");
  },
});
