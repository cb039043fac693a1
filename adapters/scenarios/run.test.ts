// Every story tells its two ways apart: the naive one fails, the right one holds, whatever the seed.
import { describe, expect, test } from "vitest";
import { scenarios } from "../../scenarios/index.ts";
import { checkScenario } from "./check.ts";
import { runScenario } from "./run.ts";

/** `npm run scenarios -- --seeds 200` plays more of them. */
const SEEDS = 3;

describe.each(scenarios.map((scenario) => ({ scenario, name: scenario.name })))("$name", ({ scenario }) => {
  test("the right way holds with every seed, and the naive way with none", { timeout: 60_000 }, async () => {
    const check = await checkScenario(scenario, { seeds: SEEDS });
    expect(check).toEqual({ name: scenario.name, seeds: SEEDS, broken: [], blunt: [] });
  });

  test("one seed tells one story", { timeout: 60_000 }, async () => {
    const first = await runScenario(scenario, { seed: 3, implementation: scenario.naive });
    expect(await runScenario(scenario, { seed: 3, implementation: scenario.naive })).toEqual(first);
  });
});
