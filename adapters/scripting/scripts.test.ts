import { Redis as RealRedis } from "ioredis";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { presetRedis } from "../ioredis/preset.ts";
import { createRedouble, type Redouble } from "../redouble.ts";
import { TestRun } from "../runner/test-run.ts";

const Redis = presetRedis(RealRedis);

/** A fixed window, as rate limiters have it. */
const LIMITER = `
local count = redis.call("INCR", KEYS[1])
if count == 1 then redis.call("PEXPIRE", KEYS[1], ARGV[1]) end
return {count, redis.call("PTTL", KEYS[1])}`;

let redouble: Redouble;
beforeEach(() => {
  redouble = createRedouble({ startTime: Date.UTC(2030, 0, 1) });
});
afterEach(() => redouble.stop());

test("ioredis defines commands that are scripts, and they see virtual time", async () => {
  const redis = new Redis();
  redis.defineCommand("limit", { numberOfKeys: 1, lua: LIMITER });
  const limiter = redis as unknown as { limit(key: string, windowMs: number): Promise<[number, number]> };
  expect(await limiter.limit("user", 1000)).toEqual([1, 1000]);
  await redouble.clock.advance(400);
  expect(await limiter.limit("user", 1000)).toEqual([2, 600]);
  await redouble.clock.advance(601);
  expect(await limiter.limit("user", 1000)).toEqual([1, 1000]);
  redis.disconnect();
});

test("all 256 bytes go in and come out", async () => {
  const redis = new Redis();
  const bytes = Buffer.from(Array.from({ length: 256 }, (_, byte) => byte));
  expect(await redis.callBuffer("EVAL", "return KEYS[1]..ARGV[1]", 1, bytes, bytes)).toEqual(
    Buffer.concat([bytes, bytes]),
  );
  redis.disconnect();
});

describe("a script without an end", () => {
  test("makes the server busy until somebody kills it", async () => {
    const [redis, other] = [new Redis(), new Redis()];
    await other.ping();
    const endless = redis.eval("while true do end", 0).catch(String);
    await redouble.clock.settle();
    const refused = other.get("key").catch(String);
    await redouble.clock.advance("5s");
    expect(await refused).toContain("BUSY Redis is busy running a script.");
    expect(await other.call("SCRIPT", "KILL")).toBe("OK");
    expect(await endless).toContain("Script killed by user with SCRIPT KILL");
    expect(await other.get("key")).toBeNull();
    redis.disconnect();
    other.disconnect();
  });

  test("keeps what it wrote, and cannot be killed then", async () => {
    const [redis, other] = [new Redis(), new Redis({ retryStrategy: () => null })];
    await other.ping();
    void redis.eval("redis.call('SET', 'key', 'value') while true do end", 0).catch(() => {});
    await redouble.clock.settle();
    await redouble.clock.advance("5s");
    await expect(other.call("SCRIPT", "KILL")).rejects.toThrow("UNKILLABLE Sorry the script already executed write");
    expect(redouble.server.call("GET", "key")).toBe("value");
    redis.disconnect();
    other.disconnect();
  });

  test("is what its test is told of", async () => {
    const run = new TestRun(
      { name: "endless", concurrent: false },
      { runner: "vitest", options: { leftOpen: "ignore" } },
    );
    run.run(() => void new Redis().eval("while true do end", 0).catch(() => {}));
    await run.redouble.clock.settle();
    const { problems } = await run.finish({ failed: true });
    expect(problems.map(({ message }) => message)).toEqual([
      expect.stringMatching(/^A script went past its budget .*: eval "while true do end" 0\..* SCRIPT KILL\.$/i),
    ]);
  });
});
