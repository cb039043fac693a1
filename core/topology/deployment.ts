// A deployment that lives: the servers and Sentinels of a topology in one world, in step with each other from the start.
import type { Address } from "../server/network.ts";
import type { Server } from "../server/server.ts";
import type { ServerOptions } from "../server/server-options.ts";
import type { World } from "../server/world.ts";
import { createSentinel } from "./sentinel/create.ts";
import { meet } from "./sentinel/hello.ts";
import type { Sentinel } from "./sentinel/sentinel.ts";
import {
  isClustered,
  membersOf,
  requireTopology,
  slotsOf,
  type ClusterDeployment,
  type Member,
  type SentinelDeployment,
  type Topology,
} from "./topology.ts";

export type DeploymentOptions = Omit<ServerOptions, "name" | "address" | "sentinel"> & {
  /** Of the first server. Default 127.0.0.1:6379; the others are at 127.0.0.1 and the ports behind it. */
  readonly host?: string;
  readonly port?: number;
};

export interface Deployment {
  readonly topology: Topology;
  /** By name; the one that applications dial first in front. */
  readonly servers: ReadonlyMap<string, Server>;
  readonly sentinels: readonly Sentinel[];
}

/** Puts a deployment into a world. Replicas have what their primary has, and Sentinels know each other, when it returns. */
export function createDeployment(world: World, topology: Topology, options: DeploymentOptions = {}): Deployment {
  requireTopology(topology);
  const { host, port, ...given } = options;
  const password = given.config?.["requirepass"];
  const implied = {
    ...(password !== undefined && { masterauth: password }),
    ...(isClustered(topology) && { "cluster-enabled": "yes" }),
  };
  const common = { ...given, config: { ...implied, ...given.config } };
  const members = membersOf(topology, { host, port });
  const portsOf = tlsPorts(members[0]!.address.port, common.config);
  const servers = new Map<string, Server>();
  const sentinels: Sentinel[] = [];
  for (const member of members) {
    const { name, address } = member;
    const isFirst = servers.size === 0;
    const own = {
      ...common,
      config: { ...common.config, ...portsOf(address.port), ...(!isFirst && { unixsocket: "" }) },
    };
    if (member.role === "sentinel") {
      const watched = servers.values().next().value!.doors.processAddress;
      const watcher = createSentinelOf(world, topology as SentinelDeployment, { member, watched, common: own });
      sentinels.push(watcher);
      servers.set(name, watcher.server);
    } else servers.set(name, world.createServer({ ...own, name, address }));
  }
  if (topology.kind === "cluster") formCluster(topology, [...servers.values()]);
  else if (!isClustered(topology)) {
    const [primary] = servers.values();
    for (const { name, role } of members) {
      if (role === "replica") servers.get(name)!.replication.follow(primary!.doors.processAddress, { fromStart: true });
    }
  }
  bringUp(world, { servers, sentinels });
  if (topology.kind === "cluster") tellOffsets(world, [...servers.values()]);
  return { topology, servers, sentinels };
}

/** A replica is shown to clients once others know how far it is, which is nowhere before its primary has sent its first ping. */
function tellOffsets(world: World, servers: readonly Server[]): void {
  for (const server of servers) {
    if (server.replication.replicas.size > 0) server.replication.say(["PING"]);
    server.outbox.flushAll();
  }
  world.advanceTo(world.now);
  for (const { replication, cluster } of servers) {
    for (const other of servers) other.cluster!.nodes.get(cluster!.myself.id)!.offset = replication.offset;
  }
}

function createSentinelOf(
  world: World,
  topology: SentinelDeployment,
  { member, watched, common }: { member: Member; watched: Address; common: DeploymentOptions },
): Sentinel {
  const { masterName, quorum, downAfterMs, failoverTimeoutMs, sentinelPassword } = topology;
  const { host, port } = watched;
  const user = common.config?.["masteruser"];
  const password = common.config?.["masterauth"];
  return createSentinel(world, {
    name: member.name,
    address: member.address,
    ...(common.profile && { profile: common.profile }),
    config: {
      ...encryptionOf(common.config),
      ...(sentinelPassword !== undefined && { requirepass: sentinelPassword }),
    },
    directives: [
      `sentinel monitor ${masterName} ${host} ${port} ${quorum}`,
      `sentinel down-after-milliseconds ${masterName} ${downAfterMs}`,
      `sentinel failover-timeout ${masterName} ${failoverTimeoutMs}`,
      ...(user === undefined ? [] : [`sentinel auth-user ${masterName} ${user}`]),
      ...(password === undefined ? [] : [`sentinel auth-pass ${masterName} ${password}`]),
      ...(sentinelPassword === undefined ? [] : [`sentinel sentinel-pass ${sentinelPassword}`]),
      ...scriptDirectives(topology),
    ],
  });
}

/** What all processes of a deployment share of their configuration, Sentinels too. */
function encryptionOf(config: ServerOptions["config"] = {}): ServerOptions["config"] {
  return Object.fromEntries(
    Object.entries(config).filter(([name, value]) => name.startsWith("tls-") || (name === "port" && value === "0")),
  );
}

/**
 * Where there is a `tls-port` each server has one of its own, as far from the first's as its other port; with `port 0` it is the only
 * one, and stands where that would be.
 */
function tlsPorts(
  firstPort: number,
  { port, "tls-port": tlsPort = "0" }: Readonly<Record<string, string>>,
): (ownPort: number) => Readonly<Record<string, string>> {
  if (tlsPort === "0") return () => ({});
  const distance = port === "0" ? 0 : Number(tlsPort) - firstPort;
  return (ownPort) => ({ "tls-port": String(ownPort + distance) });
}

/** What sentinel.conf says of scripts. */
export function scriptDirectives(topology: SentinelDeployment): string[] {
  const { masterName, notificationScript, clientReconfigScript, denyScriptsReconfig } = topology;
  return [
    ...(denyScriptsReconfig === false ? ["sentinel deny-scripts-reconfig no"] : []),
    ...(notificationScript === undefined ? [] : [`sentinel notification-script ${masterName} ${notificationScript}`]),
    ...(clientReconfigScript === undefined
      ? []
      : [`sentinel client-reconfig-script ${masterName} ${clientReconfigScript}`]),
  ];
}

/** Every node knows every other, slots are shared out evenly, and replicas follow the primaries in turn. */
function formCluster(topology: ClusterDeployment, servers: readonly Server[]): void {
  const { primaries } = topology;
  const nodes = servers.map(({ cluster }) => cluster!);
  for (const [at, cluster] of nodes.entries()) {
    if (at < primaries) {
      cluster.myself.configEpoch = at + 1;
      const [first, last] = slotsOf(topology, at);
      cluster.slots.assign(
        Array.from({ length: last - first + 1 }, (_, nth) => first + nth),
        cluster.myself,
      );
    }
  }
  for (const cluster of nodes) cluster.introduce(nodes, { currentEpoch: primaries });
  for (const [at, cluster] of nodes.entries()) {
    if (at < primaries) continue;
    const primary = nodes[at % primaries]!.myself;
    for (const other of nodes) {
      const replica = other.nodes.get(cluster.myself.id)!;
      replica.follow(other.nodes.get(primary.id));
    }
    cluster.follow(cluster.nodes.get(primary.id)!);
  }
}

/** What would take a real deployment its first seconds happens before anybody looks; the clock stands where it stood. */
function bringUp(world: World, { servers, sentinels }: Pick<Deployment, "servers" | "sentinels">): void {
  for (const { replication } of servers.values()) replication.transfersAtOnce = true;
  world.advanceTo(world.now);
  for (const { replication } of servers.values()) replication.transfersAtOnce = false;
  const replicas = [...servers.values()].filter(({ replication }) => replication.isReplica);
  for (const sentinel of sentinels) {
    const others = sentinels.filter((other) => other !== sentinel);
    for (const master of sentinel.masters.values()) {
      for (const { doors } of replicas) sentinel.createSlave(master, doors.processAddress);
      for (const { id, server } of others) meet(sentinel, master, { id, address: server.doors.processAddress });
    }
    sentinel.tick();
  }
  world.advanceTo(world.now);
}
