// What only a simulated Redis can show: half an hour in no time, and a reply that is lost at the worst moment.
import { replyLost, resetPeer } from "redouble/faults";
import { redouble } from "redouble/vitest";
import { beforeAll, describe, expect, test } from "vitest";
import { redis } from "./redis.ts";
import { Sessions } from "./sessions.ts";

let count = 0;
const sessions = new Sessions(redis, { newToken: () => `token-${++count}` });
const ada = { user: "ada", role: "editor" };

beforeAll(() => {
  redis.on("error", () => {}); // connections break on purpose here
});

describe("time", () => {
  test("ends a session after thirty minutes", async () => {
    const token = await sessions.open(ada);
    await redouble.clock.advance("29m59s");
    expect(redouble.server).toHaveTTL(`session:${token}`, "1s");
    await redouble.clock.advance("2s");
    expect(await sessions.read(token)).toBeNull();
  });

  test("slides: a session that is used every twenty minutes lives all day", async () => {
    const token = await sessions.open(ada);
    for (let i = 0; i < 72; i++) {
      await redouble.clock.advance("20m");
      expect(await sessions.read(token)).toEqual(ada);
    }
  });

  test("leaves an old token ten seconds after a rotation", async () => {
    const old = await sessions.open(ada);
    const token = await sessions.rotate(old);
    await redouble.clock.advance("9s");
    expect(redouble.server).toHaveKey(`session:${old}`);
    await redouble.clock.advance("2s");
    expect(await sessions.read(old)).toBeNull();
    expect(await sessions.read(token!)).toEqual(ada);
  });
});

describe("a rotation whose reply is lost", () => {
  test("leaves the user one session, not none", async () => {
    const old = await sessions.open(ada);
    redouble.faults.inject(replyLost({ command: "EXEC", nth: 1 }));
    const token = await sessions.rotate(old);
    expect(await sessions.read(token!)).toEqual(ada);
    await redouble.clock.advance("11s");
    expect(redouble.server.keys("session:*")).toEqual([`session:${token}`]);
  });
});

describe("logging out everywhere", () => {
  test("happens, even when the connection breaks under it", async () => {
    const token = await sessions.open(ada);
    redouble.faults.inject(resetPeer({ command: "INCR", nth: 1 }));
    await sessions.closeAll(ada.user);
    expect(await sessions.read(token)).toBeNull();
  });
});
