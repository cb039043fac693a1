// What people read when a test fails: a child vitest runs fixtures/failing.fixture.mjs, and its words are looked at.
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { beforeAll, describe, expect, test } from "vitest";

const root = join(import.meta.dirname, "../..");
let output: string;

beforeAll(() => {
  const env = Object.fromEntries(
    Object.entries(process.env).filter(([name]) => !/^(VITEST|NODE_OPTIONS|TEST$|CI$)/.test(name)),
  );
  const { stdout, stderr } = spawnSync(
    process.execPath,
    [
      join(root, "node_modules/vitest/vitest.mjs"),
      "run",
      "--config",
      join(import.meta.dirname, "fixtures/vitest.config.mjs"),
    ],
    { cwd: root, env: { ...env, NO_COLOR: "1" }, encoding: "utf8" },
  );
  output = `${stdout}${stderr}`;
}, 60_000);

/** What stands in the report between the headings of one test and the next. */
function section(name: string): string {
  return output
    .split(/(?=^ FAIL )/m)
    .filter((part) => part.split("\n").some((line) => line.startsWith(" FAIL ") && line.includes(`> ${name}`)))
    .join("");
}

describe("a failing test", () => {
  test("shows what was expected, what the server holds, and the last commands with their virtual times", () => {
    expect(section("wrong value")).toContain('Expected value: "84"\nReceived value: "42"');
    expect(section("wrong value")).toMatch(
      /redouble: the 2 commands .*\n +\+0ms {2}SET session:abc "two words" EX 1800\n +\+12m {2}INCRBY balance 42\n +\+12m {2}now/,
    );
    expect(section("wrong value")).toContain("seed 1, redis-8.0");
  });

  test("shows them for assertions that know nothing of servers, below the difference", () => {
    expect(section("wrong number")).toMatch(/- 2\n\+ 1\n\nredouble: the one command .*\n +\+0ms {2}SET counter 1\n/);
  });
});

describe("misuse", () => {
  test("an injected fault that never fired fails the test, says what did happen, and points at the injection", () => {
    expect(section("fault that never fires")).toContain(
      'never fired, so this test proves nothing about it: replyLost({"command":"INCRBY","nth":1})',
    );
    expect(section("fault that never fires")).toContain("The server received SET; last, SET balance 1.");
    expect(section("fault that never fires")).toMatch(/failing\.fixture\.mjs:\d+:\d+/);
  });

  test("a client left open is named, with the line that made it", () => {
    expect(output).toMatch(
      /the test "client left open" left a client open:\n {2}- the client "worker" ioredis at .*, made at .*failing\.fixture\.mjs:\d+:\d+/,
    );
    expect(section("client left open")).toBe("");
  });

  test("a client that concurrent tests share fails both and names both", () => {
    const message =
      'The tests "together > one" and "together > two" run at the same time and share the client ioredis at ';
    expect(section("together > one")).toContain(message);
    expect(section("together > two")).toContain(message);
  });

  test("a client of a finished test says so in the next", () => {
    expect(section("uses the kept one")).toContain(
      'was made in the test "keeps its client", which is over. Make the client in the test that uses it.',
    );
  });

  test("node-redis under a faked setImmediate says what to set", () => {
    expect(section("node-redis under default fake timers")).toContain(
      'Write vi.useFakeTimers(fakeTimers.vitest), with fakeTimers from "redouble/vitest".',
    );
  });

  test("nothing else is complained about", () => {
    expect(output).not.toMatch(/Unhandled|Uncaught/);
    expect(output).toMatch(/Tests {2}7 failed \| 2 passed/);
  });
});
