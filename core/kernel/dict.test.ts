// The dictionary against a Map, SCAN's promise, and deadlines against a sorted list.
import fc from "fast-check";
import { expect, test } from "vitest";
import { Random } from "./random.ts";
import { Deadlines } from "./deadlines.ts";
import { Dict } from "./dict.ts";

const LONG = "x".repeat(20_000);
const key = fc.oneof(
  fc.nat(30).map(String),
  fc.nat(5).map((n) => LONG + n),
);

test("it behaves as a Map does, long keys included", () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.constantFrom("set", "delete"), key, fc.nat()), { maxLength: 200 }), (steps) => {
      const dict = new Dict<number>();
      const model = new Map<string, number>();
      for (const [step, name, value] of steps) {
        const known = model.has(name);
        const answer = step === "set" ? !dict.set(name, value) : dict.delete(name);
        if (step === "set") model.set(name, value);
        else model.delete(name);
        expect(answer).toBe(known);
      }
      expect(dict.size).toBe(model.size);
      for (const [name, value] of model) expect(dict.get(name)).toBe(value);
      expect([...dict.keys()].sort()).toEqual([...model.keys()].sort());
    }),
  );
});

test("a scan returns whatever was there from its start to its end, deletions and insertions on the way notwithstanding", () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 60 }),
      fc.integer({ min: 1, max: 7 }),
      fc.array(fc.nat(80)),
      (size, count, changes) => {
        const dict = new Dict<number>();
        for (let i = 0; i < size; i++) dict.set(`k${i}`, i);
        const stayed = new Set(dict.keys());
        const seen = new Set<string>();
        let cursor = 0;
        let change = 0;
        do {
          cursor = dict.scan(cursor, count, (name) => seen.add(name));
          const next = changes[change++];
          if (next === undefined) continue;
          if (next % 2 === 0) {
            dict.delete(`k${next}`);
            stayed.delete(`k${next}`);
          } else dict.set(`new${next}`, next);
        } while (cursor !== 0);
        for (const name of stayed) expect(seen.has(name)).toBe(true);
      },
    ),
  );
});

test("any key is drawn as often as any other", () => {
  const dict = new Dict<number>();
  for (let i = 0; i < 20; i++) dict.set(`k${i}`, i);
  const random = new Random(1);
  const counts = new Map<string, number>();
  for (let i = 0; i < 20_000; i++) {
    const name = dict.randomKey(random)!;
    counts.set(name, (counts.get(name) ?? 0) + 1);
  }
  expect(counts.size).toBe(20);
  for (const count of counts.values()) expect(Math.abs(count - 1000)).toBeLessThan(200);
});

test("deadlines come earliest first, whatever was changed or removed before", () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.nat(20), fc.option(fc.nat(1000))), { maxLength: 400 }), (steps) => {
      const deadlines = new Deadlines();
      const model = new Map<string, number>();
      for (const [n, when] of steps) {
        if (when === null) {
          deadlines.delete(`k${n}`);
          model.delete(`k${n}`);
        } else {
          deadlines.set(`k${n}`, when);
          model.set(`k${n}`, when);
        }
        expect(deadlines.next()).toBe(model.size === 0 ? undefined : Math.min(...model.values()));
      }
      expect(deadlines.size).toBe(model.size);
    }),
  );
});

test("a deadline beyond 2^53 is kept and never comes", () => {
  const deadlines = new Deadlines();
  deadlines.set("k", 9223372036854775807n);
  expect(deadlines.next()).toBeUndefined();
  expect(deadlines.get("k")).toBe(9223372036854775807n);
});
