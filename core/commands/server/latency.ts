// LATENCY: the spikes that were seen, and how long every command took (latency.c: latencyCommand).
import { lower, type Bytes } from "../../kernel/bytes.ts";
import { ReplyError } from "../../resp/errors.ts";
import type { Reply } from "../../resp/reply.ts";
import type { CommandStats } from "../../server/stats.ts";
import { arg } from "../args.ts";
import { defineCommand, defineContainer, type CommandFacts } from "../command.ts";
import type { CommandContext } from "../context.ts";
import { defineHelp } from "../help.ts";

const facts = {
  group: "server",
  since: "2.8.13",
  complexity: "O(1)",
  flags: ["admin", "noscript", "loading", "stale"],
  tips: ["nondeterministic_output", "request_policy:all_nodes", "response_policy:special"],
} as const satisfies Partial<CommandFacts>;

const doctor = defineCommand({
  ...facts,
  name: "DOCTOR",
  arity: 2,
  summary: "Replies what the spikes may come from.",
  run({ reply, server, profile, now }) {
    const { latency: monitor, commandLogs } = server;
    reply.verbatim("txt", monitor.report({ profile, now, slowerThanUs: commandLogs.slow.threshold }));
  },
});

const graph = defineCommand({
  ...facts,
  name: "GRAPH",
  arity: 3,
  summary: "Draws the spikes of an event.",
  args: [arg.string("event")],
  run({ reply, server, now }, { event }) {
    const drawn = server.latency.graph(event, now);
    if (drawn === undefined) throw new ReplyError(`ERR No samples available for event '${event}'`);
    reply.verbatim("txt", drawn);
  },
});

const histogram = defineCommand({
  ...facts,
  name: "HISTOGRAM",
  since: "7.0.0",
  arity: -2,
  summary: "Replies how many calls of each command took how long.",
  complexity: "O(N) for N commands",
  args: [arg.optional(arg.multiple(arg.string("command")))],
  run(context, { command: names }) {
    const { reply } = context;
    const found = names === undefined ? measured(context, () => true) : names.flatMap((name) => named(context, name));
    reply.map(found.length);
    for (const [name, { latencies }] of found) {
      reply.bulk(name);
      replyHistogram(reply, latencies);
    }
  },
});

type Measured = readonly [name: Bytes, statistics: CommandStats];

function measured({ server }: CommandContext, wanted: (name: Bytes) => boolean): Measured[] {
  return [...server.commandStats].filter(([name, { latencies }]) => latencies.count > 0 && wanted(name));
}

/** A container stands for its subcommands. */
function named(context: CommandContext, word: Bytes): Measured[] {
  const name = lower(word);
  return measured(context, (each) => lower(each) === name || each.startsWith(`${name}|`));
}

function replyHistogram(reply: Reply, latencies: CommandStats["latencies"]): void {
  const rows = latencies.cumulative();
  reply.map(2);
  reply.bulk("calls");
  reply.integer(latencies.count);
  reply.bulk("histogram_usec");
  reply.map(rows.length);
  for (const [us, calls] of rows) {
    reply.integer(us);
    reply.integer(calls);
  }
}

const history = defineCommand({
  ...facts,
  name: "HISTORY",
  arity: 3,
  summary: "Replies the spikes of an event, the oldest first.",
  args: [arg.string("event")],
  run({ reply, server }, { event }) {
    const samples = server.latency.events.get(event)?.samples ?? [];
    reply.array(samples.length);
    for (const { at, latencyMs } of samples) {
      reply.array(2);
      reply.integer(at);
      reply.integer(latencyMs);
    }
  },
});

const latest = defineCommand({
  ...facts,
  name: "LATEST",
  arity: 2,
  summary: "Replies the last and the worst spike of every event.",
  run({ reply, server, profile }) {
    const { events } = server.latency;
    const sums = profile.can.sumsLatencies;
    reply.array(events.size);
    for (const [name, { samples, worstMs, sumMs, count }] of events) {
      const { at, latencyMs } = samples.at(-1)!;
      reply.array(sums ? 6 : 4);
      reply.bulk(name);
      for (const number of [at, latencyMs, worstMs, ...(sums ? [sumMs, count] : [])]) reply.integer(number);
    }
  },
});

const reset = defineCommand({
  ...facts,
  name: "RESET",
  arity: -2,
  summary: "Forgets the spikes of events, or of all.",
  tips: ["request_policy:all_nodes", "response_policy:agg_sum"],
  in: { "redis-7.0": { tips: ["request_policy:all_nodes", "response_policy:all_succeeded"] } },
  args: [arg.optional(arg.multiple(arg.string("event")))],
  run({ reply, server }, { event = [] }) {
    reply.integer(server.latency.reset(event));
  },
});

const help = defineHelp({ group: "server", since: facts.since }, "latency", [
  "DOCTOR",
  "    Return a human readable latency analysis report.",
  "GRAPH <event>",
  "    Return an ASCII latency graph for the <event> class.",
  "HISTORY <event>",
  "    Return time-latency samples for the <event> class.",
  "LATEST",
  "    Return the latest latency samples for all events.",
  "RESET [<event> ...]",
  "    Reset latency data of one or more <event> classes.",
  "    (default: reset all data for all event classes)",
  "HISTOGRAM [COMMAND ...]",
  "    Return a cumulative distribution of latencies in the format of a histogram for the specified command names.",
  "    If no commands are specified then all histograms are replied.",
]);

export const latency = defineContainer({
  ...facts,
  name: "LATENCY",
  arity: -2,
  summary: "Commands about how long things take.",
  complexity: "that of the subcommand",
  flags: [],
  tips: undefined,
  subcommands: [doctor, graph, help, histogram, history, latest, reset],
});
