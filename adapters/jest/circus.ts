// What of jest-circus is used here: the events that it tells its handlers, and the list of them that every realm has.

/** A test or a hook's function, and what hangs on it. */
export interface CircusTest {
  readonly type: "test";
  readonly name: string;
  readonly parent: CircusBlock;
  readonly concurrent: boolean;
  readonly failing: boolean;
  fn: CircusFunction | undefined;
  /** What failed it: an error, or an error and the place of the test. */
  readonly errors: unknown[];
}

export interface CircusBlock {
  readonly name: string;
  readonly parent?: CircusBlock;
  readonly hooks: readonly CircusHook[];
}

export interface CircusHook {
  readonly type: "beforeAll" | "beforeEach" | "afterEach" | "afterAll";
  fn: CircusFunction;
}

/** Its length counts: one that takes an argument is given `done`. */
export type CircusFunction = (this: unknown, done?: unknown) => unknown;

export type CircusEvent =
  /** The hooks of a test are next. */
  | { readonly name: "test_started"; readonly test: CircusTest }
  /** Its hooks have run, and its errors are counted. */
  | { readonly name: "test_done"; readonly test: CircusTest }
  /** Whatever else happens. */
  | { readonly name: "other" };

export type CircusHandler = (event: CircusEvent) => Promise<void> | void;

const HANDLERS = Symbol.for("EVENT_HANDLERS");

/**
 * Adds a handler before all others: what it finds wrong with a test counts.
 *
 * @throws Error outside of Jest 30 with its own runner
 */
export function addCircusHandler(handler: CircusHandler): void {
  const handlers = (globalThis as { readonly [HANDLERS]?: CircusHandler[] })[HANDLERS];
  if (!Array.isArray(handlers)) {
    throw new Error(
      "redouble/jest needs Jest 30 or newer with its default runner, jest-circus, and is loaded in a test file or in setupFilesAfterEnv.",
    );
  }
  handlers.unshift(handler);
}
