// Puts a simulated server around each test of a vitest file, and fails tests that misuse theirs.
import { aroundEach, TestRunner, type TestContext } from "vitest";
import type { Runner } from "../runner/runner.ts";

/** Files whose tests are surrounded already: with `isolate: false` one module serves many. */
const surrounded = new WeakSet<object>();

export function surroundTests(runner: Runner): void {
  const suite = TestRunner.getCurrentSuite();
  const file = suite.file ?? suite;
  if (surrounded.has(file)) return;
  surrounded.add(file);
  aroundEach(async (runTest, { task }) => {
    const run = runner.begin({ name: fullName(task), concurrent: task.concurrent === true });
    await run.run(runTest);
    const failed = task.result?.state === "fail";
    const knownErrors = task.result?.errors ?? [];
    const { problems, warnings, report } = await run.finish({ failed, knownErrors });
    for (const warning of warnings) warn(warning);
    if (task.result?.errors?.[0] !== undefined) addReport(task.result.errors[0], report);
    const [problem] = problems;
    if (problem === undefined) return;
    if (!failed) addReport(problem, report);
    throw problems.length === 1 ? problem : new AggregateError(problems);
  });
}

type Task = TestContext["task"];

function fullName(task: Task): string {
  const names = [task.name];
  for (let suite = task.suite; suite !== undefined; suite = suite.suite) names.unshift(suite.name);
  return names.join(" > ");
}

/** Below the message and the difference, where the eye goes next. */
function addReport(error: { message: string; diff?: string | undefined }, report: string): void {
  if (report === "") return;
  if (typeof error.diff === "string" && error.diff !== "") error.diff += `\n\n${report}`;
  else error.message += `\n\n${report}`;
}

function warn(text: string): void {
  // oxlint-disable-next-line no-console -- the reporter shows it with the test
  console.warn(text);
}
