// The application of the grid: a real client of either kind, connected as its documentation says for each deployment.
import { Cluster, Redis } from "ioredis";
import { createClient, createCluster, createSentinel } from "redis";
import type { Redouble } from "../../adapters/index.ts";
import type { Topology } from "../../core/index.ts";

/** What the grid asks of a client. */
export interface Application {
  connect(): Promise<void>;
  set(key: string, value: string): Promise<unknown>;
  get(key: string): Promise<unknown>;
  evalsha(sha: string, key: string): Promise<unknown>;
  close(): void;
}

export const CLIENTS = ["ioredis", "node-redis"] as const;
export type ClientName = (typeof CLIENTS)[number];

export function openApplication(client: ClientName, redouble: Redouble): Application {
  return client === "ioredis" ? openIoredis(redouble) : openNodeRedis(redouble);
}

const HOST = "127.0.0.1";

function openIoredis({ topology, main }: Redouble): Application {
  const client = ioredisFor(topology, main.address.port);
  client.on("error", () => {}); // commands tell of it
  return {
    connect: () => client.connect(),
    set: (key, value) => client.set(key, value),
    get: (key) => client.get(key),
    evalsha: (sha, key) => client.evalsha(sha, 1, key),
    close: () => client.disconnect(),
  };
}

function ioredisFor(topology: Topology, port: number): Redis | Cluster {
  switch (topology.kind) {
    case "sentinel":
      return new Redis({ sentinels: sentinelsOf(topology.sentinels), name: topology.masterName, lazyConnect: true });
    case "cluster":
    case "cluster-nodes":
      return new Cluster([{ host: HOST, port }], { lazyConnect: true });
    case "standalone":
    case "independent":
    case "primary-with-replicas":
      return new Redis({ host: HOST, port, lazyConnect: true });
  }
}

/** Its timeout of a command is one of real time, which does not pass here. */
const commandOptions = { timeout: 0 };

function openNodeRedis({ topology, main }: Redouble): Application {
  const client = nodeRedisFor(topology, main.address.port);
  client.on("error", () => {}); // commands tell of it
  return {
    connect: async () => void (await client.connect()),
    set: (key, value) => client.set(key, value),
    get: (key) => client.get(key),
    evalsha: (sha, key) => client.evalSha(sha, { keys: [key], arguments: [] }),
    close: () => void client.destroy(),
  };
}

function nodeRedisFor(topology: Topology, port: number) {
  const url = `redis://${HOST}:${port}`;
  switch (topology.kind) {
    case "sentinel":
      return createSentinel({
        name: topology.masterName,
        sentinelRootNodes: sentinelsOf(topology.sentinels),
        commandOptions,
      });
    case "cluster":
    case "cluster-nodes":
      return createCluster({ rootNodes: [{ url }], commandOptions });
    case "standalone":
    case "independent":
    case "primary-with-replicas":
      return createClient({ url, commandOptions });
  }
}

function sentinelsOf(count: number): { host: string; port: number }[] {
  return Array.from({ length: count }, (_, at) => ({ host: HOST, port: 26_379 + at }));
}
