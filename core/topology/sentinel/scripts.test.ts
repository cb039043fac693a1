// What cases cannot show of scripts: what they are called with from the start, how many wait, and what a test's program may say.
import { describe, expect, test } from "vitest";
import type { Program } from "../../server/programs.ts";
import { World } from "../../server/world.ts";
import { createSentinel } from "./create.ts";
import type { Sentinel } from "./sentinel.ts";

const PATH = "/opt/notify.sh";

function watched(program: Program): { readonly world: World; readonly sentinel: Sentinel } {
  const world = new World({ seed: 1, programs: { [PATH]: program } });
  const sentinel = createSentinel(world, {
    name: "sentinel-1",
    address: { host: "127.0.0.1", port: 26379 },
    directives: ["sentinel monitor mymaster 127.0.0.1 6379 2", `sentinel notification-script mymaster ${PATH}`],
  });
  return { world, sentinel };
}

describe("a script", () => {
  test("is told from the start whom its Sentinel watches, and again when it starts anew", () => {
    const calls: (readonly string[])[] = [];
    const { world, sentinel } = watched((args) => void calls.push(args));
    world.advanceTo(world.now + 500);
    const told = ["+monitor", "master mymaster 127.0.0.1 6379 quorum 2"];
    expect(calls).toEqual([told]);
    sentinel.server.lifecycle.crash();
    expect(sentinel.scripts.jobs).toEqual([]);
    world.advanceTo(world.now + 1_000);
    sentinel.server.lifecycle.restart();
    world.advanceTo(world.now + 500);
    expect(calls).toEqual([told, told]);
  });

  test("that takes its time is waited for", () => {
    const { world, sentinel } = watched(() => ({ afterMs: 20_000 }));
    world.advanceTo(world.now + 19_900);
    expect(sentinel.scripts.running).toBeGreaterThan(0);
    const first = sentinel.scripts.jobs[0];
    world.advanceTo(world.now + 500);
    expect(sentinel.scripts.jobs).not.toContain(first);
  });

  test("that waits longest makes room where more than 256 are asked for", () => {
    const { world, sentinel } = watched(() => ({ afterMs: Number.POSITIVE_INFINITY }));
    world.advanceTo(world.now + 500);
    const [running] = sentinel.scripts.jobs;
    for (let nth = 1; nth <= 300; nth++) sentinel.scripts.schedule(PATH, [String(nth)]);
    expect(sentinel.scripts.jobs.length).toBe(256);
    expect(sentinel.scripts.jobs[0]).toBe(running);
    expect(sentinel.scripts.jobs[1]!.args).toEqual(["46"]);
    expect(sentinel.scripts.jobs.at(-1)!.args).toEqual(["300"]);
  });

  test.each<[Program, string]>([
    [() => 256, "ends with an exit code from 0 to 255, not 256"],
    [() => ({ signal: -1 }), "ends by the number of a signal, not -1"],
    [() => ({ afterMs: -1 }), "runs for a number of milliseconds, not -1"],
    [() => ({ code: 1 }) as object, "has no option 'code'; it has exitCode, signal, afterMs"],
  ])("that ends in a way that there is not is an error (%#)", (program, message) => {
    const { world } = watched(program);
    expect(() => world.advanceTo(world.now + 500)).toThrow(message);
  });

  test("that is not there cannot be named in sentinel.conf", () => {
    const directives = ["sentinel monitor mymaster 127.0.0.1 6379 2", `sentinel notification-script mymaster ${PATH}`];
    const address = { host: "127.0.0.1", port: 26379 };
    expect(() => createSentinel(new World(), { name: "sentinel-1", address, directives })).toThrow(
      `There is no program ${PATH} for a Sentinel to run: name it among the programs of its world`,
    );
  });
});
