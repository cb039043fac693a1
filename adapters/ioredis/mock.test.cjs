// The one line that a Jest test needs, in CommonJS, against the built package.
const { afterEach, beforeEach, describe, expect, test } = require("@jest/globals");

jest.mock("ioredis", () => require("redouble/ioredis"));

const Redis = require("ioredis");
const { createRedouble, fakeTimerSettings } = require("redouble");

let redouble;
beforeEach(() => {
  redouble = createRedouble();
});
afterEach(() => {
  jest.useRealTimers();
  redouble.stop();
});

describe('jest.mock("ioredis", () => require("redouble/ioredis"))', () => {
  test.each([
    ["the module itself", () => new Redis()],
    ["its default", () => new Redis.default()],
    ["its named export", () => new Redis.Redis({ host: "cache.internal" })],
    ["its port and host", () => new Redis(6379, "localhost")],
  ])("%s reaches the simulated server", async (_name, make) => {
    const redis = make();
    await redis.set("key", "value");
    expect(await redis.get("key")).toBe("value");
    expect(redouble.server.commands.map(({ name }) => name)).toContain("SET");
    expect(redis).toBeInstanceOf(Redis);
    await redis.quit();
  });

  test("what it does not replace is ioredis's own", () => {
    const real = jest.requireActual("ioredis");
    for (const name of ["Command", "Pipeline", "ScanStream", "ReplyError", "AbstractConnector", "print"]) {
      expect(Redis[name]).toBe(real[name]);
    }
    expect(Object.keys(Redis)).toEqual(expect.arrayContaining(Object.keys(real)));
  });

  test("errors belong to the test's own world", async () => {
    const redis = new Redis();
    await redis.set("key", "text");
    const error = await redis.incr("key").catch((reason) => reason);
    expect(error).toBeInstanceOf(Error);
    expect(error).toBeInstanceOf(Redis.ReplyError);
    redis.disconnect();
  });

  test("under fake timers with our settings the servers' time is theirs", async () => {
    const redis = new Redis();
    await redis.set("before", "fake timers");
    jest.useFakeTimers(fakeTimerSettings.jest);
    await redis.set("session", "abc", "EX", 60);
    expect(redouble.clock.mode).toBe("following");
    await jest.advanceTimersByTimeAsync(61_000);
    expect(await redis.get("session")).toBeNull();
    redis.disconnect();
  });

  test("under Jest's default fake timers a client that is connected still works", async () => {
    const redis = new Redis();
    await redis.set("before", "fake timers");
    jest.useFakeTimers();
    expect(await redis.get("before")).toBe("fake timers");
    jest.advanceTimersByTime(1000);
    expect(await redis.ping()).toBe("PONG");
    redis.disconnect();
  });
});
