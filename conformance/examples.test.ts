// Nothing but the address changes: the tests of all applications that need no control over Redis, run against a real one.
import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { startRealServer, type RealServer } from "./servers/real-server.ts";
import { findServers } from "./servers/servers.ts";

const root = join(import.meta.dirname, "..");
const program = findServers({ lay: false }).programs.get("redis-8.0");

describe.skipIf(program === undefined)("on a real Redis", { timeout: 120_000 }, () => {
  let server: RealServer;

  beforeAll(async () => {
    server = await startRealServer(program!);
  });
  afterAll(() => server.stop());

  test("the session store passes", async () => {
    await run(
      "node_modules/vitest/vitest.mjs",
      "run",
      "--project",
      "examples",
      "examples/session-store/sessions.test.ts",
    );
  });

  test("the game's backend passes", async () => {
    const files = ["leaderboard.test.ts", "work-queue.test.ts"].map((file) => `examples/game-backend/${file}`);
    await run("node_modules/vitest/vitest.mjs", "run", "--project", "examples", ...files);
  });

  test.skipIf(!existsSync(join(root, "dist/cjs")))("the API limiter passes", async () => {
    await run("node_modules/jest/bin/jest.js", "examples/api-limiter/api.test.cjs");
  });

  async function run(script: string, ...options: readonly string[]): Promise<void> {
    const inherited = Object.entries(process.env).filter(([name]) => !/^(VITEST|NODE_OPTIONS|CI$|TEST$)/.test(name));
    const env = { ...Object.fromEntries(inherited), REDIS_URL: `redis://127.0.0.1:${server.port}` };
    const { stdout, stderr } = await promisify(execFile)(process.execPath, [join(root, script), ...options], {
      cwd: root,
      env,
    });
    expect(stdout + stderr).toMatch(/passed/);
  }
});
