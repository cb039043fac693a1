/** The cases as tests: Redouble on the recorded replies everywhere, real servers on the same where they can be had. */
import { describe, expect, test } from "vitest";
import { loadCaseFiles } from "./runner/load-cases.ts";
import { failureLines } from "./runner/report.ts";
import { runSuite } from "./runner/suite.ts";
import { findServers } from "./servers/servers.ts";
import { realMakers, simulatedMakers } from "./targets/makers.ts";
import type { TargetMaker } from "./targets/target.ts";

const cases = loadCaseFiles().flatMap((file) => file.cases);

describe("Redouble answers as recorded", () => {
  test.each(simulatedMakers())("$profile", async (maker) => await expectNoDifference(maker));

  test("every declared divergence still differs", async () => {
    const { mended } = await runSuite({ cases, makers: simulatedMakers(), mode: "verify" });
    expect(mended).toEqual([]);
  });
});

describe("real servers answer as recorded", () => {
  const makers = realMakers(findServers({ lay: false }));

  test.runIf(makers.length === 0)("no real server lies here, so none was asked", () => {
    expect(makers).toEqual([]);
  });

  if (makers.length > 0) test.each(makers)("$profile, $description", async (maker) => await expectNoDifference(maker));
});

async function expectNoDifference(maker: TargetMaker): Promise<void> {
  const { failures, comparisons } = await runSuite({ cases, makers: [maker], mode: "verify" });
  expect(failures.slice(0, 5).map((failure) => failureLines(failure).join("\n"))).toEqual([]);
  expect(failures.length).toBe(0);
  expect(comparisons).toBeGreaterThan(0);
}
