// Which tests run where. Vitest runs every `*.test.ts` from source; Jest runs every `*.test.cjs` against the built package.
import { join } from "node:path";
import { defineConfig } from "vitest/config";

const inContinuousIntegration = Boolean(process.env["CI"]);
const here = import.meta.dirname;

/** One room, one project: `vitest run --project core`. */
const room = (name: string, { within = `${name}/**/`, timeoutMs = 10_000 } = {}) => ({
  extends: true as const,
  test: {
    name,
    include: [`${within}*.test.ts`],
    benchmark: { include: [`${within}*.bench.ts`] },
    testTimeout: timeoutMs,
    hookTimeout: timeoutMs,
  },
});

export default defineConfig({
  resolve: {
    // Examples say "redouble", as a user would; while they run here they get the source, so that no build is needed.
    alias: [
      { find: /^redouble$/, replacement: join(here, "adapters/index.ts") },
      { find: /^redouble\/faults$/, replacement: join(here, "faults/index.ts") },
      { find: /^redouble\/(.+)$/, replacement: join(here, "adapters/$1/index.ts") },
    ],
  },
  test: {
    // By itself Vitest leaves one of two processors idle, and much here waits for real servers.
    maxWorkers: "100%",
    reporters: inContinuousIntegration ? ["default", ["json", { outputFile: ".reports/vitest.json" }]] : ["default"],
    projects: [
      room("house", { within: "" }),
      room("core"),
      room("faults"),
      room("adapters"),
      room("scenarios", { timeoutMs: 60_000 }),
      room("conformance", { timeoutMs: 60_000 }),
      room("examples"),
      room("package", { timeoutMs: 120_000 }),
    ],
    coverage: { include: ["core/**/*.ts"], exclude: ["**/*.test.ts"], reporter: ["text-summary", "html"] },
  },
});
