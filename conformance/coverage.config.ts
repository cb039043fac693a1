// Which branches of core/commands the recorded cases alone reach: `npm run coverage:conformance`. Fails below all of them.
import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    include: ["conformance/simulated.test.ts"],
    testTimeout: 60_000,
    coverage: {
      enabled: true,
      include: ["core/commands/**/*.ts"],
      // What a cluster of several says is in cases too, but its rarer branches are reached by the tests of core/server/cluster alone.
      exclude: ["**/*.test.ts", "core/commands/cluster/**"],
      reporter: ["text-summary", ["text", { skipFull: true }]],
      reportsDirectory: ".reports/coverage-conformance",
      thresholds: { branches: 100 },
    },
  },
});
