// Integers of any width within strings: BITFIELD and BITFIELD_RO (bitops.c: bitfieldGeneric).
import { equalIgnoringCase, type Bytes } from "../../kernel/bytes.ts";
import { fitInt64, INT64_MAX, parseInt64 } from "../../kernel/integers.ts";
import { ReplyError, syntaxError } from "../../resp/errors.ts";
import { readField, writeField, type BitField } from "../../types/bitmap.ts";
import { arg } from "../args.ts";
import { defineCommand, type CommandFacts } from "../command.ts";
import type { CommandContext } from "../context.ts";
import { key, type KeyFlag } from "../keys.ts";
import { readInt64 } from "../numbers.ts";
import { readString } from "../string/string-values.ts";
import { readBitOffset, stringForBits, type Writable } from "./offsets.ts";

type Overflow = "wrap" | "sat" | "fail";

interface WriteOperation {
  readonly is: "set" | "incrby";
  readonly field: BitField;
  readonly operand: bigint;
  readonly overflow: Overflow;
}

type FieldOperation = WriteOperation | { readonly is: "get"; readonly field: BitField };

/** All operations are read before the first is done. */
function readOperations(context: CommandContext): FieldOperation[] {
  const { argv } = context;
  const operations: FieldOperation[] = [];
  let overflow: Overflow = "wrap";
  for (let i = 2; i < argv.length;) {
    const left = argv.length - i - 1;
    const is = (token: Bytes): boolean => equalIgnoringCase(argv[i]!, token);
    if (is("OVERFLOW") && left >= 1) {
      overflow = readOverflow(argv[i + 1]!);
      i += 2;
    } else if (is("GET") && left >= 2) {
      operations.push({ is: "get", field: readFieldWords(context, argv[i + 1]!, argv[i + 2]!) });
      i += 3;
    } else if ((is("SET") || is("INCRBY")) && left >= 3) {
      const field = readFieldWords(context, argv[i + 1]!, argv[i + 2]!);
      const operand = BigInt(readInt64(argv[i + 3]!));
      operations.push({ is: is("SET") ? "set" : "incrby", field, operand, overflow });
      i += 4;
    } else throw syntaxError();
  }
  return operations;
}

function readOverflow(word: Bytes): Overflow {
  const found = (["wrap", "sat", "fail"] as const).find((each) => equalIgnoringCase(word, each));
  if (found === undefined) throw new ReplyError("ERR Invalid OVERFLOW type specified");
  return found;
}

/** `i5`, `u63`, and where it begins. */
function readFieldWords(context: CommandContext, type: Bytes, offset: Bytes): BitField {
  const signed = type.startsWith("i");
  const bits = signed || type.startsWith("u") ? parseInt64(type.slice(1).split("\0", 1)[0]!) : undefined;
  if (bits === undefined || bits < 1 || bits > (signed ? 64 : 63)) {
    throw new ReplyError(
      "ERR Invalid bitfield type. Use something like i16 u8. Note that u64 is not supported but i64 is.",
    );
  }
  return { offset: readBitOffset(context, offset, Number(bits)), bits: Number(bits), signed };
}

/** Operations that write have the string made long enough first, even those that then fail. */
function operateAll(context: CommandContext, operations: readonly FieldOperation[]): void {
  const lastBit = operations.reduce((last, { is, field }) => (is === "get" ? last : Math.max(last, endOf(field))), -1);
  if (lastBit >= 0) write(context, operations, lastBit);
  else read(context, operations);
}

const endOf = ({ offset, bits }: BitField): number => offset + bits - 1;

function read(context: CommandContext, operations: readonly FieldOperation[]): void {
  const value = readString(context, context.argv[1]!) ?? "";
  context.reply.array(operations.length);
  for (const { field } of operations) context.reply.integer(fitInt64(readField(value, field))!);
}

function write(context: CommandContext, operations: readonly FieldOperation[], lastBit: number): void {
  const { db, reply, argv, notify, propagate } = context;
  const name = argv[1]!;
  const target = stringForBits(context, name, lastBit);
  reply.array(operations.length);
  let changes = 0;
  for (const operation of operations) {
    const outcome = operate(target, operation);
    if (outcome === undefined) reply.null();
    else reply.integer(fitInt64(outcome.shown)!);
    if (outcome?.changed) changes++;
  }
  if (changes === 0) return;
  db.touch(name);
  notify("string", "setbit", name);
  propagate.verbatim(changes);
}

/** One operation; undefined where it fails because the result does not fit. */
function operate(
  { string, grown }: Writable,
  operation: FieldOperation,
): { readonly shown: bigint; readonly changed: boolean } | undefined {
  const { field } = operation;
  const before = readField(string, field);
  if (operation.is === "get") return { shown: before, changed: false };
  const { is, operand } = operation;
  const after = is === "set" ? settable(operand, operation) : fitted(before + operand, operation);
  if (after === undefined) return undefined;
  writeField(string, field, after);
  return { shown: is === "set" ? before : after, changed: grown || before !== after };
}

/** What SET stores: an unsigned field takes negative numbers as those of 64 bits that look the same. */
function settable(operand: bigint, operation: WriteOperation): bigint | undefined {
  const { signed, bits } = operation.field;
  if (!signed) return fitted(BigInt.asUintN(64, operand), operation);
  const { max } = boundsOf(operation.field);
  // So far below that the distance overflows 64 bits, it counts as above.
  const comesRound = bits < 64 && max - operand > INT64_MAX;
  return fitted(operand, operation, comesRound);
}

function fitted(number: bigint, { field, overflow }: WriteOperation, above?: boolean): bigint | undefined {
  const { min, max } = boundsOf(field);
  if (number >= min && number <= max) return number;
  switch (overflow) {
    case "wrap":
      return field.signed ? BigInt.asIntN(field.bits, number) : BigInt.asUintN(field.bits, number);
    case "sat":
      return number > max || above ? max : min;
    case "fail":
      return undefined;
  }
}

function boundsOf({ bits, signed }: BitField): { readonly min: bigint; readonly max: bigint } {
  if (!signed) return { min: 0n, max: (1n << BigInt(bits)) - 1n };
  const half = 1n << BigInt(bits - 1);
  return { min: -half, max: half - 1n };
}

const getBlock = arg.block("get-block", [arg.string("encoding"), arg.lateInteger("offset")], {
  token: "GET",
  name70: "encoding_offset",
});
const overflowBlock = arg.optional(
  arg.oneOf("overflow-block", [arg.token("wrap", "WRAP"), arg.token("sat", "SAT"), arg.token("fail", "FAIL")], {
    token: "OVERFLOW",
    name70: "wrap_sat_fail",
  }),
);
const setBlock = arg.block("set-block", [arg.string("encoding"), arg.lateInteger("offset"), arg.lateInteger("value")], {
  token: "SET",
  name70: "encoding_offset_value",
});
const incrbyBlock = arg.block(
  "incrby-block",
  [arg.string("encoding"), arg.lateInteger("offset"), arg.lateInteger("increment")],
  { token: "INCRBY", name70: "encoding_offset_increment" },
);
const writeOperation = arg.oneOf("write-operation", [setBlock, incrbyBlock], { name70: "write_operation" });

const facts = {
  group: "bitmap",
  arity: -2,
  complexity: "O(1) an operation",
  acl: ["bitmap"],
  ignoresArguments: true,
} as const satisfies Partial<CommandFacts> & { ignoresArguments: true };

/** Who only gets does not write (db.c: bitfieldGetKeys). */
function flagsOf(argv: readonly Bytes[]): readonly KeyFlag[] {
  for (let i = 2; i < argv.length;) {
    const left = argv.length - i - 1;
    if (equalIgnoringCase(argv[i]!, "OVERFLOW") && left >= 1) i += 2;
    else if (equalIgnoringCase(argv[i]!, "GET") && left >= 2) i += 3;
    else return ["RW", "ACCESS", "UPDATE"];
  }
  return ["RO", "ACCESS"];
}

export const bitfield = defineCommand({
  ...facts,
  name: "BITFIELD",
  since: "3.2.0",
  summary: "Reads and writes integers of any width within a string.",
  flags: ["write", "denyoom"],
  keys: [
    {
      ...key.at(1, "RW", "ACCESS", "UPDATE", "variable_flags"),
      notes: "This command allows both access and modification of the key",
      flagsOf,
    },
  ],
  args: [
    arg.key("key"),
    arg.optional(arg.multiple(arg.oneOf("operation", [getBlock, arg.block("write", [overflowBlock, writeOperation])]))),
  ],
  run(context) {
    operateAll(context, readOperations(context));
  },
});

export const bitfieldRo = defineCommand({
  ...facts,
  name: "BITFIELD_RO",
  since: "6.0.0",
  summary: "Reads integers of any width within a string.",
  flags: ["readonly", "fast"],
  keys: [key.at(1, "RO", "ACCESS")],
  args: [
    arg.key("key"),
    arg.optional(arg.multiple({ ...getBlock, facts: { ...getBlock.facts, multipleToken: true } })),
  ],
  run(context) {
    const operations = readOperations(context);
    if (operations.some(({ is }) => is !== "get")) {
      throw new ReplyError("ERR BITFIELD_RO only supports the GET subcommand");
    }
    operateAll(context, operations);
  },
});
