// Timelines: they print, travel as JSON, and play.
import { describe, expect, test } from "vitest";
import { start } from "./fixtures/stage.ts";
import { at, clockJump, command, crash, every, evictKeys, parseTimeline, timeline, when } from "./index.ts";

describe("timelines", () => {
  const story = timeline([
    at("1s", crash({ server: "primary" }), { for: "2s" }),
    every("10s", evictKeys({ keys: "a*" }), { times: 2 }),
    when(command("SET lock:*"), clockJump({ byMs: 5_000 })),
  ]);

  test("print, and read back from JSON as themselves", () => {
    expect(String(story)).toBe(
      [
        'at 1s: crash({"server":"primary"}) for 2s',
        'every 10s from 10s, 2 times: evictKeys({"keys":"a*"})',
        'when {"command":"SET","key":"lock:*"}: clockJump({"byMs":5000})',
      ].join("\n"),
    );
    expect(String(parseTimeline(JSON.stringify(story)))).toBe(String(story));
  });

  test("play their faults in time, and take them out again", () => {
    const { world, server, faults, connect } = start();
    const stop = story.play(world, faults);
    world.advanceTo(world.now + 1_500);
    expect(server.lifecycle.crashed).toBe(true);
    world.advanceTo(world.now + 2_000);
    expect(server.lifecycle.crashed).toBe(false);
    const client = connect();
    client.send("SET a1 v");
    client.send("SET b1 v");
    world.advanceTo(world.now + 10_000);
    expect(server.databases[0]!.keys()).toEqual(["b1"]);
    const before = server.now - world.now;
    client.send("SET lock:x me");
    world.advanceTo(world.now);
    expect(server.now - world.now - before).toBe(5_000);
    stop();
    expect(server.now - world.now).toBe(before);
    expect(faults.all.every(({ active }) => !active)).toBe(true);
  });

  test("refuse what is no step", () => {
    expect(() => parseTimeline("{}")).toThrow(/array of steps/);
    expect(() => parseTimeline('[{"at":1}]')).toThrow(/names its fault/);
    expect(() => parseTimeline('[{"fault":"crash()"}]')).toThrow(/at, every or when/);
    expect(() => timeline([crash() as never])).toThrow(/at\(\), every\(\) and when\(\) make, not \{"name":"crash"/);
    expect(() => timeline(["crash" as never])).toThrow(/make, not "crash"/);
    expect(() => timeline(at("1s", crash()) as never)).toThrow(/list of steps/);
    expect(() => every(0, crash())).toThrow(/longer than nothing/);
  });
});
