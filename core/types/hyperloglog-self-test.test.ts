// Whether the self-test would notice HyperLogLogs that are broken.
import { afterEach, expect, test, vi } from "vitest";
import { Random } from "../kernel/random.ts";
import { HyperLogLog, REGISTERS } from "./hyperloglog.ts";
import { selfTest } from "./hyperloglog-self-test.ts";

afterEach(() => void vi.restoreAllMocks());

test("HyperLogLogs pass, whatever is drawn", () => {
  for (let seed = 0; seed < 5; seed++) selfTest(new Random(seed));
});

test("registers that lose their values are found", () => {
  vi.spyOn(HyperLogLog.prototype, "registers").mockReturnValue(new Uint8Array(REGISTERS));
  expect(() => selfTest(new Random(1))).toThrow("Register 0 should be");
});

test("estimates that are too far off are found", () => {
  vi.spyOn(HyperLogLog.prototype, "count").mockReturnValue(1);
  expect(() => selfTest(new Random(1))).toThrow("Too big error. card:10 abserr:9");
});
