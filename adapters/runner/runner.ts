// What the integrations of both runners share: options, the deployment outside of tests, and the tests that run.
import { intercept, type Interception } from "../net/index.ts";
import { createRedouble, type Redouble } from "../redouble.ts";
import type { ServerHandle } from "../server-handle.ts";
import { currentHome, currentScope } from "../scope.ts";
import { checkRunnerOptions, redoubleOptions, type RunnerOptions } from "./options.ts";
import { readValue, writeValue } from "../values.ts";
import { TestRun, type TestDescription } from "./test-run.ts";

export class Runner {
  readonly name: "vitest" | "jest";
  #options: RunnerOptions = {};
  /** Whether the tests of this file are surrounded. */
  surrounding = false;
  #ground: Redouble | undefined;
  #interception: Interception | undefined;

  constructor(name: "vitest" | "jest") {
    this.name = name;
    this.configure({});
  }

  get options(): RunnerOptions {
    return this.#options;
  }

  /** Sets options for the tests that follow, and makes the deployment for clients that live outside of tests. */
  configure(options: RunnerOptions): void {
    checkRunnerOptions(options);
    if (currentScope() !== undefined) {
      throw new Error(
        "configureRedouble sets options for the tests that follow. Call it at the top of a file or in a setup file; " +
          'what one test does to its server is server.call("CONFIG", "SET", ...).',
      );
    }
    this.#options = { ...this.#options, ...options };
    const interception = intercept({ strict: this.#options.strict ?? true });
    this.#interception?.restore();
    this.#interception = interception;
    const old = this.#ground;
    this.#ground = createRedouble({ ...redoubleOptions(this.#options), asDefault: true });
    old?.stop();
  }

  /** Where clients live that were made outside of tests, while no test runs. */
  get ground(): Redouble {
    return this.#ground!;
  }

  /** The redouble of the running test; outside of tests, the ground. */
  get current(): Redouble {
    const scope = currentScope();
    if (scope?.ended === true) {
      throw new Error(
        `The test "${scope.name}" is over, and its server with it. Something in it still runs: await it before the test ends.`,
      );
    }
    return (currentHome() as Redouble | undefined) ?? this.ground;
  }

  /** Begins a test. Its server holds what was written outside of tests, in beforeAll or while modules loaded. */
  begin(test: TestDescription): TestRun {
    const run = new TestRun(test, { runner: this.name, options: this.#options });
    copyKeys(this.ground.server, run.redouble.server);
    return run;
  }
}

const KEY = Symbol.for("redouble.runner");
const shared = globalThis as { [KEY]?: Runner };

/** One for a realm: copies of this module, as a runner's module registries make them, share it. */
export function sharedRunner(name: "vitest" | "jest"): Runner {
  return (shared[KEY] ??= new Runner(name));
}

/** Writes the keys of one server into another, database by database. */
function copyKeys(from: ServerHandle, to: ServerHandle): void {
  for (const { index, size } of from.engine.databases) {
    if (size === 0) continue;
    for (const server of [from, to]) server.call("SELECT", index);
    for (const key of from.keys()) copyKey(key, { from, to });
    for (const server of [from, to]) server.call("SELECT", 0);
  }
}

const WHOLE: ReadonlySet<string> = new Set(["stream", "vectorset"]);

/** What is left of times to live goes on from here: the two servers' clocks differ. Streams and vector sets go whole, with all that has no shape. */
function copyKey(key: string | Buffer, { from, to }: { readonly from: ServerHandle; readonly to: ServerHandle }): void {
  if (WHOLE.has(from.call("TYPE", key) as string))
    to.call("RESTORE", key, 0, from.call("DUMP", key) as string | Buffer);
  else writeValue(to, key, readValue(from, key, { fieldTTLs: true }));
  const ttl = from.ttl(key);
  if (ttl !== null) to.call("PEXPIRE", key, ttl);
}
