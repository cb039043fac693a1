// Real clients on deployments of several servers, in process: replicas, Sentinels, and what a failover looks like to them.
import { Cluster, Redis } from "ioredis";
import { createCluster, createSentinel } from "redis";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { intercept, type Interception } from "./net/index.ts";
import { createRedouble, type Redouble } from "./redouble.ts";
import { cluster, independent, primaryWithReplicas, sentinel } from "../core/index.ts";

let interception: Interception;
let redouble: Redouble;
const clients: { disconnect(): unknown }[] = [];

beforeEach(() => {
  interception = intercept();
});

afterEach(() => {
  for (const client of clients.splice(0)) client.disconnect();
  redouble.stop();
  interception.restore();
});

interface SimpleOptions {
  readonly port?: number;
  readonly lazyConnect?: boolean;
  readonly retryStrategy?: null;
  readonly sentinels?: { host: string; port: number }[];
  readonly name?: string;
  readonly sentinelRetryStrategy?: () => number;
  readonly password?: string;
  readonly sentinelPassword?: string;
}

function ioredis(options: SimpleOptions): Redis {
  const client = new Redis({ lazyConnect: false, ...options });
  client.on("error", () => {});
  clients.push(client);
  return client;
}

const SENTINELS = [26379, 26380, 26381].map((port) => ({ host: "127.0.0.1", port }));

describe("independent servers", () => {
  test("answer at one port each, and share nothing", async () => {
    redouble = createRedouble({ topology: independent({ servers: 3 }) });
    const servers = [6379, 6380, 6381].map((port) => ioredis({ port }));
    for (const [nth, server] of servers.entries()) await server.set("k", nth);
    expect(await Promise.all(servers.map((server) => server.get("k")))).toEqual(["0", "1", "2"]);
    expect(redouble.named("server-2").call("GET", "k")).toBe("1");
    expect(() => independent({ servers: 0 })).toThrow("servers is a whole number from 1 on, not 0.");
  });
});

describe("a primary with replicas", () => {
  test("answers at one port each, and what is written to one is read from the others", async () => {
    redouble = createRedouble({ topology: primaryWithReplicas({ replicas: 2 }) });
    const [primary, ...replicas] = [6379, 6380, 6381].map((port) => ioredis({ port }));
    await primary!.set("k", "v");
    await redouble.clock.settle();
    expect(await Promise.all(replicas.map((replica) => replica.get("k")))).toEqual(["v", "v"]);
    await expect(replicas[0]!.set("k", "w")).rejects.toThrow("READONLY");
    expect(redouble.servers.get("replica-2")!.dump()).toEqual({ k: "v" });
  });

  test("knows what came to whom, in order, and who is there", async () => {
    redouble = createRedouble({ topology: primaryWithReplicas() });
    const [primary, replica] = [ioredis({ port: 6379 }), ioredis({ port: 6380 })];
    await primary.set("a", "1");
    await replica.get("a");
    await primary.set("b", "2");
    const said = redouble.commands.filter(({ name }) => name === "SET" || name === "GET");
    expect(said.map(({ server, name, args }) => [server, name, ...args].join(" "))).toEqual([
      "primary SET a 1",
      "replica-1 GET a",
      "primary SET b 2",
    ]);
    expect(redouble.named("replica-1")).toBe(redouble.servers.get("replica-1"));
    expect(() => redouble.named("replica-2")).toThrow(
      'There is no server "replica-2" in this deployment; there are primary, replica-1.',
    );
  });

  test("is fresh again after a reset", async () => {
    redouble = createRedouble({ topology: primaryWithReplicas() });
    const [primary, replica] = [ioredis({ port: 6379 }), ioredis({ port: 6380 })];
    await primary.set("k", "v");
    await redouble.clock.settle();
    redouble.reset();
    expect(await replica.get("k")).toBeNull();
    await primary.set("k", "w");
    await redouble.clock.settle();
    expect(await replica.get("k")).toBe("w");
  });

  test("refuses connections while its process is gone", async () => {
    redouble = createRedouble({ topology: primaryWithReplicas() });
    redouble.servers.get("replica-1")!.engine.lifecycle.crash();
    const replica = ioredis({ port: 6380, lazyConnect: true, retryStrategy: null });
    await expect(replica.connect()).rejects.toThrow("Connection is closed");
  });
});

describe("Sentinels", () => {
  const topology = sentinel({ replicas: 1, downAfterMs: 1_000, failoverTimeoutMs: 6_000 });

  test("lead ioredis to the new primary after a failover", async () => {
    redouble = createRedouble({ topology });
    const client = ioredis({ sentinels: SENTINELS, name: "mymaster", sentinelRetryStrategy: () => 10 });
    await client.set("k", "1");
    await redouble.clock.advance("3s");
    redouble.servers.get("primary")!.engine.lifecycle.crash();
    await redouble.clock.advance("10s");
    await client.set("k", "2");
    expect(redouble.servers.get("replica-1")!.dump()).toEqual({ k: "2" });
  });

  test("lead node-redis to the new primary after a failover", async () => {
    redouble = createRedouble({ topology });
    const client = createSentinel({ name: "mymaster", sentinelRootNodes: SENTINELS });
    client.on("error", () => {});
    clients.push({ disconnect: () => client.destroy() });
    await client.connect();
    await client.set("k", "1");
    await redouble.clock.advance("3s");
    redouble.servers.get("primary")!.engine.lifecycle.crash();
    await redouble.clock.advance("10s");
    await new Promise((resolve) => setTimeout(resolve, 1500));
    await client.set("k", "2");
    expect(redouble.servers.get("replica-1")!.dump()).toEqual({ k: "2" });
  });
});

describe("a cluster", () => {
  const topology = cluster({ primaries: 3, replicasPerPrimary: 1 });
  const config = { "cluster-node-timeout": "1000" };

  test("is one database to ioredis, also when a primary has died", async () => {
    redouble = createRedouble({ topology, config });
    const client = new Cluster([{ host: "127.0.0.1", port: 7000 }], { clusterRetryStrategy: () => 10 });
    client.on("error", () => {});
    clients.push(client);
    const keys = Array.from({ length: 30 }, (_, index) => `key:${index}`);
    await Promise.all(keys.map((key) => client.set(key, key)));
    for (const name of ["primary-1", "primary-2", "primary-3"]) {
      expect(Object.keys(redouble.servers.get(name)!.dump()).length).toBeGreaterThan(0);
    }
    await redouble.clock.advance("3s");
    redouble.servers.get("primary-1")!.engine.lifecycle.crash();
    await redouble.clock.advance("10s");
    expect(await Promise.all(keys.map((key) => client.get(key)))).toEqual(keys);
  });

  test("sends both clients to the hostnames that its nodes announce", async () => {
    redouble = createRedouble({
      topology: cluster({ primaries: 3, replicasPerPrimary: 0 }),
      config: { ...config, "cluster-preferred-endpoint-type": "hostname" },
    });
    for (const [name, node] of redouble.servers) {
      node.call("CONFIG", "SET", "cluster-announce-hostname", `${name}.example`);
    }
    await redouble.clock.advance("5s");
    const first = new Cluster([{ host: "127.0.0.1", port: 7000 }]);
    const second = createCluster({ rootNodes: [{ url: "redis://127.0.0.1:7000" }] });
    clients.push(first, { disconnect: () => second.destroy() });
    await second.connect();
    const keys = Array.from({ length: 10 }, (_, index) => `key:${index}`);
    await Promise.all(keys.map((key) => first.set(key, key)));
    expect(await Promise.all(keys.map((key) => second.get(key)))).toEqual(keys);
    const names = ["primary-1.example", "primary-2.example", "primary-3.example"];
    expect(first.nodes("master").map(({ options }) => options.host)).toEqual(expect.arrayContaining(names));
    expect(second.masters.map(({ host }) => host).toSorted()).toEqual(names);
  });

  test("is reached at the address that its nodes announce", async () => {
    redouble = createRedouble({ topology, config: { ...config, "cluster-announce-ip": "10.0.0.7" } });
    await redouble.clock.advance("10s");
    const client = new Cluster([{ host: "127.0.0.1", port: 7000 }]);
    clients.push(client);
    expect(await client.set("key", "value")).toBe("OK");
    expect(client.nodes().map(({ options }) => `${options.host}:${options.port}`)).toContain("10.0.0.7:7003");
  });

  test("is one database to node-redis, which follows a slot that has moved", async () => {
    redouble = createRedouble({ topology, config });
    const client = createCluster({ rootNodes: [{ url: "redis://127.0.0.1:7000" }] });
    client.on("error", () => {});
    clients.push({ disconnect: () => client.destroy() });
    await client.connect();
    await client.set("{b}1", "1");
    const [from, to] = ["primary-1", "primary-2"].map((name) => redouble.servers.get(name)!.engine.cluster!);
    const [source, target] = [ioredis({ port: 7000 }), ioredis({ port: 7001 })];
    await target.cluster("SETSLOT", 3300, "IMPORTING", from!.myself.id);
    await source.cluster("SETSLOT", 3300, "MIGRATING", to!.myself.id);
    await source.migrate("127.0.0.1", 7001, "{b}1", 0, 1000);
    expect(await client.get("{b}1")).toBe("1");
    await target.cluster("SETSLOT", 3300, "NODE", to!.myself.id);
    await source.cluster("SETSLOT", 3300, "NODE", to!.myself.id);
    await client.set("{b}1", "2");
    expect(redouble.servers.get("primary-2")!.dump()).toEqual({ "{b}1": "2" });
  });
});

describe("passwords", () => {
  const config = { requirepass: "data" };
  const watched = sentinel({ replicas: 1, downAfterMs: 1_000, failoverTimeoutMs: 6_000, sentinelPassword: "watch" });

  async function failOver(client: { set(key: string, value: string): Promise<unknown> }): Promise<void> {
    await client.set("k", "1");
    await redouble.clock.advance("3s");
    redouble.servers.get("primary")!.engine.lifecycle.crash();
    await redouble.clock.advance("10s");
    await new Promise((resolve) => setTimeout(resolve, 1500));
    await client.set("k", "2");
    expect(redouble.servers.get("replica-1")!.dump()).toEqual({ k: "2" });
  }

  test("are told to servers and to Sentinels by ioredis", async () => {
    redouble = createRedouble({ topology: watched, config });
    const told = { password: "data", sentinelPassword: "watch", sentinelRetryStrategy: () => 10 };
    await failOver(ioredis({ sentinels: SENTINELS, name: "mymaster", ...told }));
  });

  test("are told to servers and to Sentinels by node-redis", async () => {
    redouble = createRedouble({ topology: watched, config });
    const client = createSentinel({
      name: "mymaster",
      sentinelRootNodes: SENTINELS,
      sentinelClientOptions: { password: "watch" },
      nodeClientOptions: { password: "data" },
    });
    client.on("error", () => {});
    clients.push({ disconnect: () => client.destroy() });
    await client.connect();
    await failOver(client);
  });

  test("are wanted by every node of a cluster", async () => {
    redouble = createRedouble({ topology: cluster({ primaries: 3, replicasPerPrimary: 1 }), config });
    const stranger = ioredis({ port: 7001 });
    await expect(stranger.get("k")).rejects.toThrow("NOAUTH");
    const first = new Cluster([{ host: "127.0.0.1", port: 7000 }], { redisOptions: { password: "data" } });
    clients.push(first);
    const second = createCluster({ rootNodes: [{ url: "redis://127.0.0.1:7000" }], defaults: { password: "data" } });
    clients.push({ disconnect: () => second.destroy() });
    await second.connect();
    for (const key of ["a", "b", "c", "d"]) {
      await first.set(key, key);
      expect(await second.get(key)).toBe(key);
    }
  });
});
