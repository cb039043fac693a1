// Server-assisted caching: CLIENT TRACKING, CACHING, GETREDIR, TRACKINGINFO (networking.c: clientTrackingCommand).
import { lower, type Bytes } from "../../kernel/bytes.ts";
import { ReplyError, syntaxError } from "../../resp/errors.ts";
import { arg } from "../args.ts";
import { defineCommand, type CommandFacts } from "../command.ts";
import type { CommandContext } from "../context.ts";
import { readInt64 } from "../numbers.ts";
import type { ClientPort, ServerPort, TrackingMode } from "../ports.ts";

const facts = {
  group: "connection",
  since: "6.0.0",
  complexity: "O(1)",
  flags: ["noscript", "loading", "stale"],
  acl: ["connection"],
} as const satisfies Partial<CommandFacts>;

export const tracking = defineCommand({
  ...facts,
  name: "TRACKING",
  arity: -3,
  summary: "Turns invalidation messages for cached keys on and off.",
  complexity: "O(N) for N prefixes",
  args: [
    arg.oneOf("status", [arg.token("on", "ON"), arg.token("off", "OFF")]),
    arg.optional(arg.lateInteger("client-id", { token: "REDIRECT" })),
    arg.optional(arg.multiple(arg.string("prefix", { token: "PREFIX", multipleToken: true }))),
    arg.optional(arg.token("bcast", "BCAST")),
    arg.optional(arg.token("optin", "OPTIN")),
    arg.optional(arg.token("optout", "OPTOUT")),
    arg.optional(arg.token("noloop", "NOLOOP")),
  ],
  // The options are judged before the word in front of them, and a redirection while it is read.
  ignoresArguments: true,
  run({ argv, client, server, reply }) {
    const { redirect, prefixes, words } = readOptions(argv, server);
    const status = lower(argv[2]!);
    if (status === "on") server.tracking.enable(client, modeOf(client, { redirect, prefixes, words }), prefixes);
    else if (status === "off") server.tracking.disable(client);
    else throw syntaxError();
    reply.ok();
  },
});

interface Options {
  /** The number of the client to be told instead; 0 for none. */
  readonly redirect: number;
  readonly prefixes: readonly Bytes[];
  readonly words: ReadonlySet<Bytes>;
}

const PLAIN_OPTIONS: ReadonlySet<Bytes> = new Set(["bcast", "optin", "optout", "noloop"]);

function readOptions(argv: readonly Bytes[], server: ServerPort): Options {
  let redirect = 0;
  const prefixes: Bytes[] = [];
  const words = new Set<Bytes>();
  for (let i = 3; i < argv.length; i++) {
    const word = lower(argv[i]!);
    const value = argv[i + 1];
    if (PLAIN_OPTIONS.has(word)) words.add(word);
    else if (value !== undefined && word === "redirect") {
      if (redirect !== 0) throw new ReplyError("ERR A client can only redirect to a single other client");
      redirect = Number(readInt64(value));
      if (!server.clients.has(redirect)) throw new ReplyError("ERR The client ID you want redirect to does not exist");
      i++;
    } else if (value !== undefined && word === "prefix") {
      prefixes.push(value);
      i++;
    } else throw syntaxError();
  }
  return { redirect, prefixes, words };
}

/** The mode that was asked for, if it agrees with itself and with the one that the client is in. */
function modeOf({ tracking: before }: ClientPort, { redirect, prefixes, words }: Options): TrackingMode {
  const broadcast = words.has("bcast");
  if (!broadcast && prefixes.length > 0) throw new ReplyError("ERR PREFIX option requires BCAST mode to be enabled");
  if (before !== undefined && before.broadcast !== broadcast) throw cannotSwitch("BCAST mode on/off");
  const only = words.has("optin") ? "in" : words.has("optout") ? "out" : undefined;
  if (broadcast && only !== undefined) throw new ReplyError("ERR OPTIN and OPTOUT are not compatible with BCAST");
  if (words.has("optin") && words.has("optout")) {
    throw new ReplyError("ERR You can't specify both OPTIN mode and OPTOUT mode");
  }
  if (before?.only !== undefined && only !== undefined && before.only !== only) throw cannotSwitch("OPTIN/OPTOUT mode");
  if (broadcast) refuseOverlaps(prefixes, before?.prefixes ?? new Set());
  return { redirect, broadcast, only, noLoop: words.has("noloop") };
}

const cannotSwitch = (what: Bytes): ReplyError =>
  new ReplyError(
    `ERR You can't switch ${what} before disabling tracking for this client, and then re-enabling it with a different mode.`,
  );

/** Each prefix is held against those that the client has, then against those behind it. */
function refuseOverlaps(prefixes: readonly Bytes[], existing: ReadonlySet<Bytes>): void {
  prefixes.forEach((prefix, i) => {
    const known = [...existing].toSorted().find((each) => overlap(prefix, each));
    if (known !== undefined) throw overlapping(prefix, `an existing prefix '${known}'`);
    const other = prefixes.slice(i + 1).find((each) => overlap(prefix, each));
    if (other !== undefined) throw overlapping(prefix, `another provided prefix '${other}'`);
  });
}

function overlap(a: Bytes, b: Bytes): boolean {
  return a.startsWith(b) || b.startsWith(a);
}

const overlapping = (prefix: Bytes, other: Bytes): ReplyError =>
  new ReplyError(`ERR Prefix '${prefix}' overlaps with ${other}. Prefixes for a single client must not overlap.`);

export const caching = defineCommand({
  ...facts,
  name: "CACHING",
  arity: 3,
  summary: "Tells whether the keys of the next command are tracked, in the modes OPTIN and OPTOUT.",
  args: [arg.oneOf("mode", [arg.token("yes", "YES"), arg.token("no", "NO")])],
  // Without tracking any word is refused for that alone.
  ignoresArguments: true,
  run({ argv, client, reply }) {
    if (client.tracking === undefined) {
      throw new ReplyError(
        "ERR CLIENT CACHING can be called only when the client is in tracking mode with OPTIN or OPTOUT mode enabled",
      );
    }
    const word = lower(argv[2]!);
    if (word !== "yes" && word !== "no") throw syntaxError();
    const [shown, mode, only] = word === "yes" ? (["YES", "OPTIN", "in"] as const) : (["NO", "OPTOUT", "out"] as const);
    if (client.tracking.only !== only) {
      throw new ReplyError(`ERR CLIENT CACHING ${shown} is only valid when tracking is enabled in ${mode} mode.`);
    }
    client.tracking.caching = true;
    reply.ok();
  },
});

export const getredir = defineCommand({
  ...facts,
  name: "GETREDIR",
  arity: 2,
  summary: "Replies the number of the connection that is told instead of this one.",
  run({ client, reply }) {
    reply.integer(client.tracking?.redirect ?? -1);
  },
});

export const trackinginfo = defineCommand({
  ...facts,
  name: "TRACKINGINFO",
  since: "6.2.0",
  arity: 2,
  summary: "Tells how the connection tracks keys.",
  run({ client, reply }: CommandContext) {
    const flags = flagsOf(client);
    reply.map(3);
    reply.bulk("flags");
    reply.bulkSet(flags);
    reply.bulk("redirect");
    reply.integer(client.tracking?.redirect ?? -1);
    reply.bulk("prefixes");
    reply.bulks([...(client.tracking?.prefixes ?? [])].sort((a, b) => (a < b ? -1 : 1)));
  },
});

function flagsOf({ tracking: state }: ClientPort): readonly Bytes[] {
  if (state === undefined) return ["off"];
  return [
    "on",
    state.broadcast && "bcast",
    state.only === "in" && "optin",
    state.only === "in" && state.caching && "caching-yes",
    state.only === "out" && "optout",
    state.only === "out" && state.caching && "caching-no",
    state.noLoop && "noloop",
    state.broken && "broken_redirect",
  ].filter((flag) => flag !== false);
}
