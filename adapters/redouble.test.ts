import { once } from "node:events";
import type net from "node:net";
import { Redis as RealRedis } from "ioredis";
import { afterEach, describe, expect, test } from "vitest";
import { cluster, primaryWithReplicas, sentinel, type Topology } from "../core/index.ts";
import { errorReply } from "../faults/index.ts";
import { presetRedis } from "./ioredis/preset.ts";
import { createRedouble, type Redouble } from "./redouble.ts";
import type { RedoubleOptions } from "./redouble-options.ts";

const Redis = presetRedis(RealRedis);

let redouble: Redouble;
afterEach(() => redouble.stop());

function begin(options: RedoubleOptions = {}): Redouble {
  redouble = createRedouble(options);
  return redouble;
}

async function answer(socket: net.Socket, request: string): Promise<string> {
  socket.write(request);
  const [bytes] = (await once(socket, "data")) as [Buffer];
  return bytes.toString();
}

describe("a redouble", () => {
  test("answers a real client, and lets time run on command", async () => {
    begin();
    const redis = new Redis();
    await redis.set("session", "abc", "EX", 1800);
    await redouble.clock.advance("29m");
    expect(await redis.ttl("session")).toBe(60);
    await redouble.clock.advance("2m");
    expect(await redis.get("session")).toBeNull();
    redis.disconnect();
  });

  test.each<[RedoubleOptions, string]>([
    [{}, "redis_version:8.0."],
    [{ profile: "redis-7.0" }, "redis_version:7.0."],
    [{ version: "7.4" }, "redis_version:7.4."],
    [{ version: "7.2.9" }, "redis_version:7.2."],
    [{ version: "valkey-8.1" }, "valkey_version:8.1."],
  ])("made with %j simulates that release", (options, line) => {
    begin(options);
    expect(redouble.server.call("INFO", "server")).toContain(line);
  });

  test("of an unknown release is refused with those that are known", () => {
    begin();
    expect(() => createRedouble({ version: "6.2" })).toThrow(
      'There is no profile for "6.2". There are redis-7.0, redis-7.2, redis-7.4, redis-8.0, valkey-8.1.',
    );
  });

  test("draws the same from the same seed", () => {
    const draws = (seed: number): unknown[] => {
      const one = createRedouble({ seed, startTime: 0, asDefault: false });
      one.server.load(Object.fromEntries(Array.from({ length: 100 }, (_, index) => [`key:${index}`, index])));
      const keys = Array.from({ length: 10 }, () => one.server.call("RANDOMKEY"));
      one.stop();
      return keys;
    };
    begin();
    expect(draws(7)).toEqual(draws(7));
    expect(draws(7)).not.toEqual(draws(8));
  });

  test("takes configuration as in redis.conf", () => {
    begin({ config: { requirepass: "secret", "proto-max-bulk-len": "2mb" } });
    expect(redouble.server.call("CONFIG", "GET", "proto-max-bulk-len")).toEqual({ "proto-max-bulk-len": "2097152" });
    expect(redouble.server.call("PING")).toBe("PONG");
  });

  test("knows its URL and opens sockets", async () => {
    begin({ addresses: ["cache.internal:7000"] });
    expect(redouble.url).toBe("redis://cache.internal:7000");
    const socket = redouble.connect();
    expect(await answer(socket, "PING\r\n")).toBe("+PONG\r\n");
    socket.destroy();
  });

  test.each(["cache:port", "a b", "[::1", "host:99999", ""])("refuses the address %j", (address) => {
    begin();
    expect(() => createRedouble({ addresses: [address] })).toThrow(/is not an address\. Write "host:port"/);
  });

  test("reset gives a fresh server and keeps quiet connections", async () => {
    begin();
    const redis = new Redis({ connectionName: "mine" });
    await redis.set("key", "value");
    redouble.faults.inject(errorReply({ error: "OOM", command: "GET" }));
    await redouble.clock.advance("1h");
    const { now } = redouble.clock;
    redouble.reset();
    expect(redouble.server.dump()).toEqual({});
    expect(redouble.server.commands).toEqual([]);
    expect(redouble.clock.now).toBe(now);
    expect(await redis.get("key")).toBeNull();
    expect(await redis.client("GETNAME")).toBe("mine");
    expect(redouble.world.servers).toHaveLength(1);
    redis.disconnect();
  });

  test("stop cuts its clients off, and does it once", async () => {
    begin();
    const socket = redouble.connect();
    await once(socket, "connect");
    redouble.stop();
    redouble.stop();
    const [error] = (await once(socket, "error")) as [NodeJS.ErrnoException];
    expect(error.code).toBe("ECONNRESET");
  });
});

describe("what is misspelt, or means nothing", () => {
  const wrong = (value: unknown): never => value as never;

  test.each<[string, () => unknown, string]>([
    [
      "an option",
      () => createRedouble(wrong({ topologie: 1 })),
      "createRedouble has no option 'topologie'; it has profile,",
    ],
    [
      "a clock",
      () => createRedouble({ clock: wrong("real") }),
      'clock is one of virtual, wall, following, auto, not "real"',
    ],
    ["an expiry", () => createRedouble({ expiry: wrong("never") }), 'expiry is one of exact, sampled, not "never"'],
    ["a configuration", () => createRedouble({ config: wrong("save 1 1") }), 'not "save 1 1"'],
    ["programs", () => createRedouble({ programs: wrong(3) }), "programs is an object, as in"],
    ["a list of addresses", () => createRedouble({ addresses: wrong("a:1") }), "addresses is a list, as in"],
    ["a seed", () => createRedouble({ seed: Number.NaN }), "seed is a number or a text, not NaN"],
    ["a time", () => createRedouble({ startTime: wrong("soon") }), "startTime is a time, not soon"],
    [
      "a topology",
      () => createRedouble({ topology: wrong("cluster") }),
      'A topology is what cluster(), sentinel() and their kin make, not "cluster"',
    ],
    ["a topology not called", () => createRedouble({ topology: wrong(cluster) }), "not a function"],
    ["a kind", () => createRedouble({ topology: wrong({ kind: "clusters" }) }), 'not {"kind":"clusters"}'],
    [
      "a number of primaries",
      () => cluster(wrong({ primarys: 3 })),
      "cluster has no option 'primarys'; it has primaries, replicasPerPrimary",
    ],
    [
      "a number as text",
      () => cluster({ primaries: wrong("3") }),
      'primaries is a whole number from 1 to 1000, not "3"',
    ],
    [
      "a name of the primary",
      () => sentinel(wrong({ master: "m" })),
      "sentinel has no option 'master'; it has replicas, sentinels",
    ],
    [
      "a number of replicas",
      () => primaryWithReplicas(wrong(2)),
      "primaryWithReplicas takes an object of options (replicas), not 2",
    ],
  ])("%s is an error that says what there is", (_what, make, message) => {
    begin();
    expect(make).toThrow(message);
  });

  test("no kind of deployment is called misspelt", () => {
    for (const topology of [primaryWithReplicas(), sentinel(), cluster()] satisfies Topology[]) {
      expect(begin({ topology }).topology).toEqual(topology);
      redouble.stop();
    }
  });
});
