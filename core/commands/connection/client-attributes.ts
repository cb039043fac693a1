// What a connection says of itself: CLIENT ID, GETNAME, SETNAME, SETINFO, REPLY, NO-EVICT, NO-TOUCH, CAPA, IMPORT-SOURCE.
import { equalIgnoringCase, lower, type Bytes } from "../../kernel/bytes.ts";
import { printed, ReplyError, syntaxError } from "../../resp/errors.ts";
import { arg } from "../args.ts";
import { defineCommand, type CommandFacts } from "../command.ts";
import type { Profile } from "../profile.ts";

const facts = {
  group: "connection",
  complexity: "O(1)",
  flags: ["noscript", "loading", "stale"],
  acl: ["connection"],
} as const satisfies Partial<CommandFacts>;

/** A name of printable characters without spaces, so that CLIENT LIST stays one line a client. */
export function readClientName(bytes: Bytes, { can }: Profile): Bytes {
  if (!isPrintable(bytes) || (can.actsWhileReading && bytes.includes("\0"))) {
    throw new ReplyError("ERR Client names cannot contain spaces, newlines or special characters.");
  }
  return bytes;
}

/** As C reads it: what lies behind a NUL is not looked at. */
function isPrintable(bytes: Bytes): boolean {
  const nul = bytes.indexOf("\0");
  return !/[^!-~]/.test(nul < 0 ? bytes : bytes.slice(0, nul));
}

export const id = defineCommand({
  ...facts,
  name: "ID",
  since: "5.0.0",
  arity: 2,
  summary: "Replies the number of the connection.",
  run({ client, reply }) {
    reply.integer(client.id);
  },
});

export const getname = defineCommand({
  ...facts,
  name: "GETNAME",
  since: "2.6.9",
  arity: 2,
  summary: "Replies the name of the connection.",
  run({ client, reply }) {
    reply.bulkOrNull(client.name === "" ? undefined : client.name);
  },
});

const everyNode = ["request_policy:all_nodes", "response_policy:all_succeeded"] as const;

export const setname = defineCommand({
  ...facts,
  name: "SETNAME",
  since: "2.6.9",
  arity: 3,
  summary: "Names the connection; an empty name takes the name away.",
  tips: everyNode,
  in: { "redis-7.0": { tips: undefined } },
  args: [arg.read(arg.string("connection-name"), readClientName)],
  run({ client, reply }, { "connection-name": name }) {
    client.name = name;
    reply.ok();
  },
});

export const setinfo = defineCommand({
  ...facts,
  name: "SETINFO",
  since: "7.2.0",
  arity: 4,
  summary: "Tells which library the client uses.",
  tips: everyNode,
  unknownOption: (word) => new ReplyError(`ERR Unrecognized option '${printed(word)}'`),
  args: [arg.oneOf("attr", [arg.string("libname", { token: "LIB-NAME" }), arg.string("libver", { token: "LIB-VER" })])],
  run({ client, reply, argv }, { attr }) {
    if (!isPrintable(attr.value)) {
      throw new ReplyError(`ERR ${argv[2]} cannot contain spaces, newlines or special characters.`);
    }
    if (attr.is === "libname") client.libraryName = attr.value;
    else client.libraryVersion = attr.value;
    reply.ok();
  },
});

export const replyCommand = defineCommand({
  ...facts,
  name: "REPLY",
  since: "3.2.0",
  arity: 3,
  summary: "Turns replies off and on, or leaves out the next one.",
  args: [
    arg.oneOf("action", [arg.token("on", "ON"), arg.token("off", "OFF"), arg.token("skip", "SKIP")], {
      name70: "on_off_skip",
    }),
  ],
  run({ client, reply }, { action }) {
    if (action.is === "on") {
      client.setReplyMode("on");
      reply.ok();
    } else if (action.is === "off" || client.replyMode !== "off") client.setReplyMode(action.is);
  },
});

const onOrOff = arg.oneOf("enabled", [arg.token("on", "ON"), arg.token("off", "OFF")]);

export const noEvict = defineCommand({
  ...facts,
  name: "NO-EVICT",
  since: "7.0.0",
  arity: 3,
  summary: "Exempts the connection from client eviction.",
  flags: ["admin", "noscript", "loading", "stale"],
  args: [onOrOff],
  run({ client, reply }, { enabled }) {
    client.noEvict = enabled.is === "on";
    reply.ok();
  },
});

export const noTouch = defineCommand({
  ...facts,
  name: "NO-TOUCH",
  since: "7.2.0",
  arity: 3,
  summary: "Keeps the connection's reads from counting as use of the keys.",
  args: [onOrOff],
  run({ client, reply }, { enabled }) {
    client.noTouch = enabled.is === "on";
    reply.ok();
  },
});

export const capa = defineCommand({
  ...facts,
  name: "CAPA",
  since: { valkey: "8.0.0" },
  arity: -3,
  summary: "Tells what the client can do beyond the protocol; unknown words are passed over.",
  args: [arg.multiple(arg.string("capability"))],
  run({ client, reply }, { capability }) {
    if (capability.some((each) => equalIgnoringCase(each, "redirect"))) client.canRedirect = true;
    reply.ok();
  },
});

export const importSource = defineCommand({
  ...facts,
  name: "IMPORT-SOURCE",
  since: { valkey: "8.1.0" },
  arity: 3,
  summary: "Marks the connection as the source of an import: in import mode it sees expired keys.",
  ignoresArguments: true,
  args: [onOrOff],
  run({ argv, client, server, reply }) {
    const word = lower(argv[2]!);
    if (word !== "off" && !server.importMode) throw new ReplyError("ERR Server is not in import mode");
    if (word !== "on" && word !== "off") throw syntaxError();
    client.importSource = word === "on";
    reply.ok();
  },
});
