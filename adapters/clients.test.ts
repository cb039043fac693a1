// Every client that we promise to serve, through every way in, doing what applications do.
import { createRequire } from "node:module";
import * as ioredis6 from "ioredis";
import * as ioredis5 from "ioredis5";
import Valkey from "iovalkey";
import * as redis6 from "redis";
import * as redis5 from "redis5";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { resetPeer } from "../faults/index.ts";
import { presetRedis } from "./ioredis/preset.ts";
import { intercept, type Interception } from "./net/index.ts";
import { presetMakers } from "./node-redis/preset.ts";
import { createRedouble, type Redouble } from "./redouble.ts";

interface Client {
  set(key: string, value: string | Buffer, ...rest: never[]): Promise<unknown>;
  get(key: string): Promise<unknown>;
  incr(key: string): Promise<unknown>;
}

interface Way {
  readonly name: string;
  readonly connect: () => Promise<Client>;
  readonly close: (client: Client) => Promise<void>;
  readonly pipeline: (client: Client) => Promise<unknown>;
}

type AnyRedis = typeof ioredis6.Redis;

const likeIoredis = (name: string, Redis: AnyRedis, options: object = {}): Way => ({
  name,
  connect: async () => {
    const client = new Redis({ lazyConnect: true, ...options });
    client.on("error", () => {});
    await client.connect();
    return client;
  },
  close: async (client) => {
    (client as unknown as ioredis6.Redis).disconnect();
    await Promise.resolve();
  },
  pipeline: async (client) => {
    const results = await (client as unknown as ioredis6.Redis).pipeline().set("p", "1").incr("p").get("p").exec();
    return results?.map(([, value]) => value);
  },
});

const likeNodeRedis = (name: string, createClient: typeof redis6.createClient, options: object = {}): Way => ({
  name,
  connect: async () => {
    const client = createClient(options);
    client.on("error", () => {});
    await client.connect();
    return client;
  },
  close: async (client) => {
    (client as unknown as redis6.RedisClientType).destroy();
    await Promise.resolve();
  },
  pipeline: (client) => (client as unknown as redis6.RedisClientType).multi().set("p", "1").incr("p").get("p").exec(),
});

const make6 = presetMakers(redis6).createClient;
const make5 = presetMakers(redis5 as unknown as typeof redis6).createClient;

const WAYS: readonly Way[] = [
  likeIoredis("ioredis 6, Connector", presetRedis(ioredis6.Redis)),
  likeIoredis("ioredis 5, Connector", presetRedis(ioredis5.Redis as unknown as AnyRedis)),
  likeIoredis("ioredis 6, RESP3, Connector", presetRedis(ioredis6.Redis), { protocol: 3 }),
  likeIoredis("ioredis 6, TLS, Connector", presetRedis(ioredis6.Redis), { tls: {} }),
  likeIoredis("ioredis 6, intercepted", ioredis6.Redis),
  likeIoredis("ioredis 6, TLS, intercepted", ioredis6.Redis, { tls: {} }),
  likeIoredis("ioredis 5, intercepted", ioredis5.Redis as unknown as AnyRedis),
  likeIoredis("iovalkey, intercepted", Valkey as unknown as AnyRedis),
  likeNodeRedis("node-redis 6, preset", make6),
  likeNodeRedis("node-redis 5, preset", make5),
  likeNodeRedis("node-redis 6, preset, with a URL", make6, { url: "redis://127.0.0.1:6379" }),
  likeNodeRedis("node-redis 6, intercepted", redis6.createClient),
  likeNodeRedis("node-redis 6, RESP2, intercepted", redis6.createClient, { RESP: 2 }),
  likeNodeRedis("node-redis 6, TLS, intercepted", redis6.createClient, { socket: { tls: true } }),
  likeNodeRedis("node-redis 5, intercepted", redis5.createClient as unknown as typeof redis6.createClient),
  likeNodeRedis("node-redis 5, RESP3, intercepted", redis5.createClient as unknown as typeof redis6.createClient, {
    RESP: 3,
  }),
];

describe.each(WAYS)("$name", ({ connect, close, pipeline }) => {
  let redouble: Redouble;
  let interception: Interception;
  let client: Client;

  beforeEach(async () => {
    redouble = createRedouble();
    interception = intercept();
    client = await connect();
  });

  afterEach(async () => {
    await close(client);
    redouble.stop();
    interception.restore();
  });

  test("sets and gets, text beyond ASCII included", async () => {
    await client.set("clé", "né à Zürich 🐟");
    expect(await client.get("clé")).toBe("né à Zürich 🐟");
    expect(redouble.server.dump()).toEqual({ clé: "né à Zürich 🐟" });
  });

  test("moves large values", async () => {
    const large = "0123456789abcdef".repeat(128 * 1024);
    await client.set("large", large);
    expect(await client.get("large")).toBe(large);
  });

  test("runs several commands at once", async () => {
    expect(await pipeline(client)).toEqual(["OK", 2, "2"]);
    const results = await Promise.all(Array.from({ length: 200 }, () => client.incr("n")));
    expect(results).toEqual(Array.from({ length: 200 }, (_, index) => index + 1));
  });

  test("sees time pass", async () => {
    await client.set("gone", "soon");
    redouble.server.call("PEXPIRE", "gone", 1000);
    await redouble.clock.advance("2s");
    expect(await client.get("gone")).toBeNull();
  });

  test("comes back after the connection was reset", async () => {
    await client.set("kept", "yes");
    const guard = redouble.faults.inject(resetPeer({ command: "GET", nth: 1 }));
    await client.get("kept").catch(() => {});
    expect(guard.fired).toBe(1);
    expect(await client.get("kept")).toBe("yes");
  });
});

test("the clients are those that we think they are", () => {
  const require = createRequire(import.meta.url);
  const version = (name: string) => (require(`${name}/package.json`) as { version: string }).version.split(".")[0];
  expect(["ioredis", "ioredis5", "redis", "redis5"].map(version)).toEqual(["6", "5", "6", "5"]);
});
