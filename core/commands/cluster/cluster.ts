// CLUSTER, and how a connection behaves towards it: READONLY, READWRITE, ASKING (cluster.c).
import { defineCommand, defineContainer, type CommandFacts } from "../command.ts";
import { defineHelp } from "../help.ts";
import { clusterOf } from "./facts.ts";
import { clusterHelp } from "./help-lines.ts";
import {
  bumpepoch,
  countFailureReports,
  failover,
  forget,
  meet,
  myid,
  myshardid,
  replicate,
  reset,
  saveconfig,
  setConfigEpoch,
} from "./nodes.ts";
import { setslot } from "./setslot.ts";
import { slotStats } from "./slot-stats.ts";
import {
  addslots,
  addslotsrange,
  countkeysinslot,
  delslots,
  delslotsrange,
  flushslots,
  getkeysinslot,
  keyslot,
} from "./slots.ts";
import { info, links, nodes, replicas, shards, slaves, slots } from "./views.ts";

export const cluster = defineContainer({
  name: "CLUSTER",
  group: "cluster",
  since: "3.0.0",
  arity: -2,
  complexity: "that of the subcommand",
  summary: "Commands about the cluster.",
  flags: [],
  subcommands: [
    addslots,
    addslotsrange,
    bumpepoch,
    countFailureReports,
    countkeysinslot,
    delslots,
    delslotsrange,
    failover,
    flushslots,
    forget,
    getkeysinslot,
    defineHelp({ group: "cluster" }, "cluster", clusterHelp, clusterOf),
    info,
    keyslot,
    links,
    meet,
    myid,
    myshardid,
    nodes,
    replicas,
    replicate,
    reset,
    saveconfig,
    setConfigEpoch,
    setslot,
    shards,
    slaves,
    slotStats,
    slots,
  ],
});

const facts = {
  group: "cluster",
  since: "3.0.0",
  arity: 1,
  complexity: "O(1)",
  acl: ["connection"],
} as const satisfies Partial<CommandFacts>;

export const readonly = defineCommand({
  ...facts,
  name: "READONLY",
  flags: ["loading", "stale", "fast"],
  summary: "Lets the connection read from replicas.",
  run(context) {
    const { client, profile, reply } = context;
    // Valkey takes it from anybody (8.0).
    if (profile.family === "redis") clusterOf(context);
    client.readsFromReplica = true;
    reply.ok();
  },
});

export const readwrite = defineCommand({
  ...facts,
  name: "READWRITE",
  flags: ["loading", "stale", "fast"],
  summary: "Lets the connection read from primaries only.",
  run(context) {
    const { client, profile, reply } = context;
    // Valkey takes it from anybody (8.0).
    if (profile.family === "redis") clusterOf(context);
    client.readsFromReplica = false;
    reply.ok();
  },
});

export const asking = defineCommand({
  ...facts,
  name: "ASKING",
  flags: ["fast"],
  summary: "Lets the next command reach a slot that is being moved here.",
  run(context) {
    const { client, reply } = context;
    clusterOf(context);
    client.asking = true;
    reply.ok();
  },
});
