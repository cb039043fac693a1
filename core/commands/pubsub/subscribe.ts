// Beginning and ending subscriptions: SUBSCRIBE, PSUBSCRIBE, SSUBSCRIBE and their opposites. Each name is answered by itself.
import type { Bytes } from "../../kernel/bytes.ts";
import { ReplyError } from "../../resp/errors.ts";
import { Push } from "../../resp/push.ts";
import { arg } from "../args.ts";
import { defineCommand, type CommandFacts } from "../command.ts";
import type { CommandContext } from "../context.ts";
import { key } from "../keys.ts";
import type { ClientPort, Subscriptions } from "../ports.ts";

const facts = {
  group: "pubsub",
  since: "2.0.0",
  flags: ["pubsub", "noscript", "loading", "stale"],
  acl: ["pubsub"],
} as const satisfies Partial<CommandFacts>;

const beginning = {
  ...facts,
  arity: -2,
  complexity: "O(N) for N names",
  channels: { at: 1, many: true },
} as const satisfies Partial<CommandFacts>;
const ending = { ...facts, arity: -1, complexity: "O(N) for N names" } as const satisfies Partial<CommandFacts>;

/** Routers find the node of a shard channel as they find that of a key. */
const sharded = {
  since: "7.0.0",
  keys: [key.range(1, { lastKey: -1 }, "not_key")],
} as const satisfies Partial<CommandFacts>;

export const subscribe = defineCommand({
  ...beginning,
  name: "SUBSCRIBE",
  summary: "Listens to channels.",
  args: [arg.multiple(arg.string("channel"))],
  run: (context, { channel }) => begin(context, "channels", channel),
});

export const psubscribe = defineCommand({
  ...beginning,
  name: "PSUBSCRIBE",
  channels: { at: 1, many: true, patterns: true },
  summary: "Listens to all channels that match patterns.",
  args: [
    arg.multiple(arg.block("pattern", [arg.pattern("pattern")], { until: "7.2.0" })),
    arg.multiple(arg.pattern("pattern", { since: "7.2.0", sinceShown: {} })),
  ],
  ignoresArguments: true,
  run: (context) => begin(context, "patterns", context.argv.slice(1)),
});

export const ssubscribe = defineCommand({
  ...beginning,
  ...sharded,
  name: "SSUBSCRIBE",
  summary: "Listens to shard channels.",
  args: [arg.multiple(arg.string("shardchannel"))],
  run(context, { shardchannel }) {
    if (!context.mayBlock) throw new ReplyError("ERR SSUBSCRIBE isn't allowed for a DENY BLOCKING client");
    begin(context, "shardChannels", shardchannel);
  },
});

export const unsubscribe = defineCommand({
  ...ending,
  name: "UNSUBSCRIBE",
  summary: "Stops listening to channels, to all of them if none is named.",
  args: [arg.optional(arg.multiple(arg.string("channel")))],
  run: (context, { channel }) => end(context, "channels", channel),
});

export const punsubscribe = defineCommand({
  ...ending,
  name: "PUNSUBSCRIBE",
  summary: "Stops listening to patterns, to all of them if none is named.",
  args: [arg.optional(arg.multiple(arg.pattern("pattern")))],
  run: (context, { pattern }) => end(context, "patterns", pattern),
});

export const sunsubscribe = defineCommand({
  ...ending,
  ...sharded,
  name: "SUNSUBSCRIBE",
  summary: "Stops listening to shard channels, to all of them if none is named.",
  args: [arg.optional(arg.multiple(arg.string("shardchannel")))],
  run: (context, { shardchannel }) => end(context, "shardChannels", shardchannel),
});

function begin(
  { client, server, commandName }: CommandContext,
  kind: keyof Subscriptions,
  names: readonly Bytes[],
): void {
  for (const name of names) {
    server.pubsub.subscribe(client, kind, name);
    client.confirm(new Push(commandName, name, shownCount(client, kind)));
  }
}

function end(
  { client, server, commandName }: CommandContext,
  kind: keyof Subscriptions,
  given: readonly Bytes[] | undefined,
): void {
  const names = given ?? [...client.subscriptions[kind]];
  for (const name of names) {
    server.pubsub.unsubscribe(client, kind, name);
    client.confirm(new Push(commandName, name, shownCount(client, kind)));
  }
  if (names.length === 0) client.confirm(new Push(commandName, null, shownCount(client, kind)));
}

/** Channels and patterns are counted together, shard channels by themselves. */
function shownCount(
  { subscriptions: { channels, patterns, shardChannels } }: ClientPort,
  kind: keyof Subscriptions,
): number {
  return kind === "shardChannels" ? shardChannels.size : channels.size + patterns.size;
}
