import { Redis as RealRedis } from "ioredis";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { errorReply, restart } from "../faults/index.ts";
import { presetRedis } from "./ioredis/preset.ts";
import { CommandError } from "./own-client.ts";
import { createRedouble, type Redouble } from "./redouble.ts";
import type { RedoubleOptions } from "./redouble-options.ts";

const Redis = presetRedis(RealRedis);

let redouble: Redouble;
const begin = (options: RedoubleOptions = {}): void => {
  redouble = createRedouble({ startTime: Date.UTC(2030, 0, 1), ...options });
};
beforeEach(() => begin());
afterEach(() => redouble.stop());

describe("call", () => {
  test.each<[readonly [string, ...(string | number | Buffer)[]], unknown]>([
    [["PING"], "PONG"],
    [["SET", "key", "né 🐟"], "OK"],
    [["GET", "nothing"], null],
    [["INCRBY", "number", 5], 5],
    [["INCRBY", "large", "9007199254740993"], 9007199254740993n],
    [
      ["MGET", "nothing", "nothing"],
      [null, null],
    ],
    [["CONFIG", "GET", "databases"], { databases: "16" }],
    [["ECHO", Buffer.from([0xff, 0x00])], Buffer.from([0xff, 0x00])],
  ])("%j replies a JavaScript value", (command, value) => {
    expect(redouble.server.call(...command)).toEqual(value);
  });

  test("replies null where the server ends, which goes on when it starts again", async () => {
    const redis = new Redis({ retryStrategy: () => 1 });
    redis.on("error", () => {});
    await redis.set("key", "value");
    expect(redouble.server.call("SHUTDOWN", "SAVE")).toBeNull();
    expect(redouble.server.engine.listens).toBe(false);
    redouble.faults.inject(restart());
    expect(await redis.get("key")).toBe("value");
    expect(redouble.server.call("GET", "key")).toBe("value");
    redis.disconnect();
  });

  test("what waits is given up, and what it would have got comes to nobody", () => {
    expect(() => redouble.server.call("BLPOP", "queue", 0)).toThrow("BLPOP did not reply at once");
    expect(() => redouble.server.call("SUBSCRIBE", "channel")).toThrow("SUBSCRIBE did not reply at once");
    redouble.server.load({ queue: ["a"] });
    expect(redouble.server.dump()).toEqual({ queue: ["a"] });
  });

  test("refuses what is no command, and what is no argument", () => {
    const call = redouble.server.call.bind(redouble.server) as (...command: unknown[]) => unknown;
    expect(() => call()).toThrow("A command begins with its name");
    expect(() => call("SET", "key", undefined)).toThrow("a text, a number or a Uint8Array, not undefined");
    expect(() => call("SET", "key", { a: 1 })).toThrow('not {"a":1}');
    expect(call("SET", "key", 10n)).toBe("OK");
    expect(redouble.server.dump()).toEqual({ key: "10" });
  });

  test("throws error replies", () => {
    redouble.server.load({ key: "text" });
    expect(() => redouble.server.call("INCR", "key")).toThrow(
      new CommandError("ERR value is not an integer or out of range"),
    );
    redouble.server.call("MULTI");
    redouble.server.call("INCR", "key");
    expect(redouble.server.call("EXEC")).toEqual([new CommandError("ERR value is not an integer or out of range")]);
  });

  test("is the test's own hand: no fault strikes it, nothing counts or lists it", () => {
    redouble.faults.inject(errorReply({ error: "OOM" }));
    expect(redouble.server.call("SET", "key", "value")).toBe("OK");
    expect(redouble.server.commands).toEqual([]);
    expect(redouble.server.call("CLIENT", "LIST")).toBe("");
    expect(redouble.server.call("INFO", "clients")).toContain("connected_clients:0");
  });
});

describe("load and dump", () => {
  test("write and show keys, times to live, and bytes that are no text", () => {
    const bytes = Buffer.from([1, 2, 255]);
    redouble.server.load({
      greeting: "hello",
      count: 3,
      clé: "valeur",
      bytes,
      session: { value: "abc", ttl: "30m" },
      token: { value: bytes, ttl: 1500 },
    });
    expect(redouble.server.dump()).toEqual({
      greeting: "hello",
      count: "3",
      clé: "valeur",
      bytes,
      session: { value: "abc", ttl: 1_800_000 },
      token: { value: bytes, ttl: 1500 },
    });
  });

  test("dump shows keys in byte order", () => {
    redouble.server.load({ b: 1, a: 2, é: 3, B: 4 });
    expect(Object.keys(redouble.server.dump())).toEqual(["B", "a", "b", "é"]);
    expect(redouble.server.keys("[ab]")).toEqual(["a", "b"]);
  });

  test("what dump shows can be loaded elsewhere", () => {
    redouble.server.load({ key: "value", session: { value: "abc", ttl: "30m" }, ...everyType });
    const other = createRedouble({ asDefault: false });
    other.server.load(redouble.server.dump());
    expect(other.server.dump()).toEqual(redouble.server.dump());
    other.stop();
  });

  const everyType = {
    list: ["b", "a", "b"],
    set: new Set(["a", "b"]),
    hash: { name: "ada", code: { value: "4711", ttl: 60_000 } },
    "sorted-set": [
      ["last", -Infinity],
      ["half", 0.5],
      ["first", Infinity],
    ],
    stream: [
      ["1-0", { job: "mail", to: "ada" }],
      ["1-1", { job: "bill" }],
    ],
  } as const;

  test.each(Object.entries(everyType))("load a %s in the shape in which dump shows it", (key, value) => {
    redouble.server.load({ [key]: value });
    expect(redouble.server.dump()).toEqual({ [key]: value });
    expect(redouble.server.call("TYPE", key)).toBe(key === "sorted-set" ? "zset" : key);
  });

  test.each(Object.entries(everyType))("load a %s over what was there, with a time to live", (key, value) => {
    redouble.server.load({ [key]: { value: "old", ttl: "1s" } });
    redouble.server.load({ [key]: { value, ttl: "30m" } });
    expect(redouble.server.dump()).toEqual({ [key]: { value, ttl: 1_800_000 } });
  });

  test("load a vector set by its vectors, and dump them as far as it knows them", () => {
    const vectors = [
      ["right", Float32Array.of(3, 0)],
      ["up", Float32Array.of(0, 1)],
      ["left", Float32Array.of(-1, 0)],
    ] as const;
    redouble.server.load({ vectors });
    expect(redouble.server.dump()).toEqual({ vectors });
    expect(redouble.server.call("TYPE", "vectors")).toBe("vectorset");
    redouble.server.load({ rounded: [["a", Float32Array.of(1, 2)]] });
    const [[, rounded]] = redouble.server.dump()["rounded"] as [[string, Float32Array]];
    expect(rounded[0]).toBeCloseTo(0.992);
  });

  test("bytes that are no text keep their place in every type", () => {
    const bytes = Buffer.from([255, 1]);
    const values = {
      list: [bytes, "text"],
      set: new Set([bytes]),
      hash: new Map<string | Buffer, string | Buffer>([
        [bytes, "text"],
        ["text", bytes],
      ]),
      "sorted-set": [[bytes, 1] as const],
      stream: [["1-0", [[bytes, bytes]]] as const],
    };
    redouble.server.load(values);
    expect(redouble.server.dump()).toEqual(values);
  });

  test("an entry of a stream may have a field twice", () => {
    redouble.server.call("XADD", "stream", "1-0", "tag", "a", "tag", "b");
    const shown = {
      stream: [
        [
          "1-0",
          [
            ["tag", "a"],
            ["tag", "b"],
          ],
        ],
      ],
    } as const;
    expect(redouble.server.dump()).toEqual(shown);
    redouble.server.load(shown);
    expect(redouble.server.dump()).toEqual(shown);
  });

  test("numbers are loaded as text", () => {
    redouble.server.load({ list: [1, 2n], set: new Set([3]), hash: { count: 4 } });
    expect(redouble.server.dump()).toEqual({ list: ["1", "2"], set: new Set(["3"]), hash: { count: "4" } });
  });

  test("a hash of the fields value and ttl is told apart from a value with a time to live", () => {
    redouble.server.call("HSET", "hash", "value", "a", "ttl", "b");
    const dumped = redouble.server.dump();
    expect(dumped).toEqual({ hash: { value: { value: "a", ttl: "b" }, ttl: null } });
    redouble.server.load(dumped);
    expect(redouble.server.dump()).toEqual(dumped);
  });

  test("what is empty is no key", () => {
    redouble.server.load({ list: ["a"] });
    redouble.server.load({ list: [], set: new Set<string>(), hash: {} });
    expect(redouble.server.dump()).toEqual({});
  });

  test("an array of several kinds is refused, with what there is", () => {
    const mixed = ["a", ["b", 1]] as unknown as string[];
    expect(() => redouble.server.load({ mixed })).toThrow('a sorted set [["member", 1]]');
  });

  test.each([null, undefined, true, new Date(0), Promise.resolve("a")])("%o is refused", (value) => {
    const wrong = value as unknown as string;
    expect(() => redouble.server.load({ wrong })).toThrow('Redis has no type for what the key "wrong" is to hold');
  });

  test("a hash of hashes is refused, and so is what is no object of keys", () => {
    const nested = { ada: { age: 36 } } as unknown as string;
    expect(() => redouble.server.load({ nested })).toThrow(
      'The field "ada" of the hash "nested" holds a text or a number',
    );
    expect(() => redouble.server.load("ada" as never)).toThrow('load takes an object of keys, not "ada"');
  });

  test("hashes are shown where their fields cannot expire", () => {
    redouble.stop();
    begin({ profile: "redis-7.0" });
    redouble.server.load({ hash: { name: "ada" } });
    expect(redouble.server.dump()).toEqual({ hash: { name: "ada" } });
  });

  test("ttl tells what is left", async () => {
    redouble.server.load({ key: "value", session: { value: "abc", ttl: "30m" } });
    await redouble.clock.advance("10m");
    expect(redouble.server.ttl("session")).toBe(1_200_000);
    expect(redouble.server.ttl("key")).toBeNull();
    expect(() => redouble.server.ttl("gone")).toThrow('There is no key "gone"');
  });
});

describe("commands", () => {
  test("are what applications sent, in order, with who and when", async () => {
    const redis = new Redis({ connectionName: "billing" });
    await redis.set("key", "né");
    await redouble.clock.advance("1s");
    await redis.set("key", Buffer.from([255]));
    await expect(redis.call("NOSUCH", "x")).rejects.toThrow("unknown command");
    const sent = redouble.server.commands.filter(({ name }) => ["SET", "NOSUCH"].includes(name));
    const common = { server: "server", client: expect.anything() as unknown };
    const start = Date.UTC(2030, 0, 1);
    expect(sent).toEqual([
      { ...common, name: "SET", args: ["key", "né"], time: start },
      { ...common, name: "SET", args: ["key", Buffer.from([255])], time: start + 1000 },
      { ...common, name: "NOSUCH", args: ["x"], time: start + 1000 },
    ]);
    expect(sent[0]?.client).toEqual({
      id: expect.any(Number) as number,
      name: "billing",
      address: expect.any(String) as string,
    });
    redis.disconnect();
  });

  test("are kept up to a number, the last ones", async () => {
    redouble.stop();
    begin({ keepCommands: 700 });
    const redis = new Redis();
    await Promise.all(Array.from({ length: 3000 }, (_, index) => redis.set("key", index)));
    const { commands } = redouble.server;
    expect(commands).toHaveLength(700);
    expect(commands.map(({ args }) => args[1])).toEqual(
      Array.from({ length: 700 }, (_, index) => String(index + 2300)),
    );
    redis.disconnect();
  });

  test("large ones and long ones are kept as they were", async () => {
    const redis = new Redis();
    const large = "x".repeat(100_000);
    const many = Array.from({ length: 500 }, (_, index) => `key:${index}`);
    await redis.set("a", large);
    await redis.set("b", "small");
    await redis.mget(many);
    await redis.set("c", "y".repeat(1000));
    expect(redouble.server.commands.slice(-4).map(({ name, args }) => [name, ...args])).toEqual([
      ["SET", "a", large],
      ["SET", "b", "small"],
      ["MGET", ...many],
      ["SET", "c", "y".repeat(1000)],
    ]);
    redis.disconnect();
  });

  test("do not hold on to more memory than they may", async () => {
    const redis = new Redis();
    const large = "x".repeat(1 << 20);
    for (let i = 0; i < 60; i++) await redis.set("key", large);
    const kept = redouble.server.commands.filter(({ name }) => name === "SET");
    expect(kept.length).toBeGreaterThan(8);
    expect(kept.length).toBeLessThan(48);
    redis.disconnect();
  });

  test("are not kept when nobody wants them", async () => {
    redouble.stop();
    begin({ keepCommands: 0 });
    const redis = new Redis();
    await redis.ping();
    expect(redouble.server.commands).toEqual([]);
    redis.disconnect();
  });
});
