// Strings as rows of bits: bit 0 is the highest of the first byte, and beyond the end all bits are 0 (bitops.c).
import { stringSlice, RawString, type StringValue } from "./string-value.ts";
import { toUint8Array } from "../kernel/bytes.ts";

/** What is done with several rows of bits at once. */
export type BitOperation = "and" | "or" | "xor" | "not";

/** A whole number somewhere in a row of bits. */
export interface BitField {
  /** Of its highest bit. */
  readonly offset: number;
  readonly bits: number;
  readonly signed: boolean;
}

/** One bit. */
export function bitAt(value: StringValue, offset: number): 0 | 1 {
  const at = Math.floor(offset / 8);
  if (at >= value.length) return 0;
  const byte = typeof value === "string" ? value.charCodeAt(at) : value.bytes[at]!;
  return ((byte >> (7 - (offset % 8))) & 1) === 1 ? 1 : 0;
}

/** How many bits of [from, to) are set; the range lies within the value. */
export function countBits(value: StringValue, from: number, to: number): number {
  if (from >= to) return 0;
  const bytes = bytesIn(value, Math.floor(from / 8), Math.ceil(to / 8));
  const { head, words, tail } = inWords(bytes);
  const before = bytes[0]! >> (8 - (from % 8));
  const behind = bytes.at(-1)! & (0xff >> (to % 8 || 8));
  return countEach(head) + countEach(words) + countEach(tail) - ones(before) - ones(behind);
}

function countEach(row: Uint8Array | Uint32Array): number {
  let count = 0;
  for (let i = 0; i < row.length; i++) count += ones(row[i]!);
  return count;
}

/** The set bits of 32: sums of two, of four, of eight bits side by side. */
function ones(word: number): number {
  const pairs = word - ((word >>> 1) & 0x55555555);
  const fours = (pairs & 0x33333333) + ((pairs >>> 2) & 0x33333333);
  return Math.imul((fours + (fours >>> 4)) & 0x0f0f0f0f, 0x01010101) >>> 24;
}

/** The first bit of [from, to) that is set, or that is not; -1 where there is none. The range lies within the value. */
export function findBit(value: StringValue, bit: 0 | 1, from: number, to: number): number {
  const start = Math.floor(from / 8);
  const bytes = bytesIn(value, start, Math.ceil(to / 8));
  const others = bit === 1 ? 0x00 : 0xff;
  const within = 0xff >> (from % 8);
  const inFirst = (bytes[0]! ^ others) & within;
  const at = inFirst === 0 ? 1 + firstUnlike(bytes.subarray(1), others) : 0;
  if (at >= bytes.length) return -1;
  const position = 8 * (start + at) + Math.clz32(at === 0 ? inFirst : bytes[at]! ^ others) - 24;
  return position < to ? position : -1;
}

/** Where a row has the first byte that is not like the others, 0x00 or 0xff; its length where it has none. */
function firstUnlike(bytes: Uint8Array, others: number): number {
  const { head, words, tail } = inWords(bytes);
  const inHead = indexUnlike(head, others);
  if (inHead < head.length) return inHead;
  const inWhole = head.length + 4 * indexUnlike(words, others === 0 ? 0 : 0xffffffff);
  const rest = inWhole < bytes.length - tail.length ? bytes.subarray(inWhole, inWhole + 4) : tail;
  return inWhole + indexUnlike(rest, others);
}

function indexUnlike(row: Uint8Array | Uint32Array, others: number): number {
  let at = 0;
  while (at < row.length && row[at] === others) at++;
  return at;
}

/** A row as long as the longest of several; the shorter ones go on with zeros. */
export function combineBits(operation: BitOperation, values: readonly StringValue[]): RawString {
  const rows = values.map((value) => bytesIn(value, 0, value.length));
  const result = new Uint8Array(Math.max(...rows.map(({ length }) => length)));
  result.set(rows[0]!);
  if (operation === "not") combineRow(operation, result, result);
  for (const row of rows.slice(1)) {
    combineRow(operation, result.subarray(0, row.length), row);
    if (operation === "and") result.fill(0, row.length);
  }
  return RawString.ofBytes(result);
}

/** Four bytes at a time: whole strings begin at a word of their array. */
function combineRow(operation: BitOperation, into: Uint8Array, row: Uint8Array): void {
  const size = row.length >> 2;
  const words = new Uint32Array(into.buffer, into.byteOffset, size);
  combineEach(operation, words, new Uint32Array(row.buffer, row.byteOffset, size));
  combineEach(operation, into.subarray(4 * size), row.subarray(4 * size));
}

function combineEach<T extends Uint8Array | Uint32Array>(operation: BitOperation, into: T, row: T): void {
  switch (operation) {
    case "and":
      for (let i = 0; i < row.length; i++) into[i]! &= row[i]!;
      return;
    case "or":
      for (let i = 0; i < row.length; i++) into[i]! |= row[i]!;
      return;
    case "xor":
      for (let i = 0; i < row.length; i++) into[i]! ^= row[i]!;
      return;
    case "not":
      for (let i = 0; i < row.length; i++) into[i] = ~row[i]!;
  }
}

/** The number that a field holds. */
export function readField(value: StringValue, field: BitField): bigint {
  const { first, end, shift } = windowOf(field);
  const row = numberOf(bytesIn(value, first, Math.min(end, value.length)), end - first);
  const bits = BigInt.asUintN(field.bits, row >> shift);
  return field.signed ? BigInt.asIntN(field.bits, bits) : bits;
}

/** Changes a field in place; the value is long enough for it. */
export function writeField(value: RawString, field: BitField, number: bigint): void {
  const { first, end, shift } = windowOf(field);
  const bytes = value.writable(end).subarray(first, end);
  const mask = ((1n << BigInt(field.bits)) - 1n) << shift;
  let row = (numberOf(bytes, bytes.length) & ~mask) | (BigInt.asUintN(field.bits, number) << shift);
  for (let i = bytes.length - 1; i >= 0; i--, row >>= 8n) bytes[i] = Number(row & 0xffn);
}

/** The bytes [first, end) that a field touches, and how many bits of the last are not its own. */
function windowOf({ offset, bits }: BitField): { first: number; end: number; shift: bigint } {
  const end = Math.ceil((offset + bits) / 8);
  return { first: Math.floor(offset / 8), end, shift: BigInt(8 * end - offset - bits) };
}

/** Bytes as one number, with zeros behind them up to a length. */
function numberOf(bytes: Uint8Array, length: number): bigint {
  let number = 0n;
  for (let i = 0; i < length; i++) number = (number << 8n) | BigInt(bytes[i] ?? 0);
  return number;
}

/** The bytes of a part, to be read only. */
function bytesIn(value: StringValue, from: number, to: number): Uint8Array {
  return typeof value === "string" ? toUint8Array(stringSlice(value, from, to)) : value.bytes.subarray(from, to);
}

/** The middle of a row four bytes at a time, because bitmaps are long, and the bytes before and behind it. */
function inWords(bytes: Uint8Array): {
  readonly head: Uint8Array;
  readonly words: Uint32Array;
  readonly tail: Uint8Array;
} {
  const before = Math.min(-bytes.byteOffset & 3, bytes.length);
  const size = (bytes.length - before) >> 2;
  const words = size === 0 ? new Uint32Array() : new Uint32Array(bytes.buffer, bytes.byteOffset + before, size);
  return { head: bytes.subarray(0, before), words, tail: bytes.subarray(before + 4 * size) };
}
