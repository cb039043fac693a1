// What sessions do, on any Redis: `REDIS_URL=redis://... npx vitest run --project examples` takes a real one.
import "redouble/vitest";
import { randomUUID } from "node:crypto";
import { beforeEach, describe, expect, test } from "vitest";
import { redis } from "./redis.ts";
import { Sessions } from "./sessions.ts";

const sessions = new Sessions(redis);
let user: string;
beforeEach(() => {
  user = randomUUID();
});

describe("a session", () => {
  test("is what was opened", async () => {
    const token = await sessions.open({ user, role: "editor" });
    expect(await sessions.read(token)).toEqual({ user, role: "editor" });
  });

  test("ends when it is closed", async () => {
    const token = await sessions.open({ user, role: "editor" });
    await sessions.close(token);
    expect(await sessions.read(token)).toBeNull();
  });

  test("is nobody's when its token is made up", async () => {
    expect(await sessions.read(randomUUID())).toBeNull();
    expect(await sessions.rotate(randomUUID())).toBeNull();
  });

  test("lives on under a new token, and for a moment under the old one", async () => {
    const old = await sessions.open({ user, role: "editor" });
    const token = await sessions.rotate(old);
    expect(token).not.toBe(old);
    expect(await sessions.read(token!)).toEqual({ user, role: "editor" });
    expect(await redis.pttl(`session:${old}`)).toBeLessThanOrEqual(10_000);
  });
});

describe("logging out everywhere", () => {
  test("ends every session of a user, and nobody else's", async () => {
    const other = await sessions.open({ user: randomUUID(), role: "reader" });
    const tokens = [await sessions.open({ user, role: "editor" }), await sessions.open({ user, role: "editor" })];
    await sessions.closeAll(user);
    expect(await Promise.all(tokens.map((token) => sessions.read(token)))).toEqual([null, null]);
    expect(await sessions.read(other)).not.toBeNull();
  });

  test("does not keep a user from coming back", async () => {
    await sessions.closeAll(user);
    const token = await sessions.open({ user, role: "editor" });
    expect(await sessions.read(token)).toEqual({ user, role: "editor" });
  });
});
