// A server for each test, as a Jest file sees it. Tests about failing tests are in failures.test.cjs.
const { afterAll, afterEach, beforeAll, beforeEach, describe, expect, jest: runner, test } = require("@jest/globals");
const { Redis } = require("ioredis");
const { createClient } = require("redis");
const { fakeTimers, redouble } = require("redouble/jest");

const shared = new Redis("redis://localhost:6379", { db: 2 });
shared.on("error", () => {});
beforeAll(() => shared.set("from-before-all", "yes"));
afterAll(() => shared.disconnect());

describe("a client of the module", () => {
  test("reaches the test's own server, with what beforeAll wrote", async () => {
    await shared.set("left", "here");
    await shared.del("from-before-all");
    expect(redouble.server).toHaveReceived("set", "left", expect.any(String));
  });

  test("finds a fresh server in the next test", async () => {
    expect(await shared.get("left")).toBeNull();
    expect(await shared.get("from-before-all")).toBe("yes");
    expect(redouble.server.commands.map(({ name }) => name)).toEqual(["GET", "GET"]);
  });
});

describe("hooks", () => {
  let client;
  beforeEach(async () => {
    client = new Redis();
    await client.set("from", "before each");
  });
  afterEach(() => client.quit());

  test.each([1, 2])("run on the test's own server (%d)", async () => {
    expect(redouble.server).toHaveKey("from", "before each");
    await redouble.clock.advance("1h");
    expect(redouble.server).not.toHaveTTL("from");
    expect(await client.del("from")).toBe(1);
  });

  test("may call back", (done) => {
    client.get("from", (_error, value) => {
      expect(value).toBe("before each");
      done();
    });
  });
});

describe("concurrent tests", () => {
  test.concurrent.each(["one", "two", "three"])("%s has its own server", async (name) => {
    const redis = new Redis();
    await redis.set("name", name, "PX", 1000);
    await redouble.clock.advance(500);
    expect(await redis.get("name")).toBe(name);
    expect(redouble.server).toHaveTTL("name", "500ms");
    redis.disconnect();
  });
});

describe("fake timers", () => {
  afterEach(() => {
    runner.useRealTimers();
  });

  test("with the settings given here rule node-redis and its server", async () => {
    runner.useFakeTimers(fakeTimers.jest);
    const client = createClient();
    await client.connect();
    await client.set("a", "1", { PX: 10 });
    await runner.advanceTimersByTimeAsync(11);
    expect(await client.get("a")).toBeNull();
    await client.close();
  });

  test("with the defaults rule an ioredis that is connected, and its server", async () => {
    const redis = new Redis();
    await redis.ping();
    runner.useFakeTimers();
    await redis.set("a", "1", "EX", 10);
    await runner.advanceTimersByTimeAsync(5000);
    expect(redouble.server).toHaveTTL("a", "5s");
    await redouble.clock.advance("6s");
    expect(await redis.get("a")).toBeNull();
    await redis.quit();
  });
});
