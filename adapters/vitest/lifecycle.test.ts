// A server for each test, as a test file sees it. Tests about failing tests are in failures.test.ts.
import { Redis } from "ioredis";
import { createClient } from "redis";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { latency, replyLost } from "../../faults/index.ts";
import { redouble } from "./index.ts";

const shared = new Redis("redis://localhost:6379", { db: 2 });
beforeAll(async () => {
  await shared.set("from-before-all", "yes");
});
afterAll(() => shared.disconnect());

describe("a client of the module", () => {
  test("finds what beforeAll wrote, in each test", async () => {
    expect(await shared.get("from-before-all")).toBe("yes");
    await shared.del("from-before-all");
  });

  test("reaches the test's own server", async () => {
    expect(await shared.get("from-before-all")).toBe("yes");
    await shared.set("left", "here");
    expect(redouble.server.call("SELECT", 2)).toBe("OK");
    expect(redouble.server).toHaveKey("left", "here");
    expect(redouble.server).toHaveReceived("set", "left", expect.any(String));
  });

  test("finds a fresh server in the next test, on the same connection and database", async () => {
    expect(await shared.get("left")).toBeNull();
    expect(redouble.server.commands.map(({ name }) => name)).toEqual(["GET"]);
    expect(shared.status).toBe("ready");
  });

  test("survives a fault", async () => {
    redouble.faults.inject(replyLost({ command: "INCR", nth: 1 }));
    expect(await shared.incr("visits")).toBe(2);
  });

  test("is there again after the test with the fault", async () => {
    expect(await shared.get("visits")).toBeNull();
    expect(await shared.incr("visits")).toBe(1);
  });
});

describe("what a test leaves under way", () => {
  shared.on("error", () => {});

  test("may be a reply that takes an hour", async () => {
    redouble.faults.inject(latency({ command: "INCR", delayMs: 3_600_000 }));
    void shared.incr("late").catch(() => {});
    await redouble.clock.settle();
  });

  test("does not reach the next", async () => {
    await shared.ping();
    expect(redouble.server.commands.map(({ name }) => name)).not.toContain("INCR");
  });

  test("may be a reply that never comes", async () => {
    redouble.faults.inject(replyLost({ command: "INCR", then: "silence" }));
    void shared.incr("late").catch(() => {});
    await redouble.clock.settle();
  });

  test("does not reach the next one either", async () => {
    await shared.ping();
    expect(redouble.server.commands.map(({ name }) => name)).not.toContain("INCR");
  });
});

describe("time", () => {
  test("is the test's own", async () => {
    const redis = new Redis();
    await redis.set("session", "abc", "EX", 1800);
    expect(redouble.server).toHaveTTL("session", "30m");
    await redouble.clock.advance("31m");
    expect(await redis.get("session")).toBeNull();
    expect(redouble.server).not.toHaveKey("session");
    redis.disconnect();
  });
});

describe("node-redis", () => {
  test("needs nothing but the address", async () => {
    const client = createClient({ url: "redis://localhost:6379" });
    await client.connect();
    await client.set("a", "1");
    expect(redouble.server).toHaveKey("a", "1");
    await client.close();
  });
});

describe.concurrent("concurrent tests", () => {
  for (const name of ["one", "two", "three"]) {
    test(`${name} has its own server`, async () => {
      const redis = new Redis();
      await redis.set("name", name, "PX", 1000);
      await redouble.clock.advance(500);
      expect(await redis.get("name")).toBe(name);
      expect(redouble.server.keys()).toEqual(["name"]);
      expect(redouble.server).toHaveTTL("name", "500ms");
      redis.disconnect();
    });
  }
});
