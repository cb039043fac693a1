// Nodes and their roles: MEET, FORGET, REPLICATE, FAILOVER, RESET, epochs (cluster_legacy.c: clusterCommandSpecial).
import { equalIgnoringCase } from "../../kernel/bytes.ts";
import { parseInt64 } from "../../kernel/integers.ts";
import { ReplyError, syntaxError, unknownForm } from "../../resp/errors.ts";
import { arg } from "../args.ts";
import { readInt64 } from "../numbers.ts";
import { BUS_OFFSET, adminFacts, clusterFacts, defineClusterCommand, nodeOf, untold } from "./facts.ts";

const MOST_PORT = 65_535;

export const meet = defineClusterCommand({
  ...adminFacts,
  name: "MEET",
  arity: -4,
  summary: "Makes another node known to this one, and this one to it.",
  args: [
    arg.string("ip"),
    arg.lateInteger("port"),
    arg.optional(arg.lateInteger("cluster-bus-port", { since: "4.0.0", name70: "cluster_bus_port" })),
  ],
  ignoresArguments: true,
  run({ argv, cluster, reply, profile }) {
    const [, , host = "", portText = "", busText] = argv;
    if (argv.length > 5) throw unknownForm(argv[1]!, "CLUSTER");
    const tcp = profile.can.namesTcpPorts ? "TCP " : "";
    const port = parseInt64(portText);
    if (port === undefined) throw new ReplyError(`ERR Invalid ${tcp}base port specified: ${portText}`);
    const bus = busText === undefined ? Number(port) + BUS_OFFSET : parseInt64(busText);
    if (bus === undefined) throw new ReplyError(`ERR Invalid ${tcp}bus port specified: ${busText!}`);
    if (profile.family === "valkey" && (port <= 0 || port > MOST_PORT))
      throw new ReplyError("ERR Port number is out of range");
    if (profile.family === "valkey" && (bus <= 0 || bus > MOST_PORT))
      throw new ReplyError("ERR Cluster bus port number is out of range");
    const fits = port > 0 && port <= MOST_PORT && bus > 0 && bus <= MOST_PORT;
    if (!fits || !/^[0-9.]+$|:/.test(host)) {
      throw new ReplyError(`ERR Invalid node address specified: ${host}:${portText}`);
    }
    cluster.meet({ host, port: Number(port), busPort: Number(bus), tlsPort: 0 });
    reply.ok();
  },
});

export const forget = defineClusterCommand({
  ...adminFacts,
  name: "FORGET",
  arity: 3,
  summary: "Removes a node from what this one knows, and keeps it out for a minute.",
  args: [arg.string("node-id")],
  run({ cluster, reply }, { "node-id": id }) {
    const node = nodeOf(cluster, id);
    if (node === cluster.myself) throw new ReplyError("ERR I tried hard but I can't forget myself...");
    if (node === cluster.myself.primary) throw new ReplyError("ERR Can't forget my master!");
    cluster.forget(node);
    cluster.updateState();
    reply.ok();
  },
});

export const replicate = defineClusterCommand({
  ...adminFacts,
  name: "REPLICATE",
  arity: 3,
  summary: "Makes the node a replica of a primary.",
  args: [arg.string("node-id")],
  run({ cluster, reply }, { "node-id": id }) {
    const node = nodeOf(cluster, id);
    const { myself, server } = cluster;
    if (node === myself) throw new ReplyError("ERR Can't replicate myself");
    if (node.isReplica) throw new ReplyError("ERR I can only replicate a master, not a replica.");
    if (!myself.isReplica && (myself.slots.size > 0 || server.databases[0]!.size > 0)) {
      throw new ReplyError("ERR To set a master the node must be empty and without assigned slots.");
    }
    if (myself.primary !== node) cluster.follow(node);
    cluster.updateState();
    reply.ok();
  },
});

export const failover = defineClusterCommand({
  ...adminFacts,
  name: "FAILOVER",
  arity: -2,
  summary: "Makes a replica take the place of its primary.",
  args: [arg.optional(arg.oneOf("options", [arg.token("force", "FORCE"), arg.token("takeover", "TAKEOVER")]))],
  ignoresArguments: true,
  run({ argv, cluster, reply }) {
    if (argv.length > 3) throw unknownForm(argv[1]!, "CLUSTER");
    const option = argv[2];
    const takeover = option !== undefined && equalIgnoringCase(option, "TAKEOVER");
    const force = takeover || (option !== undefined && equalIgnoringCase(option, "FORCE"));
    if (option !== undefined && !force) throw syntaxError();
    const { primary } = cluster.myself;
    if (primary === undefined) throw new ReplyError("ERR You should send CLUSTER FAILOVER to a replica");
    if ((primary.failed || !cluster.isLinked(primary)) && !force) {
      throw new ReplyError("ERR Master is down or failed, please use CLUSTER FAILOVER FORCE");
    }
    if (takeover) {
      cluster.bumpEpoch();
      cluster.replacePrimary();
    } else cluster.manualFailover.begin({ force });
    reply.ok();
  },
});

export const reset = defineClusterCommand({
  ...adminFacts,
  name: "RESET",
  arity: -2,
  summary: "Forgets everything about the cluster.",
  flags: ["admin", "noscript", "stale"],
  args: [
    arg.optional(
      arg.oneOf("reset-type", [arg.token("hard", "HARD"), arg.token("soft", "SOFT")], { name70: "hard_soft" }),
    ),
  ],
  ignoresArguments: true,
  run({ argv, cluster, reply }) {
    if (argv.length > 3) throw unknownForm(argv[1]!, "CLUSTER");
    const hard = argv[2] !== undefined && equalIgnoringCase(argv[2], "HARD");
    if (argv[2] !== undefined && !hard && !equalIgnoringCase(argv[2], "SOFT")) throw syntaxError();
    const { myself, server } = cluster;
    if (!myself.isReplica && server.databases[0]!.size > 0) {
      throw new ReplyError("ERR CLUSTER RESET can't be called with master nodes containing keys");
    }
    cluster.reset({ hard });
    reply.ok();
  },
});

export const bumpepoch = defineClusterCommand({
  ...adminFacts,
  ...untold,
  name: "BUMPEPOCH",
  arity: 2,
  summary: "Takes a new epoch without asking anybody.",
  run({ cluster, reply }) {
    reply.simple(`${cluster.bumpEpoch() ? "BUMPED" : "STILL"} ${cluster.myself.configEpoch}`);
  },
});

export const setConfigEpoch = defineClusterCommand({
  ...adminFacts,
  name: "SET-CONFIG-EPOCH",
  arity: 3,
  summary: "Sets the epoch of a node that knows no other.",
  args: [arg.lateInteger("config-epoch")],
  run({ cluster, reply }, { "config-epoch": word }) {
    const epoch = readInt64(word);
    if (epoch < 0) throw new ReplyError(`ERR Invalid config epoch specified: ${epoch}`);
    if (cluster.nodes.size > 1) {
      throw new ReplyError("ERR The user can assign a config epoch only when the node does not know any other node.");
    }
    if (cluster.myself.configEpoch !== 0) throw new ReplyError("ERR Node config epoch is already non-zero");
    cluster.myself.configEpoch = Number(epoch);
    cluster.currentEpoch = Math.max(cluster.currentEpoch, Number(epoch));
    reply.ok();
  },
});

export const saveconfig = defineClusterCommand({
  ...adminFacts,
  name: "SAVECONFIG",
  arity: 2,
  summary: "Writes what the node knows to its file.",
  run: ({ reply }) => reply.ok(),
});

export const countFailureReports = defineClusterCommand({
  ...adminFacts,
  ...untold,
  name: "COUNT-FAILURE-REPORTS",
  arity: 3,
  flags: ["admin", "stale"],
  summary: "Counts the primaries that suspect a node.",
  args: [arg.string("node-id")],
  run: ({ cluster, reply }, { "node-id": id }) => reply.integer(nodeOf(cluster, id).failureReports.size),
});

export const myid = defineClusterCommand({
  ...clusterFacts,
  name: "MYID",
  arity: 2,
  summary: "Replies the id of the node.",
  in: { valkey: { flags: ["loading", "stale"] } },
  run: ({ cluster, reply }) => reply.bulk(cluster.myself.id),
});

export const myshardid = defineClusterCommand({
  ...clusterFacts,
  ...untold,
  name: "MYSHARDID",
  since: "7.2.0",
  arity: 2,
  summary: "Replies the id of the shard that the node belongs to.",
  in: { valkey: { flags: ["loading", "stale"] } },
  run: ({ cluster, reply }) => reply.bulk(cluster.myself.shardId),
});
