// Which branches of core/commands the recorded cases alone reach: `npm run coverage:conformance`. Fails below all of them.
import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    include: ["conformance/simulated.test.ts"],
    testTimeout: 60_000,
    coverage: {
      enabled: true,
      include: ["core/commands/**/*.ts"],
      exclude: ["**/*.test.ts"],
      reporter: ["text-summary", ["text", { skipFull: true }]],
      reportsDirectory: ".reports/coverage-conformance",
      thresholds: { branches: 100 },
    },
  },
});
