/** The assertion that the tests share: a target answers every case as it is recorded. */
import { expect } from "vitest";
import type { TargetMaker } from "../targets/target.ts";
import { loadCaseFiles } from "./load-cases.ts";
import { failureLines } from "./report.ts";
import { runSuite } from "./suite.ts";

/** Fails with the first differences, printed as cases. */
export async function expectNoDifference(maker: TargetMaker): Promise<void> {
  const cases = loadCaseFiles().flatMap((file) => file.cases);
  const { failures, comparisons } = await runSuite({ cases, makers: [maker], mode: "verify" });
  expect(failures.slice(0, 5).map((failure) => failureLines(failure).join("\n"))).toEqual([]);
  expect(failures.length).toBe(0);
  expect(comparisons).toBeGreaterThan(0);
}
