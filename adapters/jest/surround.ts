// Puts a simulated server around each test of a Jest file, and fails tests that misuse theirs.
import type { Runner } from "../runner/runner.ts";
import type { TestRun } from "../runner/test-run.ts";
import { addCircusHandler, type CircusFunction, type CircusHook, type CircusTest } from "./circus.ts";

export function surroundTests(runner: Runner): void {
  const runs = new Map<CircusTest, TestRun>();
  const originals = new WeakMap<CircusTest, CircusFunction>();
  const hooks = new WeakSet<CircusHook>();
  /** Hooks know no test, but they run only for those that run alone. */
  let alone: TestRun | undefined;

  const begin = (test: CircusTest): void => {
    const run = runner.begin({ name: fullName(test), concurrent: test.concurrent });
    runs.set(test, run);
    const original = originals.get(test) ?? test.fn;
    if (original !== undefined) {
      originals.set(test, original);
      test.fn = wrap(original, () => run);
    }
    if (test.concurrent) return;
    alone = run;
    for (const hook of hooksOf(test)) {
      if (hooks.has(hook)) continue;
      hooks.add(hook);
      hook.fn = wrap(hook.fn, () => alone);
    }
  };

  const end = async (test: CircusTest): Promise<void> => {
    const run = runs.get(test);
    if (run === undefined) return;
    runs.delete(test);
    if (alone === run) alone = undefined;
    const failed = test.errors.length > 0;
    const knownErrors = test.errors.map((entry) => (Array.isArray(entry) ? (entry[0] as unknown) : entry));
    const { problems, warnings, report } = await run.finish({ failed, knownErrors });
    for (const warning of warnings) process.stderr.write(`${warning}\n`);
    if (test.failing) return;
    test.errors.push(...problems);
    addReport(test.errors, report);
  };

  addCircusHandler((event) => {
    if (event.name === "test_started") return begin(event.test);
    if (event.name === "test_done") return end(event.test);
  });
}

function fullName(test: CircusTest): string {
  const names = [test.name];
  for (let block = test.parent; block.parent !== undefined; block = block.parent) names.unshift(block.name);
  return names.join(" > ");
}

function* hooksOf(test: CircusTest): Iterable<CircusHook> {
  for (let block: CircusTest["parent"] | undefined = test.parent; block !== undefined; block = block.parent) {
    for (const hook of block.hooks) if (hook.type === "beforeEach" || hook.type === "afterEach") yield hook;
  }
}

/** The same function inside a test's scope: as long, and as much of a generator. */
function wrap(fn: CircusFunction, runOf: () => TestRun | undefined): CircusFunction {
  if (isGenerator(fn)) return fn;
  const within = function (this: unknown, ...args: readonly unknown[]): unknown {
    const call = (): unknown => Reflect.apply(fn, this, args);
    const run = runOf();
    return run === undefined ? call() : run.run(call);
  };
  return Object.defineProperty(within, "length", { value: fn.length });
}

function isGenerator(fn: CircusFunction): boolean {
  return Object.prototype.toString.call(fn) === "[object GeneratorFunction]";
}

/** Below the message of the first error. Jest prints an error's stack, and its message stands in there. */
function addReport(errors: unknown[], report: string): void {
  const [first] = errors;
  if (report === "" || first === undefined) return;
  const [error, place] = Array.isArray(first) ? (first as readonly unknown[]) : [first];
  if (typeof error === "string") {
    errors[0] = errorAt(place, `${error}\n\n${report}`); // Jest's own, when time is out
  } else if (error instanceof Object && "message" in error && typeof error.message === "string") {
    const { message } = error;
    const { stack } = error as { readonly stack?: unknown };
    Object.assign(error, { message: `${message}\n\n${report}` });
    if (typeof stack === "string") {
      Object.assign(error, { stack: stack.replace(message, () => `${message}\n\n${report}`) });
    }
  }
}

/** An error that stands where another one does. */
function errorAt(place: unknown, message: string): Error {
  const { stack = "" } = place instanceof Object ? (place as { readonly stack?: string }) : {};
  const frames = stack.split("\n").filter((line) => /^\s+at /.test(line));
  return Object.assign(new Error(message), { stack: [`Error: ${message}`, ...frames].join("\n") });
}
