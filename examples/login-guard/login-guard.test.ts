// The window of a limiter ends when the clock says so, to the millisecond, with either client.
import { Redis } from "ioredis";
import { createClient } from "redis";
import { redouble } from "redouble/vitest";
import { describe, expect, test } from "vitest";
import { ATTEMPTS, LoginGuard, WINDOW_S } from "./login-guard.ts";

type Connect = (inTransactions: boolean) => Promise<{ guard: LoginGuard; close: () => void }>;

const withIoredis: Connect = async (inTransactions) => {
  const client = new Redis();
  return { guard: new LoginGuard(client, { inTransactions }), close: () => client.disconnect() };
};

const withNodeRedis: Connect = async (inTransactions) => {
  const client = createClient();
  await client.connect();
  const guard = new LoginGuard(client, { inTransactions, useRedisPackage: true });
  return { guard, close: () => client.destroy() };
};

describe.each([
  ["scripts with ioredis", withIoredis, false],
  ["transactions with ioredis", withIoredis, true],
  ["scripts with node-redis", withNodeRedis, false],
  ["transactions with node-redis", withNodeRedis, true],
] as const)("by %s", (_name, connect, inTransactions) => {
  test("the sixth attempt waits until the window of the first is over", async () => {
    const { guard, close } = await connect(inTransactions);
    for (let left = ATTEMPTS - 1; left >= 0; left--) expect(await guard.attempt("ada")).toEqual({ left });
    await redouble.clock.advance("5m");
    expect(await guard.attempt("ada")).toEqual({ blockedMs: WINDOW_S * 1000 - 5 * 60_000 });
    expect(await guard.attempt("bob")).toEqual({ left: ATTEMPTS - 1 });
    await redouble.clock.advance("10m");
    await redouble.clock.advance("1ms"); // a key lives through the last millisecond of its time
    expect(await guard.attempt("ada")).toEqual({ left: ATTEMPTS - 1 });
    close();
  });

  test("who knows the password begins anew", async () => {
    const { guard, close } = await connect(inTransactions);
    await guard.attempt("ada");
    await guard.forgive("ada");
    expect(await guard.attempt("ada")).toEqual({ left: ATTEMPTS - 1 });
    close();
  });
});
