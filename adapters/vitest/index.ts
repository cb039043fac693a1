// `import "redouble/vitest"` in a setup file or a test file: from then on every test has its own simulated server.
import { expect } from "vitest";
import { facadeOf, type CurrentRedouble } from "../runner/facade.ts";
import { serverMatchers, type ServerMatchers } from "../runner/matchers.ts";
import type { RunnerOptions } from "../runner/options.ts";
import { sharedRunner } from "../runner/runner.ts";
import { surroundTests } from "./surround.ts";

export { fakeTimerSettings as fakeTimers } from "../time/fake-timer-settings.ts";
export type { CurrentRedouble } from "../runner/facade.ts";
export type { RunnerOptions } from "../runner/options.ts";
export type { ServerMatchers, TTLOptions } from "../runner/matchers.ts";

const runner = sharedRunner("vitest");

/** The running test's server, clock and faults. */
export const redouble: CurrentRedouble = facadeOf(runner);

/** Sets options for the tests of this file; in a setup file, for all of them. */
export function configureRedouble(options: RunnerOptions = {}): void {
  runner.configure(options);
  surroundTests(runner);
}

expect.extend(serverMatchers);
surroundTests(runner);

declare module "vitest" {
  // oxlint-disable-next-line typescript/no-explicit-any -- as vitest declares it
  interface Matchers<T = any> extends ServerMatchers {}
}
