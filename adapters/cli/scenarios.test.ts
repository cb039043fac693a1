// One's own way through a story, from the command line: what it takes, and what is said of a file that is something else.
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";

const main = join(import.meta.dirname, "main.ts");
const folder = mkdtempSync(join(tmpdir(), "redouble-ways-"));
afterAll(() => rmSync(folder, { recursive: true }));

function play(story: string, source: string, ...flags: readonly string[]) {
  const file = join(folder, `${story}-${source.length}.mjs`);
  writeFileSync(file, source);
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    ["--import", "tsx", main, "scenarios", "run", story, "--implementation", file, ...flags],
    { encoding: "utf8" },
  );
  return { status, stdout, stderr };
}

describe("scenarios run --implementation", { timeout: 30_000 }, () => {
  test("plays a way of one's own", () => {
    const fromPrimary = "export default ({ primary }, key) => primary.call('GET', key);";
    expect(play("replica-lag", fromPrimary, "--seeds", "3")).toMatchObject({
      status: 0,
      stdout: "replica-lag: 3 of 3 seeds hold\n",
    });
  });

  test.each([
    ["replica-lag", "export default 3;", /is no way of replica-lag, which takes \(\{ primary, replica \}, key\) =>/],
    ["split-brain", "export default { add() {} };", /is no way of split-brain, which takes \{ setUp\(client\)/],
    ["replica-lag", "export const read = 3;", /has no default export/],
    ["replica-lag", "export default 3 3;", /\.mjs cannot be loaded: SyntaxError/],
    [
      "replica-lag",
      "export default () => { throw new Error('my own'); };",
      /With seed 1 the way did not get to the end: Error: my own\n +at .*\.mjs:1:/,
    ],
  ])("says of %s and %s what is wrong", (story, source, message) => {
    const { status, stderr } = play(story, source);
    expect(status).toBe(1);
    expect(stderr).toMatch(message);
  });
});
