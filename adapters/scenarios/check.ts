// What every failure story owes: with each seed its right way holds, and its naive way fails.
import type { AnyScenario } from "../../scenarios/index.ts";
import { runScenario } from "./run.ts";

export interface ScenarioCheck {
  readonly name: string;
  readonly seeds: number;
  /** Seeds with which the right way does not hold, and what is wrong then. */
  readonly broken: readonly { readonly seed: number; readonly violations: readonly string[] }[];
  /** Seeds with which the naive way goes well: the story does not tell the two apart. */
  readonly blunt: readonly number[];
}

/** Plays both ways with the seeds from the first on. */
export async function checkScenario(
  scenario: AnyScenario,
  { first = 1, seeds }: { readonly first?: number; readonly seeds: number },
): Promise<ScenarioCheck> {
  const broken: { seed: number; violations: readonly string[] }[] = [];
  const blunt: number[] = [];
  for (let seed = first; seed < first + seeds; seed++) {
    const { violations } = await runScenario(scenario, { seed });
    if (violations.length > 0) broken.push({ seed, violations });
    const naive = await runScenario(scenario, { seed, implementation: scenario.naive });
    if (naive.violations.length === 0) blunt.push(seed);
  }
  return { name: scenario.name, seeds, broken, blunt };
}
