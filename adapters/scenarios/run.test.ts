// Every story tells its two ways apart: the naive one fails, the right one holds, whatever the seed.
import { describe, expect, test } from "vitest";
import { scenarios } from "../../scenarios/index.ts";
import { runScenario } from "./run.ts";

const SEEDS = Array.from({ length: 5 }, (_, at) => at + 1);

describe.each(scenarios.map((scenario) => ({ scenario, name: scenario.name })))("$name", ({ scenario }) => {
  test("the naive way fails", async () => {
    const { violations } = await runScenario(scenario, { implementation: scenario.naive });
    expect(violations).not.toEqual([]);
  });

  test.each(SEEDS)("the right way holds with seed %d", async (seed) => {
    const { violations } = await runScenario(scenario, { seed });
    expect(violations).toEqual([]);
  });

  test("one seed tells one story", async () => {
    const first = await runScenario(scenario, { seed: 3, implementation: scenario.naive });
    expect(await runScenario(scenario, { seed: 3, implementation: scenario.naive })).toEqual(first);
  });
});
