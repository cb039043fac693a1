import { Redis } from "ioredis";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { createRedouble, type Redouble } from "../redouble.ts";
import { listen, type Listener } from "../tcp/index.ts";
import { controlCommand, type ControlsPlace } from "./control-command.ts";

let redouble: Redouble;
let listener: Listener;
let redis: Redis;

beforeEach(async () => {
  const place: ControlsPlace = {};
  redouble = createRedouble({ clock: "wall", extraCommands: [controlCommand(place)] });
  place.current = redouble;
  listener = await listen({ redouble });
  redis = new Redis(listener.url);
});

afterEach(async () => {
  redis.disconnect();
  await listener.close();
  redouble.stop();
});

const control = (...words: readonly string[]): Promise<unknown> => redis.call("REDOUBLE", ...words);

describe("REDOUBLE over the wire", () => {
  test("turns the clock, and what was due happens on the way", async () => {
    const before = Number(await control("NOW"));
    await redis.set("session", "abc", "EX", 1800);
    expect(await control("ADVANCE", "29m")).toBe("OK");
    expect(await redis.get("session")).toBe("abc");
    expect(await redis.ttl("session")).toBe(60);
    expect(await control("ADVANCE", "120000")).toBe("OK");
    expect(await redis.get("session")).toBeNull();
    expect(Number(await control("NOW")) - before).toBeGreaterThanOrEqual(31 * 60_000);
  });

  test("sleeps no longer than it must after the clock was turned", async () => {
    await redis.set("far", "away", "EX", 100);
    await control("ADVANCE", "50s");
    await control("FAULT", "INJECT", "latency", "delayMs", "20", "command", "GET");
    const begun = performance.now();
    expect(await redis.get("far")).toBe("away");
    expect(performance.now() - begun).toBeLessThan(2000);
  });

  test("injects, lists and clears faults", async () => {
    expect(await control("FAULT", "INJECT", "errorReply", "error", "OOM no", "command", "SET")).toBe(1);
    await expect(redis.set("key", "value")).rejects.toThrow("OOM no");
    expect(await control("FAULT", "LIST")).toEqual(['1 errorReply({"error":"OOM no","command":"SET"}) fired 1']);
    expect(await control("FAULT", "CLEAR", "1")).toBe("OK");
    expect(await redis.set("key", "value")).toBe("OK");
    expect(await control("FAULT", "INJECT", "errorReply", '{"error":"LOADING"}')).toBe(2);
    await expect(redis.get("key")).rejects.toThrow("LOADING");
  });

  test("resets the server and keeps the connection", async () => {
    await redis.set("key", "value");
    expect(await control("RESET")).toBe("OK");
    expect(await redis.get("key")).toBeNull();
    expect(await control("FAULT", "LIST")).toEqual([]);
  });

  test.each([
    [["ADVANCE", "soon"], /"soon" is not a duration/],
    [["FAULT", "INJECT", "gremlin"], /no fault is called 'gremlin'; there are latency/],
    [["FAULT", "INJECT", "latency", "delayMs"], /every option has a value/],
    [["FAULT", "CLEAR", "7"], /there is no fault 7/],
    [["FAULT", "SHOW"], /INJECT, LIST or CLEAR/],
    [["SING"], /unknown subcommand/i],
  ])("refuses %j and says why", async (words, message) => {
    await expect(control(...words)).rejects.toThrow(message);
  });
});

test("without it REDOUBLE is as unknown as on a real server", () => {
  const plain = createRedouble();
  expect(() => plain.server.call("REDOUBLE", "NOW")).toThrow(/^ERR unknown command 'REDOUBLE'/);
  plain.stop();
});
