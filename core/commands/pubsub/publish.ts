// PUBLISH and SPUBLISH, and PUBSUB, which tells who listens.
import type { Bytes } from "../../kernel/bytes.ts";
import { globMatch } from "../../kernel/glob.ts";
import { unknownForm } from "../../resp/errors.ts";
import { arg } from "../args.ts";
import { defineCommand, defineContainer, type CommandFacts } from "../command.ts";
import type { CommandContext } from "../context.ts";
import { defineHelp } from "../help.ts";
import { key } from "../keys.ts";
import type { Subscriptions } from "../ports.ts";

const publishing = {
  group: "pubsub",
  arity: 3,
  complexity: "O(N+M) for N subscribers and M patterns",
  flags: ["pubsub", "loading", "stale", "fast"],
  mayReplicate: true,
  channels: { at: 1 },
  acl: ["pubsub"],
} as const satisfies Partial<CommandFacts>;

export const publish = defineCommand({
  ...publishing,
  name: "PUBLISH",
  since: "2.0.0",
  summary: "Sends a message to whoever listens to a channel.",
  args: [arg.string("channel"), arg.string("message")],
  run({ server, reply, propagate }, { channel, message }) {
    reply.integer(server.pubsub.publish(channel, message));
    if (server.cluster === undefined) propagate.toReplicas();
    else server.cluster.publish(channel, message);
  },
});

export const spublish = defineCommand({
  ...publishing,
  name: "SPUBLISH",
  since: "7.0.0",
  summary: "Sends a message to whoever listens to a shard channel.",
  keys: [key.at(1, "not_key")],
  args: [arg.string("shardchannel"), arg.string("message")],
  run({ server, reply, propagate }, { shardchannel, message }) {
    reply.integer(server.pubsub.publishToShard(shardchannel, message));
    if (server.cluster === undefined) propagate.toReplicas();
    else server.cluster.publishToShard(shardchannel, message);
  },
});

const facts = {
  group: "pubsub",
  since: "2.8.0",
  arity: -2,
  complexity: "O(N) for N channels",
  flags: ["pubsub", "loading", "stale"],
  acl: ["pubsub"],
} as const satisfies Partial<CommandFacts>;

const onePattern = [arg.optional(arg.pattern("pattern"))] as const;
const wrongForm = (_word: Bytes, argv: readonly Bytes[]) => unknownForm(argv[1]!, "PUBSUB");

const channels = defineCommand({
  ...facts,
  name: "CHANNELS",
  summary: "Lists the channels that have subscribers.",
  unknownOption: wrongForm,
  args: onePattern,
  run: (context, { pattern }) => replyNames(context, "channels", pattern),
});

const shardchannels = defineCommand({
  ...facts,
  name: "SHARDCHANNELS",
  since: "7.0.0",
  summary: "Lists the shard channels that have subscribers.",
  unknownOption: wrongForm,
  args: onePattern,
  run: (context, { pattern }) => replyNames(context, "shardChannels", pattern),
});

function replyNames({ server, reply }: CommandContext, kind: keyof Subscriptions, pattern: Bytes | undefined): void {
  const names = [...server.pubsub.names(kind)];
  reply.bulks(pattern === undefined ? names : names.filter((name) => globMatch(pattern, name)));
}

const numsub = defineCommand({
  ...facts,
  name: "NUMSUB",
  summary: "Counts the subscribers of channels.",
  args: [arg.optional(arg.multiple(arg.string("channel")))],
  run: (context, { channel }) => replyCounts(context, "channels", channel),
});

const shardnumsub = defineCommand({
  ...facts,
  name: "SHARDNUMSUB",
  since: "7.0.0",
  summary: "Counts the subscribers of shard channels.",
  args: [arg.optional(arg.multiple(arg.string("shardchannel")))],
  run: (context, { shardchannel }) => replyCounts(context, "shardChannels", shardchannel),
});

function replyCounts({ server, reply }: CommandContext, kind: keyof Subscriptions, names: readonly Bytes[] = []): void {
  reply.array(2 * names.length);
  for (const name of names) {
    reply.bulk(name);
    reply.integer(server.pubsub.subscribers(kind, name));
  }
}

const numpat = defineCommand({
  ...facts,
  name: "NUMPAT",
  arity: 2,
  summary: "Counts the patterns that somebody listens to.",
  complexity: "O(1)",
  run({ server, reply }) {
    reply.integer(server.pubsub.count("patterns"));
  },
});

const help = defineHelp({ group: "pubsub", since: "6.2.0" }, "pubsub", [
  "CHANNELS [<pattern>]",
  "    Return the currently active channels matching a <pattern> (default: '*').",
  "NUMPAT",
  "    Return number of subscriptions to patterns.",
  "NUMSUB [<channel> ...]",
  "    Return the number of subscribers for the specified channels, excluding",
  "    pattern subscriptions(default: no channels).",
  "SHARDCHANNELS [<pattern>]",
  "    Return the currently active shard level channels matching a <pattern> (default: '*').",
  "SHARDNUMSUB [<shardchannel> ...]",
  "    Return the number of subscribers for the specified shard level channel(s)",
]);

export const pubsub = defineContainer({
  ...facts,
  name: "PUBSUB",
  summary: "Commands that tell who listens.",
  complexity: "that of the subcommand",
  flags: [],
  acl: [],
  subcommands: [channels, help, numpat, numsub, shardchannels, shardnumsub],
});
