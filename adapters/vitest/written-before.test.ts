// What beforeAll wrote is in each test's server, whatever its type: groups of streams and fields that expire included.
import { Redis } from "ioredis";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { redouble } from "./index.ts";

const redis = new Redis();
const name = Buffer.from([255, 1]);

beforeAll(async () => {
  await redis.rpush("list", "a", "b");
  await redis.zadd("board", 1, "ada");
  await redis.hset("hash", { kept: "a", code: "b" });
  await redis.call("HPEXPIRE", "hash", 60_000, "FIELDS", 1, "code");
  await redis.sadd(name, "a");
  await redis.expire(name, 60);
  await redis.xadd("jobs", "1-0", "job", "mail");
  await redis.xgroup("CREATE", "jobs", "workers", "0");
  await redis.xreadgroup("GROUP", "workers", "ada", "STREAMS", "jobs", ">");
});
afterAll(() => redis.disconnect());

describe.each(["one test", "the next"])("in %s", () => {
  test("it is all there, and may be taken away", async () => {
    expect(redouble.server.dump()).toEqual({
      board: [["ada", 1]],
      hash: { kept: "a", code: { value: "b", ttl: 60_000 } },
      jobs: [["1-0", { job: "mail" }]],
      list: ["a", "b"],
      [String(name)]: { value: new Set(["a"]), ttl: 60_000 },
    });
    expect(redouble.server.ttl(name)).toBe(60_000);
    expect(await redis.xack("jobs", "workers", "1-0")).toBe(1);
    await redis.flushall();
  });
});
