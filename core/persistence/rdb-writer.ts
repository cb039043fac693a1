// Writing the pieces of the RDB format: lengths, strings (as integers or compressed where that is shorter), doubles (rdb.c).
import type { Bytes } from "../kernel/bytes.ts";
import { parseInt64, type Int64 } from "../kernel/integers.ts";
import { littleEndian } from "../types/listpack.ts";
import { lzfCompress } from "./lzf.ts";

/** A string may be an integer up to this length. */
const INTEGER_BYTES = 11;
/** A string is compressed from this length on. */
const COMPRESS_FROM = 21;
/** What compression must save. */
const COMPRESSION_GAIN = 4;

export interface RdbWriterOptions {
  /** `rdbcompression` */
  readonly compress: boolean;
}

/** Collects bytes. */
export class RdbWriter {
  readonly #compress: boolean;
  #bytes: Bytes = "";

  constructor({ compress }: RdbWriterOptions) {
    this.#compress = compress;
  }

  get bytes(): Bytes {
    return this.#bytes;
  }

  /** Bytes as they are. */
  raw(bytes: Bytes): void {
    this.#bytes += bytes;
  }

  byte(value: number): void {
    this.#bytes += String.fromCharCode(value);
  }

  /** A length, or any whole number that is not negative, in 1, 2, 5 or 9 bytes. */
  length(value: number | bigint): void {
    const small = Number(value);
    if (small < 64) this.byte(small);
    else if (small < 16384) this.#bytes += String.fromCharCode(0x40 | (small >> 8), small & 0xff);
    else if (value <= 0xffffffff) this.#bytes += `\x80${bigEndian(value, 4)}`;
    else this.#bytes += `\x81${bigEndian(value, 8)}`;
  }

  string(value: Bytes): void {
    const integer = value.length <= INTEGER_BYTES ? parseInt64(value) : undefined;
    if (integer !== undefined && integer >= -2147483648 && integer <= 2147483647) this.#integer(Number(integer));
    else if (!this.#compress || value.length < COMPRESS_FROM || !this.#compressed(value)) {
      this.length(value.length);
      this.#bytes += value;
    }
  }

  #integer(value: number): void {
    if (value >= -128 && value <= 127) this.#bytes += `\xc0${littleEndian(value, 1)}`;
    else if (value >= -32768 && value <= 32767) this.#bytes += `\xc1${littleEndian(value, 2)}`;
    else this.#bytes += `\xc2${littleEndian(value, 4)}`;
  }

  #compressed(value: Bytes): boolean {
    const compressed = lzfCompress(value, value.length - COMPRESSION_GAIN);
    if (compressed === undefined) return false;
    this.byte(0xc3);
    this.length(compressed.length);
    this.length(value.length);
    this.#bytes += compressed;
    return true;
  }

  /** Eight bytes, the lowest first. */
  double(value: number): void {
    const view = new DataView(new ArrayBuffer(8));
    view.setFloat64(0, value, true);
    for (let i = 0; i < 8; i++) this.byte(view.getUint8(i));
  }

  /** A time in milliseconds, eight bytes, the lowest first. */
  milliseconds(value: Int64): void {
    this.#bytes += littleEndian(value, 8);
  }
}

function bigEndian(value: number | bigint, length: number): Bytes {
  return littleEndian(value, length).split("").reverse().join("");
}
