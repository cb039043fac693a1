// The life of one test: a fresh server before it, and after it everything that was wrong with how the test used it.
import { exampleFaults, printFault, type FaultGuard } from "../../faults/index.ts";
import { createRedouble, type Redouble } from "../redouble.ts";
import { openScope, type HomeConnection, type Scope } from "../scope.ts";
import { realSetTimeout } from "../time/real-time.ts";
import { FakeTimersWatch } from "./fake-timers.ts";
import { redoubleOptions, type RunnerOptions } from "./options.ts";
import { reportOf, showCommand } from "./report.ts";

/** Events that the end of a test may still run. */
const MOST_STEPS = 1000;

/** Clients come back after a reset in their own, real time: ioredis after 50 ms. */
const MOST_PATIENCE_MS = 300;
const PATIENCE_MS = 10;

export interface TestDescription {
  /** Its full name. */
  readonly name: string;
  /** It runs at the same time as others. */
  readonly concurrent: boolean;
}

export interface TestRunOptions {
  readonly runner: "vitest" | "jest";
  readonly options: RunnerOptions;
}

/** What the end of a test brought to light. */
export interface TestOutcome {
  /** The test fails for these. */
  readonly problems: readonly Error[];
  /** To be printed. */
  readonly warnings: readonly string[];
  /** For the message of a failing test: the last commands, the faults, the seed. */
  readonly report: string;
}

export class TestRun {
  readonly redouble: Redouble;
  readonly scope: Scope;
  readonly #options: RunnerOptions;
  readonly #startTime: number;
  readonly #watch: FakeTimersWatch;

  constructor({ name, concurrent }: TestDescription, { runner, options }: TestRunOptions) {
    this.#options = options;
    this.redouble = createRedouble(redoubleOptions(options));
    this.scope = openScope(this.redouble, { name, leads: !concurrent });
    this.#startTime = this.redouble.clock.now - this.redouble.world.calendarMs;
    this.#watch = new FakeTimersWatch(this.redouble, runner);
  }

  /** Runs a part of the test: clients that it makes are its own. */
  run<T>(part: () => T): T {
    return this.scope.run(part);
  }

  /** Ends the test's server and its connections. */
  async finish({
    failed,
    knownErrors = [],
  }: {
    failed: boolean;
    knownErrors?: readonly unknown[];
  }): Promise<TestOutcome> {
    const { redouble, scope } = this;
    await redouble.clock.settle(); // a `quit()` that nobody waits for
    if (failed) await this.#letConnect();
    const warnings: string[] = [];
    const problems: Error[] = scope.violations.filter((violation) => !isKnown(violation, knownErrors));
    const hint = this.#watch.stop();
    if (failed && hint !== undefined) problems.push(withoutPlace(hint));
    problems.push(...this.#endless());
    if (!failed) {
      problems.push(...this.#unfired());
      const left = this.#leftOpen();
      if (left !== undefined && this.#options.leftOpen === "error") problems.push(withoutPlace(left));
      else if (left !== undefined) warnings.push(left);
    }
    const last = this.#options.lastCommands ?? 20;
    const report =
      failed || problems.length > 0
        ? reportOf(redouble, { startTime: this.#startTime + redouble.world.calendarMs, last })
        : "";
    redouble.faults.clear();
    await this.#drain();
    scope.end();
    redouble.stop();
    return { problems, warnings, report: last > 0 ? report : "" };
  }

  /**
   * A test may fail while its clients are just connecting, and those that are cut off then would try anew for ever. Between
   * their turns they read files of their own, which takes real time.
   */
  async #letConnect(): Promise<void> {
    const { clock, connections, world } = this.redouble;
    let moved = -1;
    for (let waitedMs = 0; waitedMs < MOST_PATIENCE_MS && connections.size > 0; waitedMs += PATIENCE_MS) {
      if (world.bytesMoved === moved) return;
      moved = world.bytesMoved;
      await sleep(PATIENCE_MS);
      await clock.settle();
    }
  }

  /**
   * Clients from outside of tests go on to the next one. What they still wait for is answered here and now; those who can
   * get no answer are reset, and what they send again comes here as well.
   */
  async #drain(): Promise<void> {
    const { clock, connections, world } = this.redouble;
    const guests = (): HomeConnection[] =>
      [...connections].filter(({ binding }) => binding.scope === undefined && binding.home === undefined);
    const isBusy = (): boolean => guests().some(({ busy }) => busy);
    for (let steps = 0; steps < MOST_STEPS && isBusy() && world.step(); steps++) await clock.settle();
    if (!isBusy()) return;
    const count = guests().length;
    for (const guest of guests()) if (guest.busy) guest.reset();
    for (let waitedMs = 0; waitedMs < MOST_PATIENCE_MS; waitedMs += PATIENCE_MS) {
      await sleep(PATIENCE_MS);
      if (guests().length >= count && !isBusy()) return;
    }
  }

  /** Scripts that were cut off, and that nobody has killed: whoever waits for their servers waits for ever. */
  #endless(): Error[] {
    return this.redouble.world.servers.flatMap(({ name, busy: { script } }) =>
      script === undefined
        ? []
        : [
            withoutPlace(
              `A script went past its budget of instructions, as one without an end does, and was cut off: ` +
                `${showCommand({ name: script.command[0]!, args: script.command.slice(1) })}. To its clients ${name} has been ` +
                `busy since. A test that means it ends it with ${script.kind === "eval" ? "SCRIPT" : "FUNCTION"} KILL.`,
            ),
          ],
    );
  }

  #unfired(): Error[] {
    if (this.#options.unfiredFaults === "ignore") return [];
    return this.redouble.faults.unfired.map((guard) => new UnfiredFault(guard, this.redouble));
  }

  #leftOpen(): string | undefined {
    const open = this.scope.openConnections;
    if (this.#options.leftOpen === "ignore" || open.length === 0) return undefined;
    const names = open.map((connection) => {
      const { site } = connection.binding;
      const madeByClient = site === undefined || site.includes("/node_modules/"); // a line that nobody here has written
      return `  - ${connection.description}${madeByClient ? "" : `, made at ${site}`}`;
    });
    return (
      `redouble: the test "${this.scope.name}" left ${open.length === 1 ? "a client" : `${open.length} clients`} open:\n` +
      `${names.join("\n")}\nClose what a test opens: await client.quit() with ioredis, await client.close() with node-redis.`
    );
  }
}

/** A test that injects a fault proves nothing when it never strikes. */
class UnfiredFault extends Error {
  override readonly name = "UnfiredFault";

  constructor({ fault, stack }: FaultGuard, redouble: Redouble) {
    const { commands, topology } = redouble;
    const example = exampleFaults(topology).get(fault.name);
    const why =
      typeof example === "string" ? ` It cannot come to pass in this deployment (${topology.kind}): ${example}.` : "";
    const who = redouble.servers.size > 1 ? "The servers" : "The server";
    const names = new Map<string, number>();
    for (const { name } of commands) names.set(name, (names.get(name) ?? 0) + 1);
    const counts = [...names].map(([name, count]) => (count === 1 ? name : `${name} (${count} times)`)).join(", ");
    const last = commands.at(-1);
    super(
      `An injected fault never fired, so this test proves nothing about it: ${printFault(fault)}.${why} ` +
        (last === undefined
          ? `${who} received no commands at all.`
          : `${who} received ${counts}; last, ${showCommand(last)}.`) +
        " Mend its selector, or take it out with its guard's uninstall().",
    );
    this.stack = `${this.name}: ${this.message}\n${framesOf(stack)}`;
  }
}

function sleep(milliseconds: number): Promise<void> {
  return new Promise((resolve) => void realSetTimeout(resolve, milliseconds));
}

/** An error whose place is no place in the test: it points nowhere. */
function withoutPlace(message: string): Error {
  const error = new Error(message);
  error.stack = `Error: ${message}`;
  return error;
}

/** The frames of a stack, those of the code that injects faults left out. */
function framesOf(stack: string): string {
  const frames = stack.split("\n").filter((line) => /^\s+at /.test(line));
  return frames.filter((line) => !/\/faults\/injector\.[jt]s/.test(line)).join("\n");
}

function isKnown(violation: Error, errors: readonly unknown[]): boolean {
  return errors.some(
    (error) =>
      error === violation ||
      (typeof error === "object" && error !== null && (error as { message?: unknown }).message === violation.message),
  );
}
