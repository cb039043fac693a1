// Reading the pieces of the RDB format; whatever does not fit is bad data.
import type { Bytes } from "../kernel/bytes.ts";
import { readDouble } from "../kernel/doubles.ts";
import { fitInt64, type Int64 } from "../kernel/integers.ts";
import { badDataFormat } from "../resp/errors.ts";
import { decodeListpack, readLittleEndian } from "../types/listpack.ts";
import { lzfDecompress } from "./lzf.ts";

/** The longest string that is believed, in bytes: proto-max-bulk-len allows no longer ones. */
const LONGEST = 536_870_888;

export class RdbReader {
  readonly #bytes: Bytes;
  /** How many strings were themselves packed: listpacks and their kin. */
  packed = 0;
  #at = 0;

  constructor(bytes: Bytes) {
    this.#bytes = bytes;
  }

  /** How many bytes have been read. */
  get readBytes(): number {
    return this.#at;
  }

  get atEnd(): boolean {
    return this.#at >= this.#bytes.length;
  }

  /** So many bytes as they are. */
  raw(length: number): Bytes {
    const end = this.#at + length;
    if (end > this.#bytes.length) throw badDataFormat();
    const bytes = this.#bytes.slice(this.#at, end);
    this.#at = end;
    return bytes;
  }

  byte(): number {
    return this.raw(1).charCodeAt(0);
  }

  /** A length; one that could not be true is bad data. */
  length(): number {
    const { value, encoded } = this.#lengthOrEncoding();
    if (encoded) throw badDataFormat();
    return Number(value);
  }

  /** A length that is a number in its own right. */
  uint64(): number | bigint {
    const { value, encoded } = this.#lengthOrEncoding();
    if (encoded) throw badDataFormat();
    return value;
  }

  /** The same as a signed number. */
  int64(): Int64 {
    return fitInt64(BigInt.asIntN(64, BigInt(this.uint64())))!;
  }

  #lengthOrEncoding(): { readonly value: number | bigint; readonly encoded: boolean } {
    const first = this.byte();
    switch (first >> 6) {
      case 0:
        return { value: first & 0x3f, encoded: false };
      case 1:
        return { value: ((first & 0x3f) << 8) | this.byte(), encoded: false };
      case 3:
        return { value: first & 0x3f, encoded: true };
      default:
        if (first === 0x80) return { value: bigEndian(this.raw(4)), encoded: false };
        if (first === 0x81) return { value: bigEndian(this.raw(8)), encoded: false };
        throw badDataFormat();
    }
  }

  /** A string in which others are packed. */
  pack(): Bytes {
    this.packed++;
    return this.string();
  }

  string(): Bytes {
    const { value, encoded } = this.#lengthOrEncoding();
    if (!encoded) return this.raw(Number(value));
    if (value === 3) return this.#compressed();
    if (value > 2) throw badDataFormat();
    const width = 1 << Number(value);
    return String(readLittleEndian(this.raw(width), 0, width));
  }

  #compressed(): Bytes {
    const compressedBytes = this.length();
    const sizeBytes = this.length();
    if (sizeBytes > LONGEST) throw badDataFormat();
    const value = lzfDecompress(this.raw(compressedBytes), sizeBytes);
    if (value === undefined) throw badDataFormat();
    return value;
  }

  /** Strings behind their number; not none. */
  strings(): Bytes[] {
    const length = this.length();
    if (length === 0) throw badDataFormat();
    const strings: Bytes[] = [];
    for (let i = 0; i < length; i++) strings.push(this.string());
    return strings;
  }

  double(): number {
    const bytes = this.raw(8);
    const view = new DataView(new ArrayBuffer(8));
    for (let i = 0; i < 8; i++) view.setUint8(i, bytes.charCodeAt(i));
    return view.getFloat64(0, true);
  }

  /** A double as old releases wrote it: its digits, behind their number. */
  printedDouble(): number {
    const length = this.byte();
    if (length === 253) return Number.NaN;
    if (length === 254) return Infinity;
    if (length === 255) return -Infinity;
    const value = readDouble(this.raw(length));
    if (value === undefined) throw badDataFormat();
    return value;
  }

  milliseconds(): number {
    return Number(this.signedMilliseconds());
  }

  /** The same, exactly. */
  signedMilliseconds(): Int64 {
    return readLittleEndian(this.raw(8), 0, 8);
  }

  /** A time in seconds, as old releases wrote it. */
  seconds(): number {
    return Number(readLittleEndian(this.raw(4), 0, 4));
  }

  /** The entries of a listpack that is a string; not none, and a multiple of `multiple`. */
  listpack(multiple = 1): Bytes[] {
    const entries = decodeListpack(this.pack());
    if (entries === undefined || entries.length === 0 || entries.length % multiple !== 0) throw badDataFormat();
    return entries;
  }
}

function bigEndian(bytes: Bytes): number | bigint {
  let value = 0n;
  for (let i = 0; i < bytes.length; i++) value = value * 256n + BigInt(bytes.charCodeAt(i));
  return value <= Number.MAX_SAFE_INTEGER ? Number(value) : value;
}
