// The one line that a vitest test needs.
import { once } from "node:events";
import { createClient, createClientPool } from "redis";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { createRedouble, type Redouble } from "../redouble.ts";

vi.mock("redis", () => import("./index.ts"));

let redouble: Redouble;
beforeEach(() => {
  redouble = createRedouble();
});
afterEach(() => redouble.stop());

describe('vi.mock("redis", () => import("redouble/node-redis"))', () => {
  test.each([
    ["nothing", undefined],
    ["a URL", { url: "redis://localhost:6379" }],
    ["a URL with an IP address", { url: "redis://127.0.0.1:6379/2" }],
    ["a host and a port", { socket: { host: "localhost", port: 6379 } }],
    ["TLS", { url: "rediss://localhost:6379" }],
  ])("createClient with %s reaches the simulated server", async (_name, options) => {
    const client = await createClient(options).connect();
    await client.set("key", "value");
    expect(await client.get("key")).toBe("value");
    expect(redouble.server.commands.map(({ name }) => name)).toContain("SET");
    await client.close();
  });

  test("a pool's clients do too", async () => {
    const pool = createClientPool({}, { minimum: 2 });
    await pool.connect();
    await pool.set("key", "value");
    expect(redouble.server.dump()).toEqual({ key: "value" });
    await pool.close();
  });

  test("fake timers under which it cannot work are named, with those under which it can", async () => {
    vi.useFakeTimers();
    const warned = once(process, "warning");
    createClient();
    const [warning] = (await warned) as [Error];
    expect(warning.message).toMatch(/setImmediate is faked.*fakeTimerSettings\.vitest/);
    vi.useRealTimers();
  });

  test("an address that nobody simulates is refused, and the message says what to do", async () => {
    const client = createClient({ url: "redis://127.0.0.1:6380", socket: { reconnectStrategy: false } });
    client.on("error", () => {});
    await expect(client.connect()).rejects.toThrow(
      /A real Redis at 127\.0\.0\.1:6380 was dialled from .*mock\.test\.ts/,
    );
  });
});
