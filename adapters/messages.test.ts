// What reaches applications unasked, through every client: messages, keyspace events, invalidation, what a monitor sees.
import * as ioredis6 from "ioredis";
import * as ioredis5 from "ioredis5";
import Valkey from "iovalkey";
import * as redis6 from "redis";
import * as redis5 from "redis5";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { presetRedis } from "./ioredis/preset.ts";
import { intercept, type Interception } from "./net/index.ts";
import { presetMakers } from "./node-redis/preset.ts";
import { createRedouble, type Redouble } from "./redouble.ts";
import { openScope } from "./scope.ts";

let redouble: Redouble;
let interception: Interception;
const closers: (() => void)[] = [];

beforeEach(() => {
  redouble = createRedouble();
  interception = intercept();
});

afterEach(() => {
  for (const close of closers.splice(0)) close();
  redouble.stop();
  interception.restore();
});

/** What a subscriber got, one line a message. */
interface Ear {
  readonly heard: string[];
  readonly leave: () => Promise<unknown>;
}

interface Way {
  readonly name: string;
  readonly listen: (channels: { channel?: string; pattern?: string }) => Promise<Ear>;
  readonly publish: (channel: string, message: string) => Promise<number>;
}

type AnyRedis = typeof ioredis6.Redis;

function likeIoredis(name: string, Redis: AnyRedis, options: object = {}): Way {
  const connect = async () => {
    const client = new Redis({ lazyConnect: true, ...options });
    closers.push(() => client.disconnect());
    await client.connect();
    return client;
  };
  return {
    name,
    async listen({ channel, pattern }) {
      const client = await connect();
      const heard: string[] = [];
      client.on("message", (from: string, message: string) => heard.push(`${from} ${message}`));
      client.on("pmessage", (by: string, from: string, message: string) => heard.push(`${by} ${from} ${message}`));
      if (channel !== undefined) await client.subscribe(channel);
      if (pattern !== undefined) await client.psubscribe(pattern);
      return { heard, leave: () => client.unsubscribe("news") };
    },
    publish: async (channel, message) => (await connect()).publish(channel, message),
  };
}

function likeNodeRedis(name: string, createClient: typeof redis6.createClient, options: object = {}): Way {
  const connect = async () => {
    const client = createClient(options);
    client.on("error", () => {});
    closers.push(() => client.destroy());
    await client.connect();
    return client;
  };
  return {
    name,
    async listen({ channel, pattern }) {
      const client = await connect();
      const heard: string[] = [];
      if (channel !== undefined) await client.subscribe(channel, (message, from) => heard.push(`${from} ${message}`));
      if (pattern !== undefined) {
        await client.pSubscribe(pattern, (message, from) => heard.push(`${pattern} ${from} ${message}`));
      }
      return { heard, leave: () => client.unsubscribe("news") };
    },
    publish: async (channel, message) => Number(await (await connect()).publish(channel, message)),
  };
}

const WAYS: readonly Way[] = [
  likeIoredis("ioredis 6, Connector", presetRedis(ioredis6.Redis)),
  likeIoredis("ioredis 6, RESP3, Connector", presetRedis(ioredis6.Redis), { protocol: 3 }),
  likeIoredis("ioredis 6, intercepted", ioredis6.Redis),
  likeIoredis("ioredis 5, intercepted", ioredis5.Redis as unknown as AnyRedis),
  likeIoredis("iovalkey, intercepted", Valkey as unknown as AnyRedis),
  likeNodeRedis("node-redis 6, preset", presetMakers(redis6).createClient),
  likeNodeRedis("node-redis 6, RESP2, intercepted", redis6.createClient, { RESP: 2 }),
  likeNodeRedis("node-redis 6, RESP3, intercepted", redis6.createClient, { RESP: 3 }),
  likeNodeRedis("node-redis 5, intercepted", redis5.createClient as unknown as typeof redis6.createClient),
];

describe.each(WAYS)("$name", ({ listen, publish }) => {
  test("hears its channel, and its pattern, until it leaves", async () => {
    const ear = await listen({ channel: "news", pattern: "n*" });
    expect(await publish("news", "first")).toBe(2);
    expect(await publish("nobody", "second")).toBe(1);
    await settled();
    expect(ear.heard).toEqual(["news first", "n* news first", "n* nobody second"]);
    await ear.leave();
    expect(await publish("news", "third")).toBe(1);
  });

  test("is told when a key expires", async () => {
    redouble.server.call("CONFIG", "SET", "notify-keyspace-events", "Ex");
    const ear = await listen({ channel: "__keyevent@0__:expired" });
    redouble.server.load({ session: { value: "ada", ttl: "30m" } });
    await redouble.clock.advance("30m");
    expect(ear.heard).toEqual([]);
    await redouble.clock.advance("1s");
    expect(ear.heard).toEqual(["__keyevent@0__:expired session"]);
  });
});

test("node-redis keeps copies, and forgets what others change and what expires", async () => {
  const client = presetMakers(redis6).createClient({ RESP: 3, clientSideCache: { ttl: 0, maxEntries: 0 } });
  closers.push(() => client.destroy());
  await client.connect();
  redouble.server.load({ name: "ada", session: { value: "s1", ttl: "1m" } });
  const asked = () => redouble.server.commands.filter(({ name }) => name === "GET").length;
  expect([await client.get("name"), await client.get("name"), await client.get("session")]).toEqual([
    "ada",
    "ada",
    "s1",
  ]);
  expect(asked()).toBe(2);
  redouble.server.call("SET", "name", "grace");
  await settled();
  expect(await client.get("name")).toBe("grace");
  expect(asked()).toBe(3);
  await redouble.clock.advance("61s");
  expect(await client.get("session")).toBeNull();
  redouble.server.call("FLUSHALL");
  await settled();
  expect(await client.get("name")).toBeNull();
});

test("a monitor sees what others do", async () => {
  const Redis = presetRedis(ioredis6.Redis);
  const [redis, watcher] = [new Redis(), new Redis()];
  closers.push(
    () => redis.disconnect(),
    () => watcher.disconnect(),
  );
  await redis.ping();
  const monitor = await watcher.monitor();
  closers.push(() => monitor.disconnect());
  const seen: string[] = [];
  monitor.on("monitor", (_time: string, args: string[]) => seen.push(args.join(" ")));
  await redis.set("k", "with space");
  await settled();
  expect(seen).toEqual(["set k with space"]);
});

test("a subscriber from outside of tests hears the server of the test that runs", async () => {
  const Redis = presetRedis(ioredis6.Redis);
  const subscriber = new Redis();
  closers.push(() => subscriber.disconnect());
  const heard: string[] = [];
  subscriber.on("message", (_from: string, message: string) => heard.push(message));
  await subscriber.subscribe("news");
  for (const name of ["one", "two"]) {
    const home = createRedouble({ asDefault: false });
    const scope = openScope(home, { name });
    expect(home.server.call("PUBLISH", "news", name)).toBe(1);
    await settled();
    scope.end();
    home.stop();
  }
  expect(heard).toEqual(["one", "two"]);
});

test("what a client from outside of tests keeps does not outlive the test", async () => {
  const client = presetMakers(redis6).createClient({ RESP: 3, clientSideCache: { ttl: 0, maxEntries: 0 } });
  closers.push(() => client.destroy());
  await client.connect();
  for (const name of ["ada", "grace"]) {
    const home = createRedouble({ asDefault: false });
    const scope = openScope(home, { name });
    home.server.load({ name });
    await settled();
    expect([await client.get("name"), await client.get("name")]).toEqual([name, name]);
    expect(home.server.commands.filter((command) => command.name === "GET")).toHaveLength(1);
    scope.end();
    home.stop();
    await settled();
  }
});

test("shard channels are heard by ioredis and node-redis", async () => {
  const redis = new (presetRedis(ioredis6.Redis))();
  const client = presetMakers(redis6).createClient();
  closers.push(
    () => redis.disconnect(),
    () => client.destroy(),
  );
  await client.connect();
  const heard: string[] = [];
  redis.on("smessage", (channel: string, message: string) => heard.push(`ioredis ${channel} ${message}`));
  await redis.ssubscribe("shard");
  await client.sSubscribe("shard", (message, channel) => heard.push(`node-redis ${channel} ${message}`));
  expect(redouble.server.call("SPUBLISH", "shard", "x")).toBe(2);
  await settled();
  expect(heard.toSorted()).toEqual(["ioredis shard x", "node-redis shard x"]);
});

/** What was sent has reached its client. */
async function settled(): Promise<void> {
  for (let turns = 0; turns < 3; turns++) await new Promise((resolve) => setImmediate(resolve));
}
