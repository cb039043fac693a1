// Nothing but the address changes: the tests of all applications that need no control over Redis, run against a real one.
import { spawn, spawnSync, type ChildProcess } from "node:child_process";
import { existsSync } from "node:fs";
import { connect, createServer } from "node:net";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, test } from "vitest";

const root = join(import.meta.dirname, "..");
const program = join(process.env["REDOUBLE_SERVERS"] ?? join(root, ".servers"), "redis-8.0/bin/server");

describe.skipIf(!existsSync(program))("on a real Redis", () => {
  let server: ChildProcess;
  let port: number;

  beforeAll(async () => {
    port = await freePort();
    server = spawn(program, ["--port", String(port), "--save", ""], { stdio: "ignore" });
    while (!(await answers(port))) await sleep(20);
  });
  afterAll(() => {
    server.kill();
  });

  test("the session store passes", () => {
    run("node_modules/vitest/vitest.mjs", "run", "--project", "examples", "examples/session-store/sessions.test.ts");
  }, 60_000);

  test("the game's backend passes", () => {
    const files = ["leaderboard.test.ts", "work-queue.test.ts"].map((file) => `examples/game-backend/${file}`);
    run("node_modules/vitest/vitest.mjs", "run", "--project", "examples", ...files);
  }, 60_000);

  test.skipIf(!existsSync(join(root, "dist/cjs")))(
    "the API limiter passes",
    () => {
      run("node_modules/jest/bin/jest.js", "examples/api-limiter/api.test.cjs");
    },
    60_000,
  );

  function run(script: string, ...options: readonly string[]): void {
    const inherited = Object.entries(process.env).filter(([name]) => !/^(VITEST|NODE_OPTIONS|CI$|TEST$)/.test(name));
    const { status, stdout, stderr } = spawnSync(process.execPath, [join(root, script), ...options], {
      cwd: root,
      env: { ...Object.fromEntries(inherited), REDIS_URL: `redis://127.0.0.1:${port}` },
      encoding: "utf8",
    });
    if (status !== 0) throw new Error(`${stdout}${stderr}`);
    expect(stdout + stderr).toMatch(/passed/);
  }
});

async function freePort(): Promise<number> {
  const probe = createServer();
  await new Promise<void>((resolve) => probe.listen(0, "127.0.0.1", resolve));
  const { port } = probe.address() as { readonly port: number };
  await new Promise((resolve) => probe.close(resolve));
  return port;
}

function answers(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, "127.0.0.1");
    socket.once("error", () => resolve(false));
    socket.once("connect", () => {
      socket.destroy();
      resolve(true);
    });
  });
}
