// The ziplist: how releases before 7.0 packed what listpacks pack now. It is only read (ziplist.c).
import type { Bytes } from "../kernel/bytes.ts";
import { readLittleEndian } from "../types/listpack.ts";

const HEADER_BYTES = 10;
const END = 0xff;

/** The entries; undefined when the bytes are no sound ziplist. */
export function decodeZiplist(bytes: Bytes): Bytes[] | undefined {
  const { length } = bytes;
  if (length < HEADER_BYTES + 1 || Number(readLittleEndian(bytes, 0, 4)) >>> 0 !== length) return undefined;
  const count = bytes.charCodeAt(8) | (bytes.charCodeAt(9) << 8);
  const entries: Bytes[] = [];
  let at = HEADER_BYTES;
  while (at < length && bytes.charCodeAt(at) !== END) {
    at += bytes.charCodeAt(at) === 254 ? 5 : 1; // the length of the entry before
    const entry = decodeEntry(bytes, at);
    if (entry === undefined) return undefined;
    entries.push(entry.value);
    at = entry.next;
  }
  if (at !== length - 1 || (count !== 0xffff && count !== entries.length)) return undefined;
  return entries;
}

/** Bytes of the integer behind each kind. */
const INTEGER_WIDTHS: Readonly<Record<number, number>> = { 0xc0: 2, 0xd0: 4, 0xe0: 8, 0xf0: 3, 0xfe: 1 };

function decodeEntry(bytes: Bytes, at: number): { readonly value: Bytes; readonly next: number } | undefined {
  const kind = bytes.charCodeAt(at);
  if (kind >= 0xf1 && kind <= 0xfd) return { value: String(kind - 0xf1), next: at + 1 };
  const width = INTEGER_WIDTHS[kind];
  if (width !== undefined) {
    const next = at + 1 + width;
    return next < bytes.length ? { value: String(readLittleEndian(bytes, at + 1, width)), next } : undefined;
  }
  const head = kind >> 6 === 0 ? 1 : kind >> 6 === 1 ? 2 : kind === 0x80 ? 5 : undefined;
  if (head === undefined) return undefined;
  let size = kind & 0x3f;
  for (let i = 1; i < head; i++) size = size * 256 + bytes.charCodeAt(at + i);
  if (head === 5) size = size % 2 ** 32;
  const next = at + head + size;
  return next < bytes.length ? { value: bytes.slice(at + head, next), next } : undefined;
}
