// `require("redouble/jest")` in setupFilesAfterEnv or a test file: from then on every test has its own simulated server.
import { facadeOf, type CurrentRedouble } from "../runner/facade.ts";
import { serverMatchers } from "../runner/matchers.ts";
import type { RunnerOptions } from "../runner/options.ts";
import { sharedRunner } from "../runner/runner.ts";
import { surroundTests } from "./surround.ts";

export { fakeTimerSettings as fakeTimers } from "../time/fake-timer-settings.ts";
export type { CurrentRedouble } from "../runner/facade.ts";
export type { RunnerOptions } from "../runner/options.ts";
export type { ServerMatchers, TTLOptions } from "../runner/matchers.ts";
export type { JestMatchers } from "./matcher-types.ts";

const runner = sharedRunner("jest");

/** The running test's server, clock and faults. */
export const redouble: CurrentRedouble = facadeOf(runner);

/** Sets options for the tests of this file; in a setup file, for all of them. */
export function configureRedouble(options: RunnerOptions = {}): void {
  runner.configure(options);
}

/** Once for each test file: copies of this module, as `jest.resetModules` makes them, share the runner. */
if (!runner.surrounding) {
  runner.surrounding = true;
  surroundTests(runner);
}
jestExpect().extend(serverMatchers);

/** The global `expect`, or with `injectGlobals: false` that of @jest/globals. */
function jestExpect(): { extend(matchers: object): void } {
  const { expect } = globalThis as { readonly expect?: { extend(matchers: object): void } };
  return expect ?? (require("@jest/globals") as { expect: { extend(matchers: object): void } }).expect;
}
