// Jest runs every `*.test.cjs`: plain CommonJS against the built package, the way a Jest user meets it. Build first.
export default {
  testEnvironment: "node",
  testMatch: ["<rootDir>/adapters/**/*.test.cjs", "<rootDir>/examples/**/*.test.cjs"],
  modulePathIgnorePatterns: ["<rootDir>/dist/esm", "<rootDir>/.servers"],
  transform: {},
};
