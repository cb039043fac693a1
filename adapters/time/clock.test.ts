import { setTimeout as sleep } from "node:timers/promises";
import { Redis } from "ioredis";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { sentinel } from "../../core/index.ts";
import { crash, latency } from "../../faults/index.ts";
import { presetRedis } from "../ioredis/preset.ts";
import { createRedouble, type Redouble } from "../redouble.ts";
import type { RedoubleOptions } from "../redouble-options.ts";
import { fakeTimerSettings } from "./fake-timer-settings.ts";

const START = Date.UTC(2030, 0, 1);
const Client = presetRedis(Redis);

let redouble: Redouble;
let redis: Redis;

async function begin(options: RedoubleOptions = {}): Promise<void> {
  redouble = createRedouble({ startTime: START, ...options });
  redis = new Client();
  await redis.ping();
}

afterEach(() => {
  redis.disconnect();
  redouble.stop();
  vi.useRealTimers();
});

describe("virtual time", () => {
  beforeEach(() => begin());

  test("stands until it is told to move, and then moves exactly so far", async () => {
    await sleep(15);
    expect(redouble.clock.now).toBe(START);
    expect(redouble.clock.mode).toBe("virtual");
    await redouble.clock.advance("1h30m");
    expect(redouble.clock.now).toBe(START + 5_400_000);
    await redouble.clock.advance({ seconds: 1 });
    await redouble.clock.advanceTo(new Date(START + 6_000_000));
    expect(redouble.clock.now).toBe(START + 6_000_000);
    expect(await redis.time()).toEqual([String(START / 1000 + 6000), "0"]);
  });

  test("begins now when nobody says when", () => {
    const other = createRedouble({ asDefault: false });
    expect(Math.abs(other.clock.now - Date.now())).toBeLessThan(1000);
    expect(Number.isInteger(other.clock.now)).toBe(true);
    other.stop();
  });

  test("does not go back", async () => {
    await expect(redouble.clock.advanceTo(START - 1)).rejects.toThrow(
      "Time does not go back: it is 2030-01-01T00:00:00.000Z on the servers, and advanceTo was given 2029-12-31T23:59:59.999Z.",
    );
    expect(() => redouble.clock.advanceTo(new Date(Number.NaN))).toThrow("not an invalid Date");
    expect(() => redouble.clock.advanceTo("2030-01-01" as never)).toThrow('not "2030-01-01"');
    expect(() => redouble.clock.advance("soon")).toThrow(TypeError);
    expect(() => redouble.clock.advance(1n as never)).toThrow("1 is not a duration");
  });

  test("lets the application react between events, as if it had lived through them", async () => {
    redouble.faults.inject(latency({ delayMs: 10, direction: "down", command: "GET" }));
    const seen: number[] = [];
    const work = (async () => {
      for (let i = 0; i < 5; i++) {
        await redis.get("key");
        seen.push(redouble.clock.now - START);
        await Promise.resolve();
      }
    })();
    await redouble.clock.advance(100);
    await work;
    expect(seen).toEqual([10, 20, 30, 40, 50]);
    expect(redouble.clock.now).toBe(START + 100);
  });

  test("goes from event to event on demand", async () => {
    redouble.faults.inject(latency({ delayMs: 7, direction: "up", command: "GET" }));
    const answer = redis.get("key").then(() => redouble.clock.now - START);
    expect(await redouble.clock.runToNextEvent()).toBe(true);
    expect(await answer).toBe(7);
    expect(await redouble.clock.runToNextEvent()).toBe(false);
  });

  test("takes one advance after the other, also from inside the application", async () => {
    const order: string[] = [];
    const advances = [1, 2, 3].map(async (seconds) => {
      await redouble.clock.advance({ seconds });
      order.push(`${seconds}: ${redouble.clock.now - START}`);
    });
    await Promise.all(advances);
    expect(order).toEqual(["1: 1000", "2: 3000", "3: 6000"]);
  });

  test("gives up on an application that never settles, and moves all the same", async () => {
    let stop = false;
    const chatter = (async () => {
      while (!stop) await redis.ping();
    })();
    await redouble.clock.advance("1s");
    expect(redouble.clock.now).toBe(START + 1000);
    stop = true;
    await chatter;
  });

  test("costs what happens in it: a year of silence is as cheap as a second", async () => {
    const run = async (duration: string): Promise<number> => {
      const before = redouble.world.eventsRun;
      await redouble.clock.advance(duration);
      return redouble.world.eventsRun - before;
    };
    expect(await run("1s")).toBe(await run("365d"));
    const begun = performance.now();
    for (let i = 0; i < 100; i++) await redouble.clock.advance("365d");
    expect(performance.now() - begun).toBeLessThan(1000);
  });

  test("a hundred thousand silent deadlines need no turn of the event loop each", async () => {
    for (let i = 0; i < 100_000; i++) redouble.server.engine.databases[0]!.set(`k${i}`, "v");
    for (let i = 0; i < 100_000; i++) redouble.server.engine.databases[0]!.setDeadline(`k${i}`, START + 1 + i);
    const begun = performance.now();
    await redouble.clock.advance("1h");
    expect(redouble.server.engine.databases[0]!.size).toBe(0);
    expect(performance.now() - begun).toBeLessThan(3000);
  });

  test("what is due at once happens without an advance", async () => {
    redouble.faults.inject(latency({ delayMs: 0, command: "GET" }));
    expect(await redis.get("key")).toBeNull();
  });
});

describe("wall time", () => {
  test("passes by itself, wakes for deadlines, and jumps when told", async () => {
    await begin({ clock: "wall" });
    redouble.faults.inject(latency({ delayMs: 20, command: "GET" }));
    await redis.set("key", "value", "PX", 60_000);
    expect(await redis.get("key")).toBe("value");
    expect(redouble.clock.now).toBeGreaterThanOrEqual(START + 20);
    await redouble.clock.advance("1h");
    expect(await redis.get("key")).toBeNull();
    expect(redouble.clock.now).toBeGreaterThanOrEqual(START + 3_600_000);
    expect(redouble.clock.mode).toBe("wall");
  });
});

describe("following fake timers", () => {
  test("the servers' time is that of the fake timers, there and back", async () => {
    await begin();
    expect(redouble.clock.mode).toBe("virtual");
    vi.useFakeTimers({ ...fakeTimerSettings.vitest, now: START + 1000 });
    expect(redouble.clock.mode).toBe("following");
    await redis.set("key", "value", "EX", 60);
    expect(await redis.ttl("key")).toBe(60);
    await vi.advanceTimersByTimeAsync(61_000);
    expect(await redis.get("key")).toBeNull();
    expect(redouble.clock.now).toBe(Date.now());
    vi.useRealTimers();
    expect(redouble.clock.mode).toBe("virtual");
    await redouble.clock.advance("1s");
    expect(redouble.clock.now).toBe(START + 63_000);
  });

  test("keys that expire are no timers of the application, replies that are late are", async () => {
    await begin();
    vi.useFakeTimers({ ...fakeTimerSettings.vitest, now: START });
    await redis.set("session", "abc", "EX", 1800);
    expect(vi.getTimerCount()).toBe(0);
    await vi.runAllTimersAsync();
    expect(await redis.get("session")).toBe("abc");
    redouble.faults.inject(latency({ delayMs: 500, command: "GET" }));
    const reply = redis.get("session");
    await redouble.clock.settle();
    expect(vi.getTimerCount()).toBe(1);
    await vi.runAllTimersAsync();
    expect(await reply).toBe("abc");
    expect(Date.now()).toBe(START + 500);
  });

  test("the default fake timers of vitest stop nothing on the way to an ioredis client", async () => {
    await begin();
    vi.useFakeTimers();
    await redis.set("key", "value", "EX", 60);
    vi.setSystemTime(Date.now() + 61_000);
    expect(await redis.get("key")).toBeNull();
  });

  test("advance() turns the fake timers, and the application's timers with them", async () => {
    await begin();
    vi.useFakeTimers({ ...fakeTimerSettings.vitest, now: START });
    redouble.faults.inject(latency({ delayMs: 500, command: "GET" }));
    const events: string[] = [];
    setTimeout(() => events.push(`timer at ${Date.now() - START}`), 400);
    const reply = redis.get("key").then(() => events.push(`reply at ${Date.now() - START}`));
    setTimeout(() => events.push(`timer at ${Date.now() - START}`), 600);
    await redouble.clock.advance("1s");
    await reply;
    expect(events).toEqual(["timer at 400", "reply at 500", "timer at 600"]);
    expect(Date.now()).toBe(START + 1000);
  });

  test("advance() lets the application settle after each of its timers", async () => {
    await begin();
    vi.useFakeTimers({ ...fakeTimerSettings.vitest, now: START });
    const seen: number[] = [];
    const work = async (): Promise<void> => {
      for (let i = 0; i < 300; i++) await redis.incr("count");
      seen.push(Date.now() - START);
    };
    for (const atMs of [1, 2, 3]) setTimeout(() => void work(), atMs);
    await redouble.clock.advance(100);
    expect(seen).toEqual([1, 2, 3]);
    expect(Date.now()).toBe(START + 100);
  });

  test("advance() goes further than a timer can", async () => {
    await begin();
    vi.useFakeTimers({ ...fakeTimerSettings.vitest, now: START });
    let rings = 0;
    setInterval(() => rings++, 5 * 86_400_000);
    await redouble.clock.advance("60d");
    expect(rings).toBe(12);
    expect(redouble.clock.now).toBe(START + 60 * 86_400_000);
  });

  test("a date that is set back is followed back", async () => {
    await begin();
    await redouble.clock.advance("10d");
    vi.useFakeTimers({ ...fakeTimerSettings.vitest, now: START });
    await redis.set("key", "value", "EX", 60);
    expect(await redis.ttl("key")).toBe(60);
    expect(await redis.expiretime("key")).toBe(START / 1000 + 60);
    await vi.advanceTimersByTimeAsync(61_000);
    expect(await redis.get("key")).toBeNull();
  });

  test.each([
    ["years back", new Date("2001-02-03")],
    ["years on", new Date("2099-02-03")],
  ])("a date that is set %s is on everybody's calendar, and nothing happens on the way", async (_where, date) => {
    redouble = createRedouble({
      startTime: START,
      topology: sentinel({ replicas: 1, downAfterMs: 1000, failoverTimeoutMs: 6000 }),
    });
    redis = new Client();
    redis.on("error", () => {}); // its server dies below
    await redis.set("key", "value");
    const { eventsRun } = redouble.world;
    vi.useFakeTimers({ ...fakeTimerSettings.vitest, now: date });
    expect(redouble.clock.now).toBe(date.getTime());
    expect(redouble.world.eventsRun - eventsRun).toBeLessThan(1000);
    redouble.faults.inject(crash({ server: "primary" }));
    await redouble.clock.advance("20s");
    expect(redouble.named("replica-1").call("INFO", "replication")).toContain("role:master");
    expect(redouble.clock.now).toBe(date.getTime() + 20_000);
    vi.setSystemTime(START);
    expect(redouble.named("replica-1").call("TIME")).toEqual([String(START / 1000), "0"]);
  });

  test("a date without timers can be followed, not advanced", async () => {
    await begin();
    vi.setSystemTime(START + 5000);
    expect(redouble.clock.now).toBe(START + 5000);
    await expect(redouble.clock.advance("1s")).rejects.toThrow(/vi\.setSystemTime/);
  });
});
