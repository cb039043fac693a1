import { afterEach, describe, expect, test } from "vitest";
import { Redis } from "./ioredis/index.ts";
import { createRedouble, type Redouble } from "./redouble.ts";

let redouble: Redouble;
afterEach(() => redouble.stop());

describe("a redouble", () => {
  test("answers ioredis, and lets time run on command", async () => {
    redouble = createRedouble();
    const redis = new Redis();
    await redis.set("session", "abc", "EX", 1800);
    expect(await redis.get("session")).toBe("abc");
    await redouble.clock.advance("29m");
    expect(await redis.ttl("session")).toBe(60);
    await redouble.clock.advance("2m");
    expect(await redis.get("session")).toBeNull();
    redis.disconnect();
  });
});
