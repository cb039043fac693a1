/** The assertion that the tests share: a target answers every case as it is recorded. */
import { expect } from "vitest";
import type { TargetMaker } from "../targets/target.ts";
import { loadCaseFiles } from "./load-cases.ts";
import { failureLines } from "./report.ts";
import { runSuite } from "./suite.ts";

/**
 * Fails with the first differences, printed as cases; of one server, or of deployments. A deployment of real processes has to be
 * started for each run, so there each case runs in one protocol.
 */
export async function expectNoDifference(maker: TargetMaker, servers: "one" | "several"): Promise<void> {
  const files = loadCaseFiles().filter(({ topology }) => (topology === undefined) === (servers === "one"));
  const cases = files.flatMap((file) => file.cases);
  const { failures, comparisons } = await runSuite({
    cases,
    makers: [maker],
    mode: "verify",
    protocolsInTurn: maker.kind === "real" && servers === "several",
  });
  expect(failures.slice(0, 5).map((failure) => failureLines(failure).join("\n"))).toEqual([]);
  expect(failures.length).toBe(0);
  expect(comparisons).toBeGreaterThan(0);
}
