// What people read when a test fails: a child Jest runs fixtures/failing.fixture.cjs, and its words are looked at.
const { beforeAll, describe, expect, test } = require("@jest/globals");
const { spawnSync } = require("node:child_process");
const { join } = require("node:path");

const root = join(__dirname, "../..");
/** Longer than any of them takes: a Jest that has not ended by then never does. */
const PATIENCE_MS = 30_000;

/** A Jest of its own runs a fixture: what it prints, and whether it came to an end. */
function jestOn(fixture) {
  const config = {
    rootDir: root,
    testMatch: [`<rootDir>/adapters/jest/fixtures/${fixture}.fixture.cjs`],
    transform: {},
  };
  const { stdout, stderr, status } = spawnSync(
    process.execPath,
    [join(root, "node_modules/jest/bin/jest.js"), "--config", JSON.stringify(config)],
    {
      cwd: root,
      env: { ...process.env, NO_COLOR: "1", FORCE_COLOR: "0", CI: "" },
      encoding: "utf8",
      timeout: PATIENCE_MS,
      killSignal: "SIGKILL",
    },
  );
  return { output: `${stdout}${stderr}`, ended: status !== null };
}

let output;

beforeAll(() => {
  ({ output } = jestOn("failing"));
}, 60_000);

/** What stands in the report between the headings of one test and the next. */
const section = (name) =>
  output
    .split(/(?=^ {2}● )/m)
    .filter((part) => part.startsWith(`  ● ${name}`))
    .join("");

describe("a failing test", () => {
  test("shows the last commands with their virtual times below its message", () => {
    expect(section("wrong value")).toMatch(
      /Received value: "42"[^]*redouble: the 2 commands .*\n +\+0ms {2}SET session:abc "two words" EX 1800\n +\+12m {2}INCRBY balance 42\n/,
    );
    expect(section("wrong value")).toMatch(/failing\.fixture\.cjs:\d+:\d+/);
  });
});

describe("misuse", () => {
  test("an injected fault that never fired fails the test, says what did happen, and points at the injection", () => {
    expect(section("fault that never fires")).toContain("The server received SET; last, SET balance 1.");
    expect(section("fault that never fires")).toMatch(/> \d+ \| {3}redouble\.faults\.inject/);
  });

  test("a client left open is named, with the line that made it", () => {
    expect(output).toMatch(/- the client "worker" ioredis at .*, made at .*failing\.fixture\.cjs:\d+:\d+/);
  });

  test("a client that concurrent tests share fails both and names both", () => {
    for (const name of ["one", "two"]) {
      expect(section(`together › ${name}`)).toContain(
        'The tests "together > one" and "together > two" run at the same time and share the client ioredis at ',
      );
    }
  });

  test("clients under Jest's default fake timers say what to set", () => {
    const remedy = 'Write jest.useFakeTimers(fakeTimers.jest), with fakeTimers from "redouble/jest".';
    expect(section("ioredis under")).toContain(remedy);
    expect(section("node-redis under")).toContain(remedy);
  });

  test("nothing else is complained about", () => {
    expect(output).toMatch(/Tests: +6 failed, 1 passed/);
  });
});

test("clients that are just connecting when their tests fail do not keep Jest from ending", () => {
  const run = jestOn("connecting");
  expect(run.output).toMatch(/Tests: +2 failed, 2 total/);
  expect(run.output).not.toMatch(/Unhandled error event|did not exit/);
  expect(run.ended).toBe(true);
}, 60_000);
