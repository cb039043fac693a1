// The classes of latencies, held to what real servers showed of commands whose duration was known.
import { expect, test } from "vitest";
import { LatencyHistogram } from "./latency-histogram.ts";

function histogram(...durationsUs: readonly number[]): LatencyHistogram {
  const made = new LatencyHistogram();
  for (const each of durationsUs) made.record(each);
  return made;
}

test("a percentile is the greatest value of its class", () => {
  expect(histogram(17).percentile(50)).toBe(17.023);
  const sleeps = histogram(30_100, 60_200);
  expect(sleeps.percentile(50)).toBe(30_146.559);
  expect(sleeps.percentile(99)).toBe(60_293.119);
  expect(histogram(0, 0, 0, 5).percentile(50)).toBe(0.001);
});

test("calls are counted up to each power of two that adds some", () => {
  expect(histogram(30_100, 60_200).cumulative()).toEqual([
    [33_816, 1],
    [67_633, 2],
  ]);
  expect(histogram(1, 10, 10).cumulative()).toEqual([
    [1, 1],
    [16, 3],
  ]);
  expect(histogram(0, 0, 700).cumulative()).toEqual([
    [1, 2],
    [1_056, 3],
  ]);
});

test("more than a second is a second", () => {
  expect(histogram(5_000_000).percentile(100)).toBe(histogram(1_000_000).percentile(100));
  expect(histogram().percentile(50)).toBe(0);
});
