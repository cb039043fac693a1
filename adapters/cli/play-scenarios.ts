// What the scenarios subcommand does: list, run and check the failure stories.
import { pathToFileURL } from "node:url";
import { InvalidArgumentError } from "commander";
import pc from "picocolors";
import { scenarios, type AnyScenario } from "../../scenarios/index.ts";
import { checkScenario } from "../scenarios/check.ts";
import { runScenario, type ScenarioRun } from "../scenarios/run.ts";

export interface RunFlags {
  readonly seed: string;
  readonly seeds: number;
  readonly implementation?: string;
  readonly naive: boolean;
}

export interface CheckFlags {
  readonly seed: number;
  readonly seeds: number;
}

export function list(): void {
  const longest = Math.max(...scenarios.map(({ name }) => name.length));
  for (const { name, title } of scenarios) process.stdout.write(`${pc.bold(name.padEnd(longest))}  ${title}\n`);
}

export async function run(name: string, { seed, seeds, implementation, naive }: RunFlags): Promise<void> {
  const scenario = scenarioNamed(name);
  const way = await wayOf(scenario, { implementation, naive });
  let failed = 0;
  for (let nth = 0; nth < seeds; nth++) {
    const own = seeds === 1 ? seed : String(Number(seed) + nth);
    const result = await runScenario(scenario, { seed: own, implementation: way }).catch((error: unknown) => {
      throw new Error(`With seed ${own} the way did not get to the end: ${whereOf(error)}`, { cause: error });
    });
    if (result.violations.length > 0) failed++;
    if (seeds === 1) printStory(scenario, result);
    else if (result.violations.length > 0) process.stdout.write(`seed ${own}: ${result.violations.join("; ")}\n`);
  }
  if (seeds > 1) process.stdout.write(`${name}: ${seeds - failed} of ${seeds} seeds hold\n`);
  process.exitCode = failed > 0 ? 1 : 0;
}

export async function check(names: readonly string[], { seed: first, seeds }: CheckFlags): Promise<void> {
  const chosen = names.length === 0 ? scenarios : names.map(scenarioNamed);
  for (const scenario of chosen) {
    const { name, broken, blunt } = await checkScenario(scenario, { first, seeds });
    const held = seeds - broken.length;
    process.stdout.write(
      `${name}: the right way holds with ${held} of ${seeds} seeds, the naive way with ${blunt.length}\n`,
    );
    for (const { seed, violations } of broken) process.stdout.write(`  seed ${seed}: ${violations.join("; ")}\n`);
    if (blunt.length > 0) process.stdout.write(`  the naive way holds with the seeds ${blunt.join(", ")}\n`);
    if (broken.length > 0 || blunt.length > 0) process.exitCode = 1;
  }
}

function scenarioNamed(name: string): AnyScenario {
  const scenario = scenarios.find((each) => each.name === name);
  if (scenario !== undefined) return scenario;
  throw new InvalidArgumentError(
    `There is no scenario "${name}"; there are ${scenarios.map((each) => each.name).join(", ")}.`,
  );
}

async function wayOf(
  scenario: AnyScenario,
  { implementation, naive }: { readonly implementation?: string | undefined; readonly naive: boolean },
): Promise<unknown> {
  if (implementation === undefined) return naive ? scenario.naive : scenario.right;
  const { default: own } = await load(implementation);
  if (own === undefined) throw new InvalidArgumentError(`${implementation} has no default export.`);
  if (!isLike(own, scenario.right)) {
    const { type, meaning } = scenario.takes;
    throw new InvalidArgumentError(`${implementation} is no way of ${scenario.name}, which takes ${type}. ${meaning}`);
  }
  return own;
}

async function load(file: string): Promise<{ readonly default?: unknown }> {
  try {
    return (await import(pathToFileURL(file).href)) as { readonly default?: unknown };
  } catch (error) {
    throw new InvalidArgumentError(`${file} cannot be loaded: ${String(error)}`);
  }
}

/** A function where one is wanted; an object with all that another has. */
function isLike(own: unknown, right: unknown): boolean {
  if (typeof right !== "object" || right === null) return typeof own === typeof right;
  if (typeof own !== "object" || own === null) return false;
  return Object.entries(right).every(([name, part]) => isLike(Reflect.get(own, name), part));
}

/** An error with the first lines of its stack: it may be one of the implementation. */
function whereOf(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message).split("\n").slice(0, 3).join("\n") : String(error);
}

function printStory({ name, title, moral }: AnyScenario, { violations, story, durationMs }: ScenarioRun): void {
  process.stdout.write(`${pc.bold(name)}: ${title}\n\n`);
  for (const { atMs, text } of story) process.stdout.write(`  ${`+${atMs}ms`.padStart(10)}  ${text}\n`);
  process.stdout.write(`  ${`+${durationMs}ms`.padStart(10)}  the end\n\n`);
  if (violations.length === 0) process.stdout.write(`${pc.green("All is well.")}\n`);
  else {
    process.stdout.write(`${pc.red(`Wrong in the end (${violations.length}):`)}\n`);
    for (const violation of violations.slice(0, 10)) process.stdout.write(`  - ${violation}\n`);
    if (violations.length > 10) process.stdout.write(`  and ${violations.length - 10} more\n`);
    process.stdout.write(`\n${moral}\n`);
  }
}
