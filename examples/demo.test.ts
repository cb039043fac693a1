// The demo, as `npm run demo` shows it once the package is built.
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";

const root = join(import.meta.dirname, "..");

describe.skipIf(!existsSync(join(root, "dist/esm/adapters/index.js")))("the demo", () => {
  test("tells its stories to the end, with the same words every time", () => {
    const [first, second] = [tell(), tell()];
    expect(first).toMatch(/✗ 2027-01-01 .* locked out for good: calls:ada is 6, and its TTL is -1/);
    expect(first).toMatch(/✓ 2027-01-01 .* let in again/);
    expect(first).toMatch(/✗ 2026-01-01 .* Ada's prizes +2\n/);
    expect(first).toMatch(/✓ 2026-01-01 .* Ada's prizes +1\n/);
    expect(second).toBe(first);
  }, 60_000);
});

function tell(): string {
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    [join(root, "node_modules/tsx/dist/cli.mjs"), join(root, "examples/demo.ts")],
    { cwd: root, env: { ...process.env, NO_COLOR: "1", FORCE_COLOR: undefined, NODE_OPTIONS: "" }, encoding: "utf8" },
  );
  if (status !== 0) throw new Error(stderr);
  return stdout;
}
