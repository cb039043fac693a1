import { createRequire } from "node:module";
import { describe, expect, test } from "vitest";
import * as ours from "./index.ts";

const require = createRequire(import.meta.url);

describe("redouble/ioredis", () => {
  test.each(["ioredis", "ioredis5"])("exports whatever %s exports", (name) => {
    const names = Object.keys(require(name) as object).filter((each) => each !== "defaultOptions");
    expect(Object.keys(ours)).toEqual(expect.arrayContaining(names));
  });

  test("has the class under every name that applications use", () => {
    expect(ours.default).toBe(ours.Redis);
    expect((ours.Redis as unknown as { Redis: unknown }).Redis).toBe(ours.Redis);
    expect((ours.Redis as unknown as { Cluster: unknown }).Cluster).toBe(ours.Cluster);
    expect((ours.Redis as unknown as { Command: unknown }).Command).toBe(ours.Command);
  });
});
