import { describe, expect, test } from "vitest";
import { durationMs } from "../../core/index.ts";
import { showArgument, showDuration } from "./show.ts";

describe("showDuration", () => {
  test.each([
    [0, "0ms"],
    [999, "999ms"],
    [1250, "1s250ms"],
    [5_400_000, "1h30m"],
    [31_536_000_000, "365d"],
  ])("%d is %s, which the clock reads back", (milliseconds, text) => {
    expect(showDuration(milliseconds)).toBe(text);
    expect(durationMs(text)).toBe(milliseconds);
  });
});

describe("showArgument", () => {
  test.each<[string | Buffer, string]>([
    ["plain", "plain"],
    ["two words", '"two words"'],
    ["", '""'],
    ["line\nbreak", '"line\\nbreak"'],
    [Buffer.from([0xff, 0xfe]), "<2 bytes>"],
    ["x".repeat(100), `${"x".repeat(60)}...`],
  ])("%j is shown as %s", (argument, text) => {
    expect(showArgument(argument)).toBe(text);
  });
});
