// Integers and doubles: exact at the edges of 64 bits, and printed as Redis prints.
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { printDouble } from "./doubles.ts";
import { addInt64, INT64_MAX, INT64_MIN, multiplyInt64, parseInt64, subtractInt64 } from "./integers.ts";
import { addLongDouble, parseLongDouble, printLongDouble } from "./long-double.ts";

describe("64-bit integers", () => {
  test.each([
    "",
    "-",
    "+1",
    " 1",
    "1 ",
    "01",
    "-0",
    "1.0",
    "0x1",
    "9223372036854775808",
    "-9223372036854775809",
    "1e3",
  ])("%j is none", (text) => expect(parseInt64(text)).toBeUndefined());

  test("what is printed is read back, and numbers beyond 2^53 are bigints", () => {
    fc.assert(
      fc.property(fc.bigInt({ min: INT64_MIN, max: INT64_MAX }), (value) => {
        const read = parseInt64(String(value))!;
        expect(BigInt(read)).toBe(value);
        expect(typeof read === "number").toBe(Number.isSafeInteger(Number(value)));
      }),
    );
  });

  test("sums, differences and products are exact or undefined", () => {
    const int64 = fc.bigInt({ min: INT64_MIN, max: INT64_MAX });
    fc.assert(
      fc.property(int64, int64, (a, b) => {
        for (const [operate, exact] of [
          [addInt64, a + b],
          [subtractInt64, a - b],
          [multiplyInt64, a * b],
        ] as const) {
          const result = operate(parseInt64(String(a))!, parseInt64(String(b))!);
          const fits = exact >= INT64_MIN && exact <= INT64_MAX;
          expect(result === undefined ? undefined : BigInt(result)).toBe(fits ? exact : undefined);
        }
      }),
    );
  });
});

describe("long doubles", () => {
  const sum = (a: string, b: string): string =>
    printLongDouble(addLongDouble(parseLongDouble(a)!, parseLongDouble(b)!)!);

  test("0.1 + 0.2 is 0.3", () => expect(sum("0.1", "0.2")).toBe("0.3"));
  test("an exponent, a hexadecimal and a sign are read", () => expect(sum("5.0e3", "+0x10p-1")).toBe("5008"));
  test("no minus before zero", () => expect(sum("-1", "1")).toBe("0"));
  test("infinities meet: no sum", () => {
    expect(addLongDouble(parseLongDouble("inf")!, parseLongDouble("-inf")!)).toBeUndefined();
  });
  test.each(["", "abc", "1 ", " 1", "nan", "1e5000", "--1", "1e", "0x"])("%j is none", (text) => {
    expect(parseLongDouble(text)).toBeUndefined();
  });
  test("whole numbers print as they are", () => {
    fc.assert(
      fc.property(fc.maxSafeInteger(), (value) => {
        expect(printLongDouble(parseLongDouble(`${value}`)!)).toBe(`${value}`);
      }),
    );
  });
});

describe("doubles", () => {
  test.each([
    [0, "0", "0"],
    [-0, "-0", "-0"],
    [3, "3", "3"],
    [0.1, "0.1", "0.10000000000000001"],
    [1e17, "100000000000000000", "1e+17"],
    [1e20, "1e+20", "1e+20"],
    [1e21, "1e+21", "1e+21"],
    [1.5e-7, "1.5e-7", "1.4999999999999999e-07"],
    [0.001, "0.001", "0.001"],
    [Number.POSITIVE_INFINITY, "inf", "inf"],
    [Number.NEGATIVE_INFINITY, "-inf", "-inf"],
    [Number.NaN, "nan", "nan"],
  ])("%d prints as %s, and as %s in 7.0", (value, shortest, printf17) => {
    expect(printDouble(value, "shortest")).toBe(shortest);
    expect(printDouble(value, "printf17")).toBe(printf17);
  });

  test("both styles read back as the same number", () => {
    fc.assert(
      fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), (value) => {
        expect(Number(printDouble(value, "shortest"))).toBe(value);
        expect(Number(printDouble(value, "printf17"))).toBe(value);
      }),
    );
  });
});
