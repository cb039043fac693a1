// One example of each fault in a deployment, or why it has none there: what tests, the grid and readers try first.
import type { Topology } from "../core/index.ts";
import type { Fault } from "./fault.ts";
import { faultNames } from "./options.ts";
import { faultFrom } from "./vocabulary.ts";

/** The parts that servers play in a deployment. */
interface Cast {
  /** The primary that applications dial first. */
  readonly primary: string;
  /** The first replica; undefined where there is none. */
  readonly replica: string | undefined;
  readonly inCluster: boolean;
}

/** Options, or in two or three words why the fault cannot come to pass. */
type Example = (cast: Cast) => Readonly<Record<string, unknown>> | string;

const always =
  (options: Readonly<Record<string, unknown>>): Example =>
  () =>
    options;
const onReplica =
  (options: Readonly<Record<string, unknown>>): Example =>
  ({ replica }) =>
    replica === undefined ? "no replica" : { replica, ...options };
const onPrimary =
  (options: Readonly<Record<string, unknown>>): Example =>
  ({ primary }) => ({ server: primary, ...options });
const inCluster =
  (options: Readonly<Record<string, unknown>>): Example =>
  (cast) =>
    cast.inCluster ? options : "no cluster";
const withReplica =
  (options: Readonly<Record<string, unknown>>): Example =>
  ({ replica }) =>
    replica === undefined ? "no replica" : options;

/** The slot of `{b}`, which the first primary of three has. */
const SLOT = 3300;

const examples: Readonly<Record<string, Example>> = {
  latency: always({ delayMs: 50, jitterMs: 10 }),
  resetPeer: always({ command: "SET", nth: 1 }),
  errorReply: always({ command: "SET", nth: 1, error: "LOADING Redis is loading the dataset in memory" }),
  replyLost: always({ command: "SET", nth: 1 }),
  blackHole: always({ direction: "down", closeAfterMs: 1_000 }),
  slicer: always({ sizeBytes: 1, delayMs: 5 }),
  bandwidth: always({ bytesPerSecond: 100 }),
  limitData: always({ sizeBytes: 3 }),
  slowClose: always({ delayMs: 100 }),
  down: onPrimary({}),
  partition: ({ primary }) => ({ from: "application", to: [primary], oneWay: true }),
  hold: onPrimary({ direction: "down" }),
  thunderingHerd: always({}),
  crash: onPrimary({ keepsData: true }),
  restart: onPrimary({ keepsData: true, loadingMs: 1_000 }),
  shutdown: onPrimary({ keepsData: true }),
  pause: onPrimary({ forMs: 1_000 }),
  clockJump: onPrimary({ byMs: 60_000 }),
  clockDrift: onPrimary({ rate: 1.5 }),
  clockSkew: always({ byMs: -60_000 }),
  demote: (cast) => (cast.inCluster ? "the cluster decides" : { server: cast.primary }),
  evictKeys: onPrimary({ keys: "{b}*" }),
  expireKeys: onPrimary({ keys: "{b}*" }),
  oom: always({}),
  diskFull: always({}),
  maxClients: onPrimary({ limit: 1 }),
  outputOverrun: onPrimary({ of: "normal" }),
  slowCommand: always({ command: "SET", durationMs: 200 }),
  busyScript: onPrimary({ forMs: 8_000 }),
  scriptFlush: always({}),
  replicationLag: onReplica({ delayMs: 200, jitterMs: 10 }),
  replicationStop: onReplica({}),
  fullResync: onReplica({}),
  divergentReplica: onReplica({ keys: "{b}*" }),
  failover: withReplica({}),
  failoverLosingWrites: ({ primary, replica }) => (replica === undefined ? "no replica" : { primary, writes: 1 }),
  splitBrain: ({ primary, replica }) => (replica === undefined ? "one server" : { primary }),
  migrateSlot: inCluster({ slot: SLOT, to: "primary-2" }),
  movedStorm: inCluster({ slots: 16_384 }),
  askStorm: inCluster({ slots: 16_384 }),
  unassignSlot: inCluster({ slot: SLOT }),
  staleView: ({ primary, ...cast }) => (cast.inCluster ? { server: primary } : "no cluster"),
  clusterDown: inCluster({}),
  stampede: always({ key: "{b}*", windowMs: 20 }),
  lockExpiry: always({ key: "{b}*" }),
  processPause: always({ point: "before the write", forMs: 500 }),
};

/** Every fault of the vocabulary, as it may come to pass in a deployment, or in a few words why it cannot. */
export function exampleFaults(topology: Topology): ReadonlyMap<string, Fault | string> {
  const cast = castOf(topology);
  return new Map(
    faultNames.map((name) => {
      const example = examples[name];
      if (example === undefined)
        throw new Error(`The fault ${name} has no example; faults/examples.ts is where it goes.`);
      const options = example(cast);
      return [name, typeof options === "string" ? options : faultFrom(name, options)];
    }),
  );
}

function castOf(topology: Topology): Cast {
  switch (topology.kind) {
    case "standalone":
      return { primary: "server", replica: undefined, inCluster: false };
    case "independent":
      return { primary: "server-1", replica: undefined, inCluster: false };
    case "primary-with-replicas":
    case "sentinel":
      return { primary: "primary", replica: topology.replicas > 0 ? "replica-1" : undefined, inCluster: false };
    case "cluster":
      return {
        primary: "primary-1",
        replica: topology.replicasPerPrimary > 0 ? "replica-1" : undefined,
        inCluster: true,
      };
    case "cluster-nodes":
      return { primary: "node-1", replica: undefined, inCluster: true };
  }
}
