/** Commands of one client over all of Redis's data, drawn from the grammar that the command table gives. */
import fc, { type Arbitrary } from "fast-check";
import { commandExists, commands, profiles, type Command, type ProfileName } from "../../core/index.ts";
import type { Bytes } from "../format/escapes.ts";
import { drawnByChance, vectorRequest } from "./vectors.ts";

/** A command, or the passing of time in milliseconds. */
export type Step = { readonly words: readonly Bytes[] } | { readonly advanceMs: number };

type Words = readonly Bytes[];
type Arg = Command["args"][number];

/** Groups whose commands change or read data, and how often each is drawn. */
const GROUPS: Readonly<Record<string, number>> = {
  string: 2,
  list: 3,
  set: 3,
  hash: 4,
  "sorted-set": 4,
  stream: 4,
  bitmap: 2,
  hyperloglog: 1,
  geo: 2,
  "vector-set": 2,
  generic: 3,
};

/** What two servers may answer differently, each for a reason of its own. */
const LEFT_OUT: Readonly<Record<string, string>> = {
  RANDOMKEY: "a key is drawn by chance",
  SPOP: "members are drawn by chance",
  SRANDMEMBER: "members are drawn by chance",
  HRANDFIELD: "fields are drawn by chance",
  ZRANDMEMBER: "members are drawn by chance",
  SCAN: "the order follows from a random seed",
  DUMP: "hashed collections lie there in any order; payloads are compared where values cross",
  MIGRATE: "it needs another server",
  WAIT: "it waits for replicas",
  WAITAOF: "it waits for a disk",
  OBJECT: "idle times of shared integers; encodings are compared in the end",
  PFSELFTEST: "it takes a second",
  PFDEBUG: "it turns sparse values into dense ones for good",
  ...drawnByChance,
};

/** Sequences of up to `longest` steps that a profile's commands allow. */
export function sequence(profile: ProfileName, longest: number): Arbitrary<readonly Step[]> {
  const step = fc.oneof(
    { weight: 12, arbitrary: request(profile).map((words): Step => ({ words })) },
    {
      weight: 1,
      arbitrary: fc.constantFrom(1, 2, 999, 1000, 1001, 5000, 60_000).map((advanceMs): Step => ({ advanceMs })),
    },
  );
  return fc.array(step, { minLength: 1, maxLength: longest, size: "max" });
}

/** A command over data that does not wait. */
export function request(profile: ProfileName): Arbitrary<Words> {
  const asked = commands.filter(
    (command) =>
      command.group in GROUPS &&
      !(command.name in LEFT_OUT) &&
      !command.flags.includes("blocking") &&
      commandExists(command, profiles[profile]),
  );
  const weighted = asked.map((command) => ({
    weight: command.flags.includes("write") ? 2 * GROUPS[command.group]! : GROUPS[command.group]!,
    arbitrary:
      command.group === "vector-set"
        ? vectorRequest(command.name, keyOf(command.group))
        : requestOf(command, [], profile),
  }));
  return fc.oneof(...weighted);
}

/** Whether a profile has a command. */
export function isThere(profile: ProfileName, name: string): boolean {
  return commands.some((each) => each.name === name && commandExists(each, profiles[profile]));
}

function requestOf(command: Command, before: Words, profile: ProfileName): Arbitrary<Words> {
  const names = [...before, command.name];
  const subcommands = command.subcommands.filter(
    (each) => each.name !== "HELP" && commandExists(each, profiles[profile]),
  );
  if (subcommands.length > 0) return fc.oneof(...subcommands.map((each) => requestOf(each, names, profile)));
  // How far a cursor goes over a hash table follows from a random seed.
  const args = command.name.endsWith("SCAN") ? command.args.filter(({ name }) => name !== "count") : command.args;
  return row(args, command.group).map((words) => [...names, ...words]);
}

/** Keys behind their number are so many, nearly always. */
function row(args: readonly Arg[], group: string): Arbitrary<Words> {
  const counted = args.findIndex(({ name }) => name === "numkeys" || name === "numfields");
  if (counted < 0) return fc.tuple(...args.map((each) => argument(each, group))).map((parts) => parts.flat());
  const [before, after] = [args.slice(0, counted), args.slice(counted + 2)];
  const of = args[counted + 1]!;
  const keys = fc.array(once(of, group), { minLength: 1, maxLength: 3 });
  const number = fc.oneof(
    { weight: 15, arbitrary: keys.map((each) => [String(each.length), ...each.flat()]) },
    { weight: 1, arbitrary: fc.tuple(integer(group), keys).map(([count, each]) => [count, ...each.flat()]) },
  );
  return fc.tuple(row(before, group), number, row(after, group)).map((parts) => parts.flat());
}

function argument(each: Arg, group: string): Arbitrary<Words> {
  const behind = once(each, group);
  const often = each.multiple ? fc.array(behind, { minLength: 1, maxLength: 4 }).map((parts) => parts.flat()) : behind;
  return each.optional ? fc.oneof({ weight: 3, arbitrary: fc.constant([]) }, { weight: 2, arbitrary: often }) : often;
}

function once(each: Arg, group: string): Arbitrary<Words> {
  const token = each.facts.token === undefined ? [] : [each.facts.token];
  return inner(each, group).map((words) => [...token, ...words]);
}

function inner(each: Arg, group: string): Arbitrary<Words> {
  switch (each.type) {
    case "pure-token":
      return fc.constant([]);
    case "block":
      return row(each.parts, group);
    case "oneof":
      return fc.oneof(...each.parts.map((part) => argument(part, group)));
    default:
      return word(each, group).map((one) => [one]);
  }
}

function word({ type, name }: Arg, group: string): Arbitrary<Bytes> {
  switch (type) {
    case "key":
      return keyOf(group);
    case "integer":
      return name === "cursor" ? fc.constantFrom("0", "0", "0", "0", "x") : integer(group);
    case "unix-time":
      return fc.constantFrom("1750000001", "1750000100", "1750000000500", "1750000060000", "1749999999", "-1");
    case "double":
      return double();
    case "pattern":
      return fc.constantFrom("*", "m*", "?", "[a-c]*", "");
    default:
      return named(name, group);
  }
}

/** Words that mean something where they stand. */
function named(name: string, group: string): Arbitrary<Bytes> {
  if (/^(id|start|end|lastid|last-id|entry-id|max-deleted-id|threshold)$/i.test(name) && group === "stream")
    return fc.oneof(fc.constantFrom("*", "0", "$", "-", "+", ">", "5-*", "(3-1"), streamId());
  if (group === "stream" && /group|consumer/.test(name)) return fc.constantFrom("g", "h", "alice", "bob");
  if (group === "sorted-set" && /min|max|start|stop/.test(name))
    return fc.oneof(fc.constantFrom("-", "+", "[a", "(b", "[m2", "-inf", "+inf", "(1", "0", "-1"), integer(group));
  if (name === "encoding") return fc.constantFrom("u8", "i8", "u1", "i64", "u63", "i5", "u64");
  if (name === "offset") return fc.oneof(integer(group), fc.constantFrom("#0", "#1", "#3"));
  return value();
}

function streamId(): Arbitrary<Bytes> {
  return fc
    .tuple(fc.nat(12), fc.option(fc.nat(3), { nil: undefined }))
    .map(([ms, seq]) => (seq === undefined ? String(ms) : `${ms}-${seq}`));
}

/** Every key that a sequence may use. */
export const sequenceKeys: readonly Bytes[] = Object.keys(GROUPS).flatMap((group) =>
  ["1", "2", "3"].map((number) => `${group}:${number}`),
);

/** Mostly a key of the group's own, so that commands meet their type. */
function keyOf(group: string): Arbitrary<Bytes> {
  const own = fc.constantFrom("1", "2", "3").map((number) => `${group}:${number}`);
  const any = fc.constantFrom(...Object.keys(GROUPS)).map((each) => `${each}:1`);
  return fc.oneof({ weight: 12, arbitrary: own }, { weight: 1, arbitrary: any });
}

/** A bit far away would make strings of hundreds of megabytes, which take seconds to compare. */
function integer(group: string): Arbitrary<Bytes> {
  const edges = group === "bitmap" ? EDGES.filter((edge) => !edge.startsWith("21474836")) : EDGES;
  return fc.oneof(
    { weight: 8, arbitrary: fc.integer({ min: -3, max: 12 }).map(String) },
    { weight: 2, arbitrary: fc.integer({ min: -200, max: 1200 }).map(String) },
    { weight: 1, arbitrary: fc.constantFrom(...edges) },
  );
}

const EDGES = ["2147483647", "2147483648", "4294967296", "9223372036854775807", "-9223372036854775808", "x", "", "1.5"];

function double(): Arbitrary<Bytes> {
  return fc.oneof(
    { weight: 4, arbitrary: fc.integer({ min: -5, max: 90 }).map(String) },
    { weight: 3, arbitrary: fc.double({ min: -180, max: 180, noNaN: true }).map(String) },
    { weight: 1, arbitrary: fc.constantFrom("inf", "-inf", "nan", "1e300", "0.1", "-0", "1e-7", "3.0", "x", "(1") },
  );
}

function value(): Arbitrary<Bytes> {
  return fc.oneof(
    { weight: 6, arbitrary: fc.constantFrom("a", "b", "c", "m1", "m2", "m3", "", "hello") },
    { weight: 3, arbitrary: fc.integer({ min: -5, max: 300 }).map(String) },
    {
      weight: 1,
      arbitrary: fc.constantFrom("x".repeat(65), "y".repeat(300), "\x00\xff", "12345678901", "0.5", ...EDGES),
    },
  );
}
