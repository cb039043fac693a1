/** The cases are tried themselves: whatever option Redouble would ignore, some case notices. */
import { expect, test } from "vitest";
import { readCommandFacts } from "./runner/command-docs.ts";
import { loadCaseFiles } from "./runner/load-cases.ts";
import { tryMutants } from "./runner/mutants.ts";
import { simulatedMakers } from "./targets/makers.ts";

const cases = loadCaseFiles().flatMap((file) => file.cases);

test.each(simulatedMakers())("no option of $profile can be ignored unseen", async (maker) => {
  const { noticed, survivors } = await tryMutants(maker, await readCommandFacts(maker), cases);
  expect(survivors).toEqual([]);
  expect(noticed).toBeGreaterThan(50);
});
