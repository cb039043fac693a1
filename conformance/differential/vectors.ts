/**
 * Commands over vector sets whose answers do not follow from chance: no two elements are equally far from anything, and no
 * thread replies when it has the time, as VADD CAS and VSIM without NOTHREAD do.
 */
import fc, { type Arbitrary } from "fast-check";
import type { Bytes } from "../format/escapes.ts";

type Words = readonly Bytes[];

/** What two servers answer differently, because levels of the graph are drawn by chance. */
export const drawnByChance: Readonly<Record<string, string>> = {
  VLINKS: "the levels of the graph are drawn by chance",
  VINFO: "and so is the highest of them; sets are counted since the server started",
  VRANDMEMBER: "elements are drawn by chance",
};

/** Each key keeps one kind of vectors, so that what is asked for nearly always fits it. */
const KINDS: Readonly<Record<Bytes, { readonly dimensions: number; readonly shape: Words; readonly reduced?: Bytes }>> =
  {
    "vector-set:1": { dimensions: 9, shape: [] },
    "vector-set:2": { dimensions: 13, shape: ["NOQUANT", "M", "6"] },
    "vector-set:3": { dimensions: 11, shape: ["Q8"], reduced: "5" },
  };

const elements = ["a", "b", "c", "d", "e", "f", "g", "h", "", "\x00\xff"];

/** A command of the group by its name, at one of the keys that a sequence uses. */
export function vectorRequest(name: Bytes, key: Arbitrary<Bytes>): Arbitrary<Words> {
  return key.chain((at) => argumentsOf(name, at).map((words) => [name, at, ...words]));
}

function argumentsOf(name: Bytes, key: Bytes): Arbitrary<Words> {
  switch (name) {
    case "VADD":
      return addition(key);
    case "VSIM":
      return search(key);
    case "VEMB":
      return fc.tuple(element(), sometimes(["RAW"], ["raw", "RAW"], ["x"])).map(([each, raw]) => [each, ...raw]);
    case "VSETATTR":
      return fc.tuple(element(), attributes()).map((words) => words);
    case "VCARD":
    case "VDIM":
      return sometimes(["x"]);
    default:
      return fc.tuple(element(), sometimes(["x"])).map(([each, more]) => [each, ...more]);
  }
}

function addition(key: Bytes): Arbitrary<Words> {
  const { shape, reduced } = kindOf(key);
  const options = fc.tuple(
    fc.oneof({ weight: 20, arbitrary: fc.constant(shape) }, { weight: 1, arbitrary: fc.constant<Words>(["BIN"]) }),
    sometimes(["Q8"], ["EF", "50"], ["EF", "x"], ["M", "3"], ["FOO"], ["SETATTR"]),
    fc.oneof(
      fc.constant<Words>([]),
      attributes().map((json) => ["SETATTR", json]),
    ),
  );
  const reduction = reduced === undefined ? sometimes(["REDUCE", "3"]) : fc.constant<Words>(["REDUCE", reduced]);
  return fc
    .tuple(reduction, vector(key), element(), options)
    .map(([before, each, name, behind]) => [...before, ...each, name, ...behind.flat()]);
}

function search(key: Bytes): Arbitrary<Words> {
  const query = fc.oneof(
    vector(key),
    element().map((each): Words => ["ELE", each]),
  );
  const options = fc.tuple(
    sometimes(["WITHSCORES"]),
    sometimes(["COUNT", "1"], ["COUNT", "3"], ["COUNT", "100"], ["COUNT", "0"]),
    sometimes(["EPSILON", "0.7"], ["EPSILON", "1.9"], ["EPSILON", "x"]),
    sometimes(["EF", "500"], ["EF", "-1"]),
    sometimes(["TRUTH"], ["FOO"]),
    fc.oneof(
      fc.constant<Words>([]),
      expression().map((each): Words => ["FILTER", each, "FILTER-EF", "5000"]),
    ),
  );
  return fc.tuple(query, options).map(([of, rest]) => [...of, "NOTHREAD", ...rest.flat()]);
}

/** Of as many components as the key's vectors have, nearly always. */
function vector(key: Bytes): Arbitrary<Words> {
  const { dimensions } = kindOf(key);
  const length = fc.oneof(
    { weight: 30, arbitrary: fc.constant(dimensions) },
    { weight: 1, arbitrary: fc.integer({ min: 1, max: 12 }) },
  );
  return length.chain((count) =>
    fc
      .array(component, { minLength: count, maxLength: count, size: "max" })
      .chain((components) =>
        fc.constantFrom<Words>(["FP32", floats(components)], ["VALUES", String(count), ...components.map(String)]),
      ),
  );
}

/** Many digits, so that no two vectors are alike. */
const component = fc.integer({ min: -(2 ** 31), max: 2 ** 31 }).map((number) => number / 987654321);

function floats(components: readonly number[]): Bytes {
  return Buffer.from(Float32Array.from(components).buffer).toString("latin1");
}

function element(): Arbitrary<Bytes> {
  return fc.constantFrom(...elements);
}

function attributes(): Arbitrary<Bytes> {
  return fc.constantFrom("", '{"n":1,"s":"x"}', '{"n":2,"s":"y","t":[1,2,"x"]}', '{"n":"3"}', '{"n":null}', "none");
}

function expression(): Arbitrary<Bytes> {
  return fc.constantFrom(
    ".n > 1",
    ".s == 'x' or .n == 3",
    "1 in .t",
    ".n in [1, 2]",
    "not .n",
    ".n ** 2 < 5",
    "1",
    ".n >",
    "@",
  );
}

/** Nothing most often, or one of some. */
function sometimes(...choices: readonly Words[]): Arbitrary<Words> {
  return fc.oneof(
    { weight: 12, arbitrary: fc.constant<Words>([]) },
    { weight: choices.length, arbitrary: fc.constantFrom(...choices) },
  );
}

function kindOf(key: Bytes): (typeof KINDS)[Bytes] {
  return KINDS[key] ?? KINDS["vector-set:1"]!;
}
