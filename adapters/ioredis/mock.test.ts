// The one line that a vitest test needs.
import defaultExport from "ioredis";
import * as ioredis from "ioredis";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { createRedouble, type Redouble } from "../redouble.ts";

vi.mock("ioredis", () => import("./index.ts"));

const { Redis: Named } = ioredis;
type Redis = ioredis.Redis;
/** TypeScript takes the default export of a CommonJS module for the module; at run time it is the class. */
const Redis = defaultExport as unknown as typeof Named;

let redouble: Redouble;
beforeEach(() => {
  redouble = createRedouble();
});
afterEach(() => redouble.stop());

describe('vi.mock("ioredis", () => import("redouble/ioredis"))', () => {
  test.each<[string, () => Redis]>([
    ["new Redis()", () => new Redis()],
    ["new Redis(port)", () => new Redis(6379)],
    ["new Redis(port, host)", () => new Redis(6379, "localhost")],
    ["new Redis(port, host, options)", () => new Redis(6379, "localhost", { db: 1 })],
    ["new Redis(url)", () => new Redis("redis://localhost:6379/1")],
    ["new Redis(url, options)", () => new Redis("redis://localhost:6379", { db: 1 })],
    ["new Redis(options)", () => new Redis({ host: "cache.internal", port: 7000 })],
    ["new Redis(path)", () => new Redis("/tmp/redis.sock")],
    ["the named export", () => new Named()],
    ["the namespace", () => new ioredis.Redis()],
    ["Redis.createClient", () => Redis.createClient()],
    ["duplicate()", () => new Redis({ lazyConnect: true }).duplicate({ lazyConnect: false })],
  ])("%s reaches the simulated server", async (_name, make) => {
    const redis = make();
    await redis.set("key", "value");
    expect(redouble.server.commands.map(({ name }) => name)).toContain("SET");
    expect(redis).toBeInstanceOf(Redis);
    await redis.quit();
  });

  test("rejects what the server rejects, with ioredis's own error", async () => {
    const redis = new Redis();
    await redis.set("key", "text");
    const error: unknown = await redis.incr("key").catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(ioredis.ReplyError as never);
    redis.disconnect();
  });

  test("a Cluster's nodes are reached too", async () => {
    const cluster = new Redis.Cluster([{ host: "localhost", port: 6379 }], { clusterRetryStrategy: () => null });
    cluster.on("error", () => {});
    await expect(cluster.get("key")).rejects.toThrow(/./);
    expect(redouble.server.commands.some(({ name }) => name === "CLUSTER")).toBe(true);
    cluster.disconnect();
  });
});
