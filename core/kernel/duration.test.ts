import { describe, expect, test } from "vitest";
import { durationMs, type Duration } from "./duration.ts";

describe("durationMs", () => {
  test.each<[Duration, number]>([
    [0, 0],
    [1500, 1500],
    ["31m", 1_860_000],
    ["1h30m", 5_400_000],
    ["500ms", 500],
    ["1.5s", 1500],
    ["1d 2h", 93_600_000],
    ["365d", 31_536_000_000],
    ["2w", 1_209_600_000],
    ["1H", 3_600_000],
    [{ hours: 1, minutes: 2 }, 3_720_000],
    [{ milliseconds: 5 }, 5],
  ])("%j is %d milliseconds", (duration, milliseconds) => {
    expect(durationMs(duration)).toBe(milliseconds);
  });

  test.each(["", "5", "five minutes", "1h-", "-5s", "5y"])(
    "the text %j is refused with the forms that are known",
    (text) => {
      expect(() => durationMs(text)).toThrow(/is not a duration\. .*"31m"/);
    },
  );

  test("an object with unknown parts is refused", () => {
    expect(() => durationMs({ hour: 1 } as unknown as Duration)).toThrow(TypeError);
    expect(() => durationMs({})).toThrow(TypeError);
    expect(() => durationMs(null as unknown as Duration)).toThrow(TypeError);
    expect(() => durationMs(Number.NaN)).toThrow(TypeError);
  });

  test("time does not run backwards and ends somewhere", () => {
    expect(() => durationMs(-1)).toThrow(RangeError);
    expect(() => durationMs(Number.POSITIVE_INFINITY)).toThrow(RangeError);
    expect(() => durationMs({ minutes: -1 })).toThrow(RangeError);
  });
});
