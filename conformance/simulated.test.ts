/** Redouble is held to the recorded replies, on every profile, everywhere. */
import { expect, test } from "vitest";
import { expectNoDifference } from "./runner/expect-no-difference.ts";
import { loadCaseFiles } from "./runner/load-cases.ts";
import { isDeclared, runSuite } from "./runner/suite.ts";
import { simulatedMakers } from "./targets/makers.ts";

test.each(simulatedMakers())("Redouble as $profile answers as recorded", async (maker) => {
  await expectNoDifference(maker, "one");
});

test.each(simulatedMakers())("deployments of Redouble as $profile answer as recorded", async (maker) => {
  await expectNoDifference(maker, "several");
});

test("every declared divergence still differs", async () => {
  const cases = loadCaseFiles().flatMap((file) => file.cases.filter(isDeclared));
  expect(cases.length).toBeGreaterThan(0);
  const { mended } = await runSuite({ cases, makers: simulatedMakers(), mode: "verify" });
  expect(mended).toEqual([]);
});
