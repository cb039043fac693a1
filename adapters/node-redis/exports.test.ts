import { createRequire } from "node:module";
import { describe, expect, test } from "vitest";
import * as ours from "./index.ts";

const require = createRequire(import.meta.url);

describe("redouble/node-redis", () => {
  test.each(["redis", "redis5"])("exports whatever %s exports", (name) => {
    expect(Object.keys(ours)).toEqual(expect.arrayContaining(Object.keys(require(name) as object)));
  });

  test("passes on node-redis's own classes and values", () => {
    const real = require("redis") as Record<string, unknown>;
    const passedOn = Object.keys(real).filter((name) => !/^create[A-Z]/.test(name));
    const replaced = passedOn.filter((name) => (ours as Record<string, unknown>)[name] !== real[name]);
    expect(replaced).toEqual([]);
  });
});
