// CLUSTER SLOT-STATS: how much lies in each slot, and what passes through it (Valkey's cluster_slot_stats.c).
import { lower, type Bytes } from "../../kernel/bytes.ts";
import { parseInt64 } from "../../kernel/integers.ts";
import { SLOTS } from "../../kernel/slot-ranges.ts";
import { ReplyError, syntaxError, unknownForm } from "../../resp/errors.ts";
import type { Reply } from "../../resp/reply.ts";
import type { Cluster } from "../../server/cluster/cluster.ts";
import { arg } from "../args.ts";
import { clusterFacts, defineClusterCommand, readSlot } from "./facts.ts";

export const slotStats = defineClusterCommand({
  ...clusterFacts,
  name: "SLOT-STATS",
  since: { valkey: "8.0.0" },
  arity: -4,
  flags: ["loading", "stale"],
  tips: ["nondeterministic_output", "request_policy:all_shards"],
  summary: "Replies how many keys lie in slots, and what passes through them.",
  args: [
    arg.oneOf("filter", [
      arg.block("slotsrange", [arg.lateInteger("start-slot"), arg.lateInteger("end-slot")], { token: "SLOTSRANGE" }),
      arg.block(
        "orderby",
        [
          arg.string("metric"),
          arg.optional(arg.lateInteger("limit", { token: "LIMIT" })),
          arg.optional(arg.oneOf("order", [arg.token("asc", "ASC"), arg.token("desc", "DESC")])),
        ],
        { token: "ORDERBY" },
      ),
    ]),
  ],
  ignoresArguments: true,
  run({ argv, cluster, reply }) {
    const filter = lower(argv[2]!);
    if (filter === "slotsrange" && argv.length === 5) byRange(cluster, reply, argv);
    else if (filter === "orderby") byOrder(cluster, reply, argv);
    else throw unknownForm(argv[1]!, "CLUSTER");
  },
});

function byRange(cluster: Cluster, reply: Reply, argv: readonly Bytes[]): void {
  const [from, to] = [readSlot(argv[3]!), readSlot(argv[4]!)];
  if (from > to) throw new ReplyError(`ERR Start slot number ${from} is greater than end slot number ${to}`);
  replyStats(
    reply,
    statsOf(cluster).filter(({ slot }) => slot >= from && slot <= to),
    metricsOf(cluster),
  );
}

function byOrder(cluster: Cluster, reply: Reply, argv: readonly Bytes[]): void {
  const metrics = metricsOf(cluster);
  const metric = metrics.find((each) => each === lower(argv[3]!));
  if (metric === undefined) throw new ReplyError("ERR Unrecognized sort metric for ORDERBY.");
  let limit: number | undefined;
  let order: Bytes | undefined;
  for (let at = 4; at < argv.length; at++) {
    const word = lower(argv[at]!);
    if (word === "limit" && at + 1 < argv.length) {
      if (limit !== undefined) throw sameFilter();
      limit = Number(parseInt64(argv[++at]!) ?? 0);
      if (limit < 1 || limit > SLOTS) {
        throw new ReplyError(`ERR Limit has to lie in between 1 and ${SLOTS} (maximum number of slots).`);
      }
    } else if (word === "asc" || word === "desc") {
      if (order !== undefined) throw sameFilter();
      order = word;
    } else throw syntaxError();
  }
  const sign = order === "asc" ? 1 : -1;
  const sorted = statsOf(cluster).toSorted((a, b) => sign * (a[metric] - b[metric]) || a.slot - b.slot);
  replyStats(reply, sorted.slice(0, limit ?? SLOTS), metrics);
}

const sameFilter = (): ReplyError => new ReplyError("ERR Multiple filters of the same type are disallowed.");

/** As the reply has them. */
const METRICS = ["key-count", "cpu-usec", "network-bytes-in", "network-bytes-out"] as const;

type Metric = (typeof METRICS)[number];

interface SlotStat extends Readonly<Record<Metric, number>> {
  readonly slot: number;
}

/** Keys are always counted, the rest where `cluster-slot-stats-enabled` says so. */
function metricsOf({ server }: Cluster): readonly Metric[] {
  return server.traffic === undefined ? ["key-count"] : METRICS;
}

/** Of the slots that this node, or its primary, owns. A simulated command takes no time. */
function statsOf(cluster: Cluster): readonly SlotStat[] {
  const { myself, server, traffic } = cluster;
  const counts = new Map<number, number>();
  for (const key of server.databases[0]!.keys()) {
    const slot = cluster.slotOf(key);
    counts.set(slot, (counts.get(slot) ?? 0) + 1);
  }
  const own = (myself.primary ?? myself).slots;
  return [...own]
    .sort((a, b) => a - b)
    .map((slot) => ({
      slot,
      "key-count": counts.get(slot) ?? 0,
      "cpu-usec": 0,
      "network-bytes-in": traffic.of(slot).in,
      "network-bytes-out": traffic.of(slot).out,
    }));
}

function replyStats(reply: Reply, stats: readonly SlotStat[], metrics: readonly Metric[]): void {
  reply.array(stats.length);
  for (const stat of stats) {
    reply.array(2);
    reply.integer(stat.slot);
    reply.map(metrics.length);
    for (const metric of metrics) {
      reply.bulk(metric);
      reply.integer(stat[metric]);
    }
  }
}
