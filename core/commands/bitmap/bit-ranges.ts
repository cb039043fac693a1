// Parts of strings bit by bit: BITCOUNT and BITPOS, whose ranges are of bytes or of bits.
import { equalIgnoringCase, type Bytes } from "../../kernel/bytes.ts";
import { ReplyError, syntaxError } from "../../resp/errors.ts";
import { countBits, findBit } from "../../types/bitmap.ts";
import type { StringValue } from "../../types/string-value.ts";
import { arg } from "../args.ts";
import { defineCommand, type CommandFacts } from "../command.ts";
import type { CommandContext } from "../context.ts";
import { key } from "../keys.ts";
import { readInt64, readPosition } from "../numbers.ts";
import { readString } from "../string/string-values.ts";

const facts = {
  group: "bitmap",
  complexity: "O(N)",
  flags: ["readonly"],
  acl: ["bitmap"],
  keys: [key.at(1, "RO", "ACCESS")],
} as const satisfies Partial<CommandFacts>;

type Unit = "byte" | "bit";

interface BitRange {
  readonly start: number;
  /** Undefined: to the end, where BITPOS then finds zeros. */
  readonly end: number | undefined;
  readonly unit: Unit;
}

const start = arg.lateInteger("start");
const end = arg.lateInteger("end");
const unit = arg.optional(
  arg.oneOf("unit", [arg.token("byte", "BYTE"), arg.token("bit", "BIT")], { since: "7.0.0", name70: "index_unit" }),
);
const endAndUnit = arg.optional(arg.block("end-unit-block", [end, unit], { name70: "end_index" }));

function readUnit(word: Bytes): Unit {
  const found = (["byte", "bit"] as const).find((each) => equalIgnoringCase(word, each));
  if (found === undefined) throw syntaxError();
  return found;
}

/** The string at a key and a range of it. The first releases looked at the key before they read the range. */
function readPart(
  context: CommandContext,
  readRange: () => BitRange | undefined,
): { readonly value: StringValue | undefined; readonly range: BitRange | undefined } {
  const early = context.profile.can.readsBitRangeFirst ? readRange() : undefined;
  const value = readString(context, context.argv[1]!);
  return { value, range: early ?? (value === undefined ? undefined : readRange()) };
}

/** The bits [from, to) of a string that a range covers; both its ends are included, negative ones count from the end. */
function bitsOf(range: BitRange, { length }: StringValue): { readonly from: number; readonly to: number } {
  const bits = range.unit === "bit" ? 1 : 8;
  const units = (8 * length) / bits;
  const last = range.end ?? -1;
  const from = Math.max(0, range.start < 0 ? units + range.start : range.start);
  const to = Math.min(units, 1 + Math.max(0, last < 0 ? units + last : last));
  return { from: from * bits, to: to * bits };
}

/** `start`, or `start end`, or `start end BIT`; the releases differ in what may be left out and what is read first. */
function countRange({ argv, profile }: CommandContext): BitRange | undefined {
  if (argv.length === 2) return undefined;
  const { countsBitsWithoutEnd } = profile.can;
  if (argv.length > 5 || (argv.length === 3 && !countsBitsWithoutEnd)) throw syntaxError();
  const range = readRangeWords(argv.slice(2), countsBitsWithoutEnd);
  return { ...range, end: range.end ?? -1 };
}

function readRangeWords([from = "", to, word]: readonly Bytes[], unitFirst: boolean): BitRange {
  const first = readPosition(from);
  const early = unitFirst && word !== undefined ? readUnit(word) : undefined;
  const last = to === undefined ? undefined : readPosition(to);
  return { start: first, end: last, unit: early ?? (word === undefined ? "byte" : readUnit(word)) };
}

export const bitcount = defineCommand({
  ...facts,
  name: "BITCOUNT",
  since: "2.6.0",
  arity: -2,
  summary: "Counts the set bits of a string, or of a part of it.",
  args: [
    arg.key("key"),
    arg.optional(
      arg.block("range", [start, end, unit], { since: { redis: "2.6.0" }, sinceShown: {}, name70: "index" }),
    ),
    arg.optional(
      arg.block("part", [start, endAndUnit], { since: { valkey: "8.1.0" }, sinceShown: {}, nameShown: "range" }),
    ),
  ],
  ignoresArguments: true,
  run(context) {
    const { value = "", range } = readPart(context, () => countRange(context));
    const { from, to } = bitsOf(range ?? { start: 0, end: -1, unit: "byte" }, value);
    const backwards = range?.end !== undefined && range.start < 0 && range.end < 0 && range.start > range.end;
    context.reply.integer(backwards ? 0 : countBits(value, from, to));
  },
});

export const bitpos = defineCommand({
  ...facts,
  name: "BITPOS",
  since: "2.8.7",
  arity: -3,
  summary: "Finds the first bit of a string, or of a part of it, that is set or clear.",
  args: [
    arg.key("key"),
    arg.lateInteger("bit"),
    arg.optional(arg.block("range", [start, endAndUnit], { name70: "index" })),
  ],
  ignoresArguments: true,
  run(context) {
    const { argv, reply } = context;
    const bit = readInt64(argv[2]!);
    if (bit !== 0 && bit !== 1) throw new ReplyError("ERR The bit argument must be 1 or 0.");
    const { value, range } = readPart(context, () => positionRange(argv));
    if (value === undefined) reply.integer(bit === 1 ? -1 : 0);
    else reply.integer(position(value, bit, range!));
  },
});

function positionRange(argv: readonly Bytes[]): BitRange {
  if (argv.length > 6) throw syntaxError();
  return argv.length === 3 ? { start: 0, end: undefined, unit: "byte" } : readRangeWords(argv.slice(3), true);
}

/** Behind the end all is clear; who names an end looks no further. */
function position(value: StringValue, bit: 0 | 1, range: BitRange): number {
  const { from, to } = bitsOf(range, value);
  if (from >= to) return -1;
  const found = findBit(value, bit, from, to);
  return found < 0 && bit === 0 && range.end === undefined ? to : found;
}
