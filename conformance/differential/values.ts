/** Values of every type and encoding, as the commands that make them: few elements and many, short ones, long ones, integers. */
import fc, { type Arbitrary } from "fast-check";
import { commandExists, commands, profiles, type ProfileName } from "../../core/index.ts";
import type { Bytes } from "../format/escapes.ts";
import { isThere } from "./sequence.ts";

type Commands = readonly (readonly Bytes[])[];

/** The commands that make a value at a key. */
export function valueCommands(key: Bytes, profile: ProfileName): Arbitrary<Commands> {
  return fc.oneof(
    string(key),
    list(key),
    members("SADD", key, fc.oneof(words(), integers())),
    members("SADD", key, integers()),
    sortedSet(key),
    hash(key, profile),
    stream(key),
    members("PFADD", key, words()),
    ...(isThere(profile, "VADD") ? [vectorSet(key)] : []),
  );
}

const SIZES = [1, 2, 7, 100, 127, 128, 129, 130, 300, 511, 512, 513, 600] as const;

function rows(element: Arbitrary<Bytes>): Arbitrary<Bytes[]> {
  return fc
    .constantFrom(...SIZES)
    .chain((size) => fc.array(element, { minLength: size, maxLength: size, size: "max" }));
}

function words(): Arbitrary<Bytes> {
  const byte = fc.nat(255).map((code) => String.fromCharCode(code));
  return fc.oneof(
    { weight: 4, arbitrary: fc.nat(2000).map((number) => `m${number}`) },
    { weight: 1, arbitrary: fc.array(byte, { maxLength: 20 }).map((bytes) => bytes.join("")) },
    { weight: 1, arbitrary: fc.constantFrom("", "x".repeat(63), "y".repeat(64), "z".repeat(65), "ab".repeat(3000)) },
    { weight: 1, arbitrary: integers() },
  );
}

function integers(): Arbitrary<Bytes> {
  return fc.oneof(
    { weight: 6, arbitrary: fc.integer({ min: -300, max: 3000 }).map(String) },
    { weight: 2, arbitrary: fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }).map(String) },
    { weight: 1, arbitrary: fc.constantFrom(...EDGES) },
  );
}

const EDGES = ["127", "128", "-4097", "32767", "32768", "8388607", "-8388609", "2147483648", "9223372036854775807"];

function string(key: Bytes): Arbitrary<Commands> {
  const text = fc.oneof(
    words(),
    integers(),
    fc.nat(3000).map((length) => "abc".repeat(length)),
  );
  return fc.oneof(
    text.map((value) => [["SET", key, value]]),
    fc.tuple(text, text).map(([first, more]) => [
      ["SET", key, first],
      ["APPEND", key, more],
    ]),
  );
}

function list(key: Bytes): Arbitrary<Commands> {
  const element = words();
  const change = fc.oneof(
    element.map((value) => ["LPUSH", key, value]),
    fc.tuple(element, element).map(([pivot, value]) => ["LINSERT", key, "BEFORE", pivot, value]),
    fc.tuple(fc.nat(50), element).map(([index, value]) => ["LSET", key, String(index), value]),
    fc.tuple(fc.nat(5), element).map(([count, value]) => ["LREM", key, String(count), value]),
  );
  return fc
    .tuple(rows(element), fc.array(change, { maxLength: 6 }))
    .map(([row, changes]) => [["RPUSH", key, ...row], ...changes]);
}

function members(command: "SADD" | "PFADD", key: Bytes, element: Arbitrary<Bytes>): Arbitrary<Commands> {
  return fc.tuple(rows(element), fc.array(element, { maxLength: 3 })).map(([row, gone]) =>
    command === "SADD" && gone.length > 0
      ? [
          [command, key, ...row],
          ["SREM", key, ...gone],
        ]
      : [[command, key, ...row]],
  );
}

function sortedSet(key: Bytes): Arbitrary<Commands> {
  const score = fc.oneof(
    fc.integer({ min: -1000, max: 1000 }).map(String),
    fc.double({ noNaN: true }).map(String),
    fc.constantFrom("inf", "-inf", "0.1", "1e17"),
  );
  return rows(words()).chain((row) =>
    fc
      .array(score, { minLength: row.length, maxLength: row.length, size: "max" })
      .map((scores) => [["ZADD", key, ...row.flatMap((member, i) => [scores[i]!, member])]]),
  );
}

function hash(key: Bytes, profile: ProfileName): Arbitrary<Commands> {
  const deadlines = commands.some((each) => each.name === "HPEXPIREAT" && commandExists(each, profiles[profile]));
  return fc
    .tuple(rows(words()), words(), fc.boolean())
    .map(([row, value, expires]) => [
      ["HSET", key, ...row.flatMap((field, i) => [field, `${value}${i % 3}`])],
      ...(deadlines && expires ? [["HPEXPIREAT", key, "4102444800000", "FIELDS", "2", row[0]!, row.at(-1)!]] : []),
    ]);
}

function vectorSet(key: Bytes): Arbitrary<Commands> {
  const component = fc.double({ min: -9, max: 9, noNaN: true });
  const vectors = fc
    .integer({ min: 1, max: 20 })
    .chain((dimensions) =>
      rows(fc.array(component, { minLength: dimensions, maxLength: dimensions, size: "max" }).map(String)),
    );
  return fc
    .tuple(
      vectors,
      words(),
      fc.constantFrom([], ["NOQUANT"], ["BIN"], ["M", "5"], ["EF", "20"]),
      fc.constantFrom([], ["REDUCE", "4"]),
    )
    .map(([row, word, options, reduction]) => [
      ...row.map((components, i) => {
        const numbers = components.split(",");
        const attributes = i % 3 === 0 ? ["SETATTR", `${word}${i % 5}`] : [];
        return [
          "VADD",
          key,
          ...reduction,
          "VALUES",
          String(numbers.length),
          ...numbers,
          `${word}${i}`,
          ...options,
          ...attributes,
        ];
      }),
      ["VREM", key, `${word}0`],
      ["VREM", key, `${word}3`],
    ]);
}

function stream(key: Bytes): Arbitrary<Commands> {
  const entry = fc.tuple(fc.constantFrom(["f"], ["f", "g"], ["h"]), words());
  return fc
    .tuple(
      fc.constantFrom(1, 5, 99, 101, 250),
      fc.array(entry, { minLength: 250, maxLength: 250, size: "max" }),
      fc.boolean(),
    )
    .map(([size, entries, grouped]) => [
      ...entries
        .slice(0, size)
        .map(([fields, value], i) => ["XADD", key, `${i + 1}-${i % 3}`, ...fields.flatMap((field) => [field, value])]),
      ["XDEL", key, "1-0", "4-0"],
      ...(grouped
        ? [
            ["XGROUP", "CREATE", key, "g", "0"],
            ["XREADGROUP", "GROUP", "g", "alice", "COUNT", "3", "STREAMS", key, ">"],
            ["XACK", key, "g", "2-1"],
          ]
        : []),
    ]);
}
