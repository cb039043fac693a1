// The string type: a byte string while it is small or only read, a growable array once it is changed in place.
import { sliceBytes, toUint8Array, type Bytes, type Slice } from "../kernel/bytes.ts";

/** Long strings that SETRANGE, APPEND (and later SETBIT) change in place, without copying the whole. */
export class RawString {
  #bytes: Uint8Array;
  #length: number;

  private constructor(bytes: Uint8Array, length: number) {
    this.#bytes = bytes;
    this.#length = length;
  }

  static from(bytes: Bytes): RawString {
    return new RawString(toUint8Array(bytes), bytes.length);
  }

  get type() {
    return "string" as const;
  }

  get length(): number {
    return this.#length;
  }

  /** Overwrites from `offset` on; a gap before it is filled with zero bytes. */
  write(offset: number, bytes: Bytes): void {
    const end = offset + bytes.length;
    if (end > this.#bytes.length) {
      const grown = new Uint8Array(Math.max(end, Math.min(2 * this.#bytes.length, end + (1 << 20))));
      grown.set(this.#bytes.subarray(0, this.#length));
      this.#bytes = grown;
    }
    for (let i = 0; i < bytes.length; i++) this.#bytes[offset + i] = bytes.charCodeAt(i);
    this.#length = Math.max(this.#length, end);
  }

  /** The bytes in [from, to). */
  slice(from: number, to: number, slice: Slice = sliceBytes): Bytes {
    return slice(this.#bytes, from, to);
  }

  copy(): RawString {
    return new RawString(this.#bytes.slice(0, this.#length), this.#length);
  }
}

/** What a key of type string holds. */
export type StringValue = Bytes | RawString;

/** From this length on a change in place is worth an array of its own. */
const RAW_FROM = 1024;

/** The whole value as a byte string. */
export function stringBytes(value: StringValue, slice?: Slice): Bytes {
  return typeof value === "string" ? value : value.slice(0, value.length, slice);
}

/** The bytes in [from, to). */
export function stringSlice(value: StringValue, from: number, to: number, slice?: Slice): Bytes {
  return typeof value === "string" ? value.slice(from, to) : value.slice(from, to, slice);
}

/** The value with `bytes` written at `offset`: the same object when it could be changed in place. */
export function stringWrite(value: StringValue, offset: number, bytes: Bytes): StringValue {
  if (typeof value === "string" && Math.max(value.length, offset + bytes.length) < RAW_FROM) {
    return value.slice(0, offset).padEnd(offset, "\0") + bytes + value.slice(offset + bytes.length);
  }
  const raw = typeof value === "string" ? RawString.from(value) : value;
  raw.write(offset, bytes);
  return raw;
}
