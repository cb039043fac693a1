// The string type: a byte string until it is changed in place, then a growable array.
import { sdsRoom } from "../kernel/allocation.ts";
import { parseInt64 } from "../kernel/integers.ts";
import { sliceBytes, toUint8Array, type Bytes, type Slice } from "../kernel/bytes.ts";

/** A string that SETRANGE, APPEND or SETBIT changes in place, or one that only looks like an integer (INCRBYFLOAT's). */
export class RawString {
  #bytes: Uint8Array;
  #length: number;
  #changed = false;
  /** Bytes that a real server keeps for it, since it reserves as much again when a string grows. */
  #reservedBytes: number;

  private constructor(bytes: Uint8Array, length: number) {
    this.#bytes = bytes;
    this.#length = length;
    this.#reservedBytes = sdsRoom(length);
  }

  static from(bytes: Bytes): RawString {
    return new RawString(toUint8Array(bytes), bytes.length);
  }

  /** A string that is kept as it was computed: BITOP's. */
  static ofBytes(bytes: Uint8Array): RawString {
    const string = new RawString(bytes, bytes.length);
    string.#changed = true;
    return string;
  }

  get type() {
    return "string" as const;
  }

  /** The bytes themselves, to be read only, and only until the next change. */
  get bytes(): Uint8Array {
    return this.#bytes.subarray(0, this.#length);
  }

  /** As OBJECT ENCODING names it: what was changed in place stays `raw`, however short. */
  get encoding() {
    return this.#changed ? ("raw" as const) : ("embstr" as const);
  }

  get changed(): boolean {
    return this.#changed;
  }

  get reservedBytes(): number {
    return this.#reservedBytes;
  }

  get length(): number {
    return this.#length;
  }

  /** Overwrites from `offset` on; a gap before it is filled with zero bytes. */
  write(offset: number, bytes: Bytes): void {
    const row = this.writable(offset + bytes.length);
    for (let i = 0; i < bytes.length; i++) row[offset + i] = bytes.charCodeAt(i);
  }

  /** The bytes to be changed in place, so many at least: zero bytes are added where there are fewer. */
  writable(sizeBytes: number): Uint8Array {
    this.#changed = true;
    if (sizeBytes > this.#reservedBytes)
      this.#reservedBytes = sdsRoom(this.#length === 0 ? sizeBytes : reserved(sizeBytes));
    if (sizeBytes > this.#bytes.length) {
      const grown = new Uint8Array(Math.max(sizeBytes, Math.min(2 * this.#bytes.length, sizeBytes + (1 << 20))));
      grown.set(this.bytes);
      this.#bytes = grown;
    }
    this.#length = Math.max(this.#length, sizeBytes);
    return this.bytes;
  }

  /** The bytes in [from, to). */
  slice(from: number, to: number, slice: Slice = sliceBytes): Bytes {
    return slice(this.#bytes, from, to);
  }

  copy(): RawString {
    const copy = new RawString(this.#bytes.slice(0, this.#length), this.#length);
    copy.#changed = this.#changed;
    return copy;
  }
}

/** What sds.c: sdsMakeRoomFor makes of a length. */
function reserved(sizeBytes: number): number {
  return sizeBytes < MOST_DOUBLED_BYTES ? 2 * sizeBytes : sizeBytes + MOST_DOUBLED_BYTES;
}

const MOST_DOUBLED_BYTES = 1 << 20;

/** What a key of type string holds. */
export type StringValue = Bytes | RawString;

/** The whole value as a byte string. */
export function stringBytes(value: StringValue, slice?: Slice): Bytes {
  return typeof value === "string" ? value : value.slice(0, value.length, slice);
}

/** The bytes in [from, to). */
export function stringSlice(value: StringValue, from: number, to: number, slice?: Slice): Bytes {
  return typeof value === "string" ? value.slice(from, to) : value.slice(from, to, slice);
}

/** The value with `bytes` written at `offset`: changed in place from the second time on. */
export function stringWrite(value: StringValue, offset: number, bytes: Bytes): RawString {
  const raw = typeof value === "string" ? RawString.from(value) : value;
  raw.write(offset, bytes);
  return raw;
}

/** A string that is kept as text although it reads as an integer. */
export function textValue(bytes: Bytes): StringValue {
  return parseInt64(bytes) === undefined ? bytes : RawString.from(bytes);
}
