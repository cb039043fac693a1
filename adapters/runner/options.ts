// What a team may set for its tests, once for a file or for all of them.
import type { InterceptOptions } from "../net/index.ts";
import { requireChoice, requireKnown } from "../../core/index.ts";
import { redoubleOptionNames, type RedoubleOptions } from "../redouble-options.ts";

/** Everything that a redouble takes, and how strict the runner is. */
export interface RunnerOptions extends Omit<RedoubleOptions, "asDefault"> {
  /** Whether attempts to reach a real Redis fail. Default yes. */
  readonly strict?: InterceptOptions["strict"];
  /** What becomes of clients that a test has left open: they are named (`warn`, the default), fail the test, or pass. */
  readonly leftOpen?: "warn" | "error" | "ignore";
  /** Whether an injected fault that never fired fails the test. Default yes. */
  readonly unfiredFaults?: "error" | "ignore";
  /** How many of the last commands a failing test shows. Default 20; 0 shows nothing. */
  readonly lastCommands?: number;
}

/** Throws for options that there are not, and for values that mean nothing. */
export function checkRunnerOptions(options: RunnerOptions): void {
  const shared = redoubleOptionNames.filter((name) => name !== "asDefault");
  requireKnown("configureRedouble", options, [...shared, "strict", "leftOpen", "unfiredFaults", "lastCommands"]);
  requireChoice("leftOpen", options.leftOpen, ["warn", "error", "ignore"]);
  requireChoice("unfiredFaults", options.unfiredFaults, ["error", "ignore"]);
}

/** The options that `createRedouble` knows. */
export function redoubleOptions(options: RunnerOptions): RedoubleOptions {
  const { strict: _strict, leftOpen: _leftOpen, unfiredFaults: _unfired, lastCommands: _last, ...rest } = options;
  const seed = process.env["REDOUBLE_SEED"];
  return { ...rest, ...(seed !== undefined && seed !== "" && { seed: readSeed(seed) }), asDefault: false };
}

/** Seeds that were numbers are numbers again. */
function readSeed(text: string): number | string {
  return /^\d{1,15}$/.test(text) ? Number(text) : text;
}
