// Globs: Redis's own oddities, and time that does not explode.
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { globMatch } from "./glob.ts";

describe("globMatch", () => {
  test.each([
    ["*", "", false],
    ["", "", true],
    ["h?llo", "hello", true],
    ["h[^e]llo", "hello", false],
    ["h[a-e]llo", "hello", true],
    ["h[e-a]llo", "hello", true],
    ["h\\*llo", "h*llo", true],
    ["h\\*llo", "hello", false],
    ["a*b*c", "aXbYbZc", true],
    ["a*b*c", "aXbYbZ", false],
    ["[", "[", false],
    ["[a", "a", true],
    ["[]", "a", false],
    ["a**", "a", true],
    ["?", "", false],
    ["a\\", "a\\", true],
  ])("%j against %j is %j", (pattern, text, matches) => {
    expect(globMatch(pattern, text)).toBe(matches);
  });

  test("case is folded only when asked for", () => {
    expect(globMatch("H*", "hello")).toBe(false);
    expect(globMatch("H*", "hello", { ignoreCase: true })).toBe(true);
  });

  test("a pattern of many stars against a text that almost matches ends soon", () => {
    expect(globMatch("a*".repeat(50) + "b", "a".repeat(5000))).toBe(false);
  });

  test("every text without special characters matches itself and a prefix with a star", () => {
    fc.assert(
      fc.property(
        fc.string({ unit: fc.constantFrom("a", "b", "X", "Y", "0", "9", " "), minLength: 1 }),
        fc.nat(),
        (text, cut) => {
          expect(globMatch(text, text)).toBe(true);
          expect(globMatch(`${text.slice(0, cut % (text.length + 1))}*`, text)).toBe(true);
        },
      ),
    );
  });
});
