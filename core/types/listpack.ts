// The listpack: how Redis packs a row of short values into one block. Here its sizes decide when values convert and what they
// weigh, and its bytes travel in DUMP and RDB (listpack.c).
import type { Bytes } from "../kernel/bytes.ts";
import { parseInt64, type Int64 } from "../kernel/integers.ts";

/** Total bytes and number of elements, then the entries, then one byte that ends it. */
const HEADER_BYTES = 6;
const END = 0xff;
export const EMPTY_LISTPACK_BYTES = HEADER_BYTES + 1;
/** From here on the header does not know the number of elements. */
const UNKNOWN_COUNT = 0xffff;
/** Redis adds nothing to a listpack that would grow beyond it. */
const SAFETY_LIMIT_BYTES = 1 << 30;

/** The bytes of an entry: a kind with its length or integer, the payload, and its own size backwards. */
export function entryBytes(entry: Bytes): number {
  const size = headAndPayloadBytes(entry);
  return size + backlengthBytes(size);
}

/** The same of an integer. */
export function integerEntryBytes(value: Int64): number {
  return integerBytes(value) + 1;
}

/** The bytes of a whole listpack. */
export function listpackBytes(entries: Iterable<Bytes>): number {
  let size = EMPTY_LISTPACK_BYTES;
  for (const entry of entries) size += entryBytes(entry);
  return size;
}

/** Whether a listpack of a size takes `more` bytes (listpack.c: lpSafeToAdd). */
export function fitsListpack(sizeBytes: number, more: number): boolean {
  return sizeBytes + more <= SAFETY_LIMIT_BYTES;
}

function headAndPayloadBytes(entry: Bytes): number {
  const value = parseInt64(entry);
  if (value !== undefined) return integerBytes(value);
  const { length } = entry;
  return length + (length < 64 ? 1 : length < 4096 ? 2 : 5);
}

function integerBytes(value: Int64): number {
  if (value >= 0 && value <= 127) return 1;
  if (value >= -4096 && value <= 4095) return 2;
  if (value >= -32768 && value <= 32767) return 3;
  if (value >= -8388608 && value <= 8388607) return 4;
  if (value >= -2147483648 && value <= 2147483647) return 5;
  return 9;
}

function backlengthBytes(size: number): number {
  if (size <= 127) return 1;
  if (size < 16383) return 2;
  if (size < 2097151) return 3;
  if (size < 268435455) return 4;
  return 5;
}

/** The bytes of a listpack with these entries, integers in their shortest form. */
export function encodeListpack(entries: readonly Bytes[]): Bytes {
  const parts = entries.map(encodeEntry);
  const size = parts.reduce((sum, { length }) => sum + length, EMPTY_LISTPACK_BYTES);
  const count = Math.min(entries.length, UNKNOWN_COUNT);
  return littleEndian(size, 4) + littleEndian(count, 2) + parts.join("") + String.fromCharCode(END);
}

function encodeEntry(entry: Bytes): Bytes {
  const value = parseInt64(entry);
  const body = value === undefined ? encodeString(entry) : encodeInteger(value);
  return body + encodeBacklength(body.length);
}

function encodeString(entry: Bytes): Bytes {
  const { length } = entry;
  if (length < 64) return String.fromCharCode(0x80 | length) + entry;
  if (length < 4096) return String.fromCharCode(0xe0 | (length >> 8), length & 0xff) + entry;
  return String.fromCharCode(0xf0) + littleEndian(length, 4) + entry;
}

function encodeInteger(value: Int64): Bytes {
  switch (integerBytes(value)) {
    case 1:
      return String.fromCharCode(Number(value));
    case 2: {
      const bits = Number(value) & 0x1fff;
      return String.fromCharCode(0xc0 | (bits >> 8), bits & 0xff);
    }
    case 3:
      return String.fromCharCode(0xf1) + littleEndian(value, 2);
    case 4:
      return String.fromCharCode(0xf2) + littleEndian(value, 3);
    case 5:
      return String.fromCharCode(0xf3) + littleEndian(value, 4);
    default:
      return String.fromCharCode(0xf4) + littleEndian(value, 8);
  }
}

/** Seven bits a byte, the highest first, every byte but the first marked: it is read from behind. */
function encodeBacklength(size: number): Bytes {
  const length = backlengthBytes(size);
  let bytes = "";
  for (let i = length - 1; i >= 0; i--) {
    const bits = Math.floor(size / 128 ** i) & 0x7f;
    bytes += String.fromCharCode(i === length - 1 ? bits : bits | 0x80);
  }
  return bytes;
}

/** A whole number as `length` bytes, the lowest first, negative ones in two's complement. */
export function littleEndian(value: Int64, length: number): Bytes {
  let rest = BigInt.asUintN(8 * length, BigInt(value));
  let bytes = "";
  for (let i = 0; i < length; i++) {
    bytes += String.fromCharCode(Number(rest & 0xffn));
    rest >>= 8n;
  }
  return bytes;
}

/** Reads `length` bytes, the lowest first, as a signed whole number. */
export function readLittleEndian(bytes: Bytes, at: number, length: number): Int64 {
  let value = 0n;
  for (let i = length - 1; i >= 0; i--) value = (value << 8n) | BigInt(bytes.charCodeAt(at + i));
  const signed = BigInt.asIntN(8 * length, value);
  const small = Number(signed);
  return Number.isSafeInteger(small) ? small : signed;
}

/** The entries of a listpack; undefined when the bytes are no sound listpack (listpack.c: lpValidateIntegrity). */
export function decodeListpack(bytes: Bytes): Bytes[] | undefined {
  const { length } = bytes;
  if (length < EMPTY_LISTPACK_BYTES) return undefined;
  const size = Number(readLittleEndian(bytes, 0, 4)) >>> 0;
  const count = bytes.charCodeAt(4) | (bytes.charCodeAt(5) << 8);
  if (size !== length || bytes.charCodeAt(length - 1) !== END) return undefined;
  const entries: Bytes[] = [];
  let at = HEADER_BYTES;
  while (bytes.charCodeAt(at) !== END) {
    const entry = decodeEntry(bytes, at);
    if (entry === undefined) return undefined;
    entries.push(entry.value);
    at = entry.next;
    if (at >= length) return undefined;
  }
  if (at !== length - 1 || (count !== UNKNOWN_COUNT && count !== entries.length)) return undefined;
  return entries;
}

interface DecodedEntry {
  readonly value: Bytes;
  readonly next: number;
}

function decodeEntry(bytes: Bytes, at: number): DecodedEntry | undefined {
  const kind = bytes.charCodeAt(at);
  let head = 1;
  let payload = 0;
  let value: Bytes | undefined;
  if (kind < 0x80) value = String(kind);
  else if (kind < 0xc0) payload = kind & 0x3f;
  else if (kind < 0xe0) {
    head = 2;
    const bits = ((kind & 0x1f) << 8) | bytes.charCodeAt(at + 1);
    value = String(bits > 4095 ? bits - 8192 : bits);
  } else if (kind < 0xf0) {
    head = 2;
    payload = ((kind & 0x0f) << 8) | bytes.charCodeAt(at + 1);
  } else if (kind === 0xf0) {
    head = 5;
    payload = Number(readLittleEndian(bytes, at + 1, 4)) >>> 0;
  } else {
    const width = INTEGER_WIDTHS[kind];
    if (width === undefined) return undefined;
    head = 1 + width;
    if (at + head < bytes.length) value = String(readLittleEndian(bytes, at + 1, width));
  }
  const end = at + head + payload;
  const size = head + payload;
  const next = end + backlengthBytes(size);
  if (next >= bytes.length || bytes.slice(end, next) !== encodeBacklength(size)) return undefined;
  return { value: value ?? bytes.slice(at + head, end), next };
}

/** Bytes of the integer behind each kind. */
const INTEGER_WIDTHS: Readonly<Record<number, number>> = { 0xf1: 2, 0xf2: 3, 0xf3: 4, 0xf4: 8 };
