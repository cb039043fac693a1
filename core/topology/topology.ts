// Deployments as values: what there is, by name and address, before any of it lives. They print, compare and travel as JSON.
import { SLOTS } from "../kernel/slot-ranges.ts";
import { requireKnown, show } from "../kernel/known-options.ts";
import type { Address } from "../server/network.ts";

export interface Standalone {
  readonly kind: "standalone";
}

/** Servers that know nothing of each other: a client's own shards, or the servers of Redlock. */
export interface Independent {
  readonly kind: "independent";
  readonly servers: number;
}

export interface PrimaryWithReplicas {
  readonly kind: "primary-with-replicas";
  readonly replicas: number;
}

export interface SentinelDeployment {
  readonly kind: "sentinel";
  readonly replicas: number;
  readonly sentinels: number;
  /** So many Sentinels must find the primary down. */
  readonly quorum: number;
  /** Under which clients ask for the primary. */
  readonly masterName: string;
  readonly downAfterMs: number;
  readonly failoverTimeoutMs: number;
  /** What the Sentinels themselves want to hear, from clients and from each other; the servers' is their `requirepass`. */
  readonly sentinelPassword?: string;
  /** Paths of programs of the machine: called for each warning, and where clients are to go elsewhere. */
  readonly notificationScript?: string;
  readonly clientReconfigScript?: string;
  /** Whether SENTINEL SET may name no scripts. Default yes, as in a real Sentinel. */
  readonly denyScriptsReconfig?: boolean;
}

export interface ClusterDeployment {
  readonly kind: "cluster";
  readonly primaries: number;
  readonly replicasPerPrimary: number;
}

/** Nodes that know neither each other nor any slot: what `redis-cli --cluster create` begins with. */
export interface ClusterNodes {
  readonly kind: "cluster-nodes";
  readonly nodes: number;
}

export type Topology =
  | Standalone
  | Independent
  | PrimaryWithReplicas
  | SentinelDeployment
  | ClusterDeployment
  | ClusterNodes;

/** One server, called `server`. */
export function standalone(): Standalone {
  return { kind: "standalone" };
}

/** `server-1` at port 6379 and on, at the ports behind it. */
export function independent(options: { readonly servers?: number } = {}): Independent {
  requireKnown("independent", options, ["servers"]);
  const { servers = 5 } = options;
  return { kind: "independent", servers: whole("servers", servers, 1) };
}

/** `primary` at port 6379, and `replica-1` and on at the ports behind it. */
export function primaryWithReplicas(options: { readonly replicas?: number } = {}): PrimaryWithReplicas {
  requireKnown("primaryWithReplicas", options, ["replicas"]);
  const { replicas = 1 } = options;
  return { kind: "primary-with-replicas", replicas: whole("replicas", replicas, 0) };
}

/** The same, watched by `sentinel-1` and on at port 26379 and those behind it. Times are in milliseconds, as sentinel.conf has them. */
export function sentinel(options: Partial<Omit<SentinelDeployment, "kind">> = {}): SentinelDeployment {
  requireKnown("sentinel", options, SENTINEL_OPTIONS);
  const { replicas = 1, sentinels = 3, masterName = "mymaster", sentinelPassword } = options;
  const { notificationScript, clientReconfigScript, denyScriptsReconfig } = options;
  const { quorum = Math.floor(sentinels / 2) + 1, downAfterMs = 30_000, failoverTimeoutMs = 180_000 } = options;
  return {
    kind: "sentinel",
    replicas: whole("replicas", replicas, 0),
    sentinels: whole("sentinels", sentinels, 1),
    quorum: whole("quorum", quorum, 1),
    masterName,
    downAfterMs: whole("downAfterMs", downAfterMs, 1),
    failoverTimeoutMs: whole("failoverTimeoutMs", failoverTimeoutMs, 1),
    ...(sentinelPassword !== undefined && { sentinelPassword }),
    ...(notificationScript !== undefined && { notificationScript }),
    ...(clientReconfigScript !== undefined && { clientReconfigScript }),
    ...(denyScriptsReconfig !== undefined && { denyScriptsReconfig }),
  };
}

const SENTINEL_OPTIONS = [
  "replicas",
  "sentinels",
  "quorum",
  "masterName",
  "downAfterMs",
  "failoverTimeoutMs",
  "sentinelPassword",
  "notificationScript",
  "clientReconfigScript",
  "denyScriptsReconfig",
];

/** `primary-1` and on at port 7000 and those behind it, then `replica-1` and on: the first is the first primary's, and so on in turn. */
export function cluster(options: Partial<Omit<ClusterDeployment, "kind">> = {}): ClusterDeployment {
  requireKnown("cluster", options, ["primaries", "replicasPerPrimary"]);
  const { primaries = 3, replicasPerPrimary = 1 } = options;
  return {
    kind: "cluster",
    primaries: whole("primaries", primaries, 1, MOST_NODES),
    replicasPerPrimary: whole("replicasPerPrimary", replicasPerPrimary, 0, Math.floor(MOST_NODES / primaries) - 1),
  };
}

/** `node-1` and on at port 7000 and those behind it, each alone and without slots until they meet. */
export function clusterNodes(options: { readonly nodes?: number } = {}): ClusterNodes {
  requireKnown("clusterNodes", options, ["nodes"]);
  const { nodes = 6 } = options;
  return { kind: "cluster-nodes", nodes: whole("nodes", nodes, 1, MOST_NODES) };
}

/** Whether its servers are nodes of a cluster, formed or not. */
export function isClustered({ kind }: Topology): boolean {
  return kind === "cluster" || kind === "cluster-nodes";
}

const KINDS: Readonly<Record<Topology["kind"], true>> = {
  standalone: true,
  independent: true,
  "primary-with-replicas": true,
  sentinel: true,
  cluster: true,
  "cluster-nodes": true,
};

/** Throws a TypeError for what is no topology, as a function that was not called. */
export function requireTopology(topology: Topology): void {
  const kind = typeof topology === "object" && topology !== null ? topology.kind : undefined;
  if (kind !== undefined && Object.hasOwn(KINDS, kind)) return;
  throw new TypeError(`A topology is what cluster(), sentinel() and their kin make, not ${show(topology)}`);
}

/** So many nodes Redis says that a cluster may have; all know all, so a simulated one grows with their square. */
const MOST_NODES = 1_000;

function whole(name: string, value: number, least: number, most = Number.MAX_SAFE_INTEGER): number {
  if (Number.isSafeInteger(value) && value >= least && value <= most) return value;
  const range = most === Number.MAX_SAFE_INTEGER ? `from ${least} on` : `from ${least} to ${most}`;
  throw new RangeError(`${name} is a whole number ${range}, not ${show(value)}.`);
}

/** A process of a deployment, before it lives. */
export interface Member {
  readonly name: string;
  readonly role: "primary" | "replica" | "sentinel";
  readonly address: Address;
}

const HOST = "127.0.0.1";
const SENTINEL_PORT = 26_379;
const CLUSTER_PORT = 7_000;

/** Who is in a deployment, the one that applications dial first in front. */
export function membersOf(
  topology: Topology,
  {
    host = HOST,
    port: firstPort = isClustered(topology) ? CLUSTER_PORT : 6379,
  }: { readonly host?: string | undefined; readonly port?: number | undefined } = {},
): readonly Member[] {
  if (topology.kind === "cluster") return clusterMembers(topology, firstPort);
  if (topology.kind === "cluster-nodes") return alike("node", topology.nodes, firstPort);
  if (topology.kind === "independent") return alike("server", topology.servers, firstPort);
  const first: Member = {
    name: topology.kind === "standalone" ? "server" : "primary",
    role: "primary",
    address: { host: topology.kind === "standalone" ? host : HOST, port: firstPort },
  };
  if (topology.kind === "standalone") return [first];
  const replicas = alike("replica", topology.replicas, firstPort + 1);
  if (topology.kind === "primary-with-replicas") return [first, ...replicas];
  const sentinels = Array.from({ length: topology.sentinels }, (_, at): Member => ({
    name: `sentinel-${at + 1}`,
    role: "sentinel",
    address: { host: HOST, port: SENTINEL_PORT + at + (firstPort - 6379) },
  }));
  return [first, ...replicas, ...sentinels];
}

/** The slots of the nth primary of a new cluster, from 0 on, from the first to the last: all have the same share. */
export function slotsOf({ primaries }: ClusterDeployment, nth: number): readonly [first: number, last: number] {
  const edge = (at: number): number => Math.round((at * SLOTS) / primaries);
  return [edge(nth), edge(nth + 1) - 1];
}

function clusterMembers({ primaries, replicasPerPrimary }: ClusterDeployment, firstPort: number): readonly Member[] {
  const replicas = primaries * replicasPerPrimary;
  return [...alike("primary", primaries, firstPort), ...alike("replica", replicas, firstPort + primaries)];
}

/** Members of one kind, at one port after another. */
function alike(kind: "primary" | "replica" | "node" | "server", count: number, firstPort: number): readonly Member[] {
  return Array.from({ length: count }, (_, at) => ({
    name: `${kind}-${at + 1}`,
    role: kind === "replica" ? "replica" : "primary",
    address: { host: HOST, port: firstPort + at },
  }));
}
