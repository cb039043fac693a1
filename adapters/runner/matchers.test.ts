import { describe, expect, test } from "vitest";
import { redouble } from "../vitest/index.ts";

describe("toHaveKey", () => {
  const values = {
    string: 1,
    list: ["a", 1],
    set: new Set(["a", 1]),
    hash: { name: "ada", calls: 1 },
    "sorted set": [["ada", 1.5] as const],
    stream: [["1-0", { job: "mail" }] as const],
  };

  test.each(Object.entries(values))("compares a %s", (key, value) => {
    redouble.server.load({ [key]: value });
    expect(redouble.server).toHaveKey(key, value);
  });

  test.each<[keyof typeof values, unknown]>([
    ["list", [1, "a"]],
    ["list", new Set(["a", 1])],
    ["set", new Set(["a", 2])],
    ["set", new Set(["a"])],
    ["hash", { name: "ada" }],
    ["hash", { name: "ada", calls: 2 }],
    ["sorted set", [["ada", 2]]],
    ["sorted set", [["ada", "1.5"]]],
    ["stream", [["1-0", { job: "bill" }]]],
  ])("tells a %s from what it is not", (key, other) => {
    redouble.server.load(values);
    expect(redouble.server).not.toHaveKey(key, other);
    expect(() => expect(redouble.server).toHaveKey(key, other)).toThrow("Received value:");
  });

  test("shows no more of large values than people read", () => {
    redouble.server.load({ large: "x".repeat(100_000) });
    const assertion = (): void => expect(redouble.server).toHaveKey("large", "y".repeat(100_000));
    expect(assertion).toThrow(/value: \S*"y+\.\.\. \(and \d+ more characters\)\S*\nReceived value: \S*"x+\.\.\. \(and/);
    expect(assertion).toThrow(/^[^]{8000,9000}$/);
  });

  test("takes matchers at any depth", () => {
    redouble.server.load(values);
    expect(redouble.server).toHaveKey("hash", { name: expect.stringMatching(/^a/) as unknown, calls: 1 });
    expect(redouble.server).toHaveKey("list", expect.arrayContaining(["a"]));
    expect(redouble.server).toHaveKey("stream", [[expect.any(String), { job: "mail" }]]);
  });

  test("looks at values, not at their times to live", () => {
    redouble.server.load({ hash: { value: { name: { value: "ada", ttl: "1m" } }, ttl: "1h" } });
    expect(redouble.server).toHaveKey("hash", { name: "ada" });
  });
});
