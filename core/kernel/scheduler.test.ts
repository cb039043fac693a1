// Order of events, and randomness that stays where it was.
import fc from "fast-check";
import { expect, test } from "vitest";
import { Random } from "./random.ts";
import { Scheduler } from "./scheduler.ts";

test("events come in time order, ties first in first out, cancelled ones never", () => {
  fc.assert(
    fc.property(fc.array(fc.record({ at: fc.nat(20), cancel: fc.boolean() }), { maxLength: 300 }), (plan) => {
      const scheduler = new Scheduler();
      const ran: number[] = [];
      const timers = plan.map(({ at }, i) => scheduler.schedule(at, () => ran.push(i)));
      plan.forEach(({ cancel }, i) => {
        if (cancel) timers[i]!.cancel();
      });
      expect(scheduler.size).toBe(plan.filter(({ cancel }) => !cancel).length);
      for (let run = scheduler.take(); run; run = scheduler.take()) run();
      const expected = plan.map((each, i) => ({ ...each, i })).filter(({ cancel }) => !cancel);
      expect(ran).toEqual(expected.sort((a, b) => a.at - b.at || a.i - b.i).map(({ i }) => i));
    }),
  );
});

test("knows what comes first apart from the background, and loses nothing over the question", () => {
  const scheduler = new Scheduler();
  const ran: string[] = [];
  scheduler.schedule(1, () => ran.push("background 1"), true);
  scheduler.schedule(3, () => ran.push("awaited 3"));
  scheduler.schedule(2, () => ran.push("background 2"), true);
  expect(scheduler.nextAwaited).toBe(3);
  expect(scheduler.next).toBe(1);
  while (scheduler.size > 0) scheduler.take()!();
  expect(ran).toEqual(["background 1", "background 2", "awaited 3"]);
  scheduler.schedule(4, () => {}, true);
  expect(scheduler.nextAwaited).toBeUndefined();
});

test("one seed, one sequence; a draw in one fork changes no other", () => {
  const draws = (random: Random): number[] => Array.from({ length: 20 }, () => random.uint32());
  expect(draws(new Random(7))).toEqual(draws(new Random(7)));
  expect(draws(new Random(7))).not.toEqual(draws(new Random(8)));
  const parent = new Random(7);
  const before = draws(parent.fork("a"));
  draws(parent.fork("b"));
  expect(draws(parent.fork("a"))).toEqual(before);
});

test("whole numbers in a range are drawn evenly", () => {
  const random = new Random("even");
  const counts = Array.from({ length: 10 }, () => 0);
  for (let i = 0; i < 100_000; i++) counts[random.int(0, 9)]!++;
  for (const count of counts) expect(Math.abs(count - 10_000)).toBeLessThan(500);
});
