/** Requests as the grammar of the command table allows them, and as it nearly does: where every random frame begins. */
import fc, { type Arbitrary } from "fast-check";
import { commands, type Command } from "../../core/index.ts";
import type { Bytes } from "../format/escapes.ts";

type Words = readonly Bytes[];
type Arg = Command["args"][number];

/** A name and arguments that fit it; one in five has a word too many, too few, twice or elsewhere. */
export function request(): Arbitrary<Words> {
  const one = fc.oneof(...commands.flatMap((command) => requestsOf(command, [])));
  return fc.oneof(
    { weight: 4, arbitrary: one },
    { weight: 1, arbitrary: fc.tuple(one, fc.nat(), fc.nat(), value()).map(disturb) },
  );
}

function requestsOf(command: Command, before: Words): Arbitrary<Words>[] {
  const names = [...before, command.name];
  const own = fc.tuple(fc.tuple(...names.map(anyCase)), row(command.args)).map((parts) => parts.flat());
  return command.subcommands.length === 0
    ? [own]
    : command.subcommands.flatMap((subcommand) => requestsOf(subcommand, names));
}

function row(args: readonly Arg[]): Arbitrary<Words> {
  return fc.tuple(...args.map(argument)).map((parts) => parts.flat());
}

function argument(each: Arg): Arbitrary<Words> {
  const behind = each.facts.token === undefined ? fc.constant([]) : anyCase(each.facts.token).map((token) => [token]);
  const once = fc.tuple(behind, inner(each)).map((parts) => parts.flat());
  const often = each.multiple ? fc.array(once, { minLength: 1, maxLength: 3 }).map((parts) => parts.flat()) : once;
  return each.optional ? fc.oneof(fc.constant([]), often) : often;
}

function inner(each: Arg): Arbitrary<Words> {
  switch (each.type) {
    case "pure-token":
      return fc.constant([]);
    case "block":
      return row(each.parts);
    case "oneof":
      return fc.oneof(...each.parts.map(argument));
    case "key":
      return fc.constantFrom(...keys).map((key) => [key]);
    case "integer":
      return fc.oneof(fc.constantFrom(...integers), fc.integer({ min: -1000, max: 100_000 }).map(String)).map(alone);
    case "unix-time":
      return fc.constantFrom(...instants, ...integers).map(alone);
    case "double":
      return fc.oneof(fc.constantFrom(...doubles), fc.double().map(String)).map(alone);
    case "pattern":
      return fc.constantFrom(...patterns).map(alone);
    default:
      return value().map(alone);
  }
}

const alone = (word: Bytes): Words => [word];

function value(): Arbitrary<Bytes> {
  const byte = fc.nat(255).map((code) => String.fromCharCode(code));
  return fc.oneof(
    fc.constantFrom(...integers, ...doubles, ...keys, "v", "hello world", "x".repeat(100)),
    fc.array(byte, { maxLength: 12 }).map((bytes) => bytes.join("")),
  );
}

function anyCase(word: Bytes): Arbitrary<Bytes> {
  return fc.constantFrom(word, word.toLowerCase(), word.slice(0, 1) + word.slice(1).toLowerCase());
}

function disturb([words, at, how, word]: readonly [Words, number, number, Bytes]): Words {
  const place = at % words.length;
  const others = words.toSpliced(place, 1);
  switch (how % 5) {
    case 0:
      return others;
    case 1:
      return words.toSpliced(place, 0, word);
    case 2:
      return words.toSpliced(place, 1, word);
    case 3:
      return words.toSpliced(place, 0, words[place] ?? "");
    default:
      return [...others, words[place] ?? ""];
  }
}

const keys = ["k", "l", "m", "key:1", "", "\x00\xff"];
const integers = [
  ..."0 1 -1 2 3 10 100 +1 -0 01 1.5 abc 4294967296 2147483648 99999999999999999999".split(" "),
  ..."9223372036854775807 -9223372036854775808 9223372036854775808 9223372036854775".split(" "),
  "",
  " 1",
  "1 ",
  "1\0",
];
const instants = ["1750000000", "1750000001", "1750000100", "1749999999", "1750000000000", "1750000001000"];
const doubles =
  "0.1 0.2 -1.5 3.0 1e3 1E-3 1e308 -1e308 1e4000 1e5000 inf -inf +Infinity nan 0x10 .5 5. 1e 1.0e+2 3.14159265358979".split(
    " ",
  );
const patterns = ["*", "k*", "?", "[kl]", "[^k]", "[k-m]*", "[", "[k", String.raw`\k`, "\\", "**", "", "k\0*"];
