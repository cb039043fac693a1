// Builds what is published: ES modules into dist/esm, CommonJS into dist/cjs, each with its own declarations.
import { spawnSync } from "node:child_process";
import { chmodSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";

const root = join(import.meta.dirname, "..");
const tsc = join(dirname(createRequire(import.meta.url).resolve("typescript/package.json")), "bin/tsc");

/** Type errors fail the build in the end, but both copies are still written. */
function compile(...options) {
  const { status } = spawnSync(process.execPath, [tsc, ...options], { cwd: root, stdio: "inherit" });
  if (status !== 0) process.exitCode = 1;
}

rmSync(join(root, "dist"), { recursive: true, force: true });
compile("-b", "adapters");
compile("-p", "tsconfig.cjs.json");
mkdirSync(join(root, "dist/cjs"), { recursive: true });
writeFileSync(join(root, "dist/cjs/package.json"), `${JSON.stringify({ type: "commonjs" })}\n`);
chmodSync(join(root, "dist/esm/adapters/cli/main.js"), 0o755);
