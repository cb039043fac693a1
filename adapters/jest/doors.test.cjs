// The CommonJS copy, loaded by Jest through the package's own name.
const { expect, test } = require("@jest/globals");

test("Jest loads every door that a CommonJS application can open", () => {
  for (const door of [
    "redouble",
    "redouble/ioredis",
    "redouble/node-redis",
    "redouble/net",
    "redouble/tcp",
    "redouble/jest",
    "redouble/faults",
  ]) {
    expect(require.resolve(door)).toMatch(/dist\/cjs/);
    expect(require(door)).toBeDefined();
  }
});
