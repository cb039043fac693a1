import { afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { configureRedouble, redouble } from "../vitest/index.ts";
import { redoubleOptions } from "./options.ts";

describe("options", () => {
  beforeEach(() => {
    process.env["REDOUBLE_SEED"] = "77";
  });
  afterEach(() => {
    delete process.env["REDOUBLE_SEED"];
  });

  test("the seed of the environment goes first", () => {
    expect(redoubleOptions({ seed: 1 }).seed).toBe(77);
    process.env["REDOUBLE_SEED"] = "a name";
    expect(redoubleOptions({ seed: 1 }).seed).toBe("a name");
  });

  test("what only runners know is kept from createRedouble", () => {
    expect(redoubleOptions({ leftOpen: "error", strict: false, addresses: ["a:1"] })).toEqual({
      addresses: ["a:1"],
      asDefault: false,
      seed: 77,
    });
  });
});

describe("configureRedouble", () => {
  beforeAll(() => {
    configureRedouble({ seed: 5, profile: "redis-7.0" });
  });

  test("refuses what it does not know", () => {
    expect(() => configureRedouble({ colour: "red" } as never)).toThrow(
      "configureRedouble has no option 'colour'; it has profile,",
    );
    expect(() => configureRedouble({ leftOpen: "fail" } as never)).toThrow(
      'leftOpen is one of warn, error, ignore, not "fail"',
    );
  });

  test("is too late within a test", () => {
    expect(() => configureRedouble({ seed: 6 })).toThrow("Call it at the top of a file or in a setup file");
  });

  test("holds for the tests that follow", () => {
    expect(redouble.seed).toBe(5);
    expect(redouble.server.engine.profile.name).toBe("redis-7.0");
  });
});
