// The one line that a Jest test needs, in CommonJS, against the built package.
const { afterEach, beforeEach, describe, expect, test } = require("@jest/globals");

jest.mock("redis", () => require("redouble/node-redis"));

const { createClient } = require("redis");
const redis = require("redis");
const { createRedouble, fakeTimerSettings } = require("redouble");

let redouble;
beforeEach(() => {
  redouble = createRedouble();
});
afterEach(() => {
  jest.useRealTimers();
  redouble.stop();
});

describe('jest.mock("redis", () => require("redouble/node-redis"))', () => {
  test("its clients reach the simulated server", async () => {
    const client = await createClient({ url: "redis://localhost:6379" }).connect();
    await client.set("key", "value");
    expect(await client.get("key")).toBe("value");
    expect(redouble.server.dump()).toEqual({ key: "value" });
    await client.close();
  });

  test("what it does not replace is node-redis's own", () => {
    const real = jest.requireActual("redis");
    expect(Object.keys(redis)).toEqual(expect.arrayContaining(Object.keys(real)));
    expect(redis.ErrorReply).toBe(real.ErrorReply);
    expect(redis.RESP_TYPES).toBe(real.RESP_TYPES);
  });

  test("under fake timers with our settings the servers' time is theirs", async () => {
    jest.useFakeTimers(fakeTimerSettings.jest);
    const client = await createClient().connect();
    await client.set("session", "abc", { expiration: { type: "EX", value: 60 } });
    await jest.advanceTimersByTimeAsync(61_000);
    expect(await client.get("session")).toBeNull();
    client.destroy();
  });
});
