// The reply writer: handlers write replies straight into a client's output, in its protocol. No reply trees in between.
import type { Bytes } from "../kernel/bytes.ts";
import { printDouble, type DoubleStyle } from "../kernel/doubles.ts";
import type { Int64 } from "../kernel/integers.ts";
import type { ReplyError } from "./errors.ts";

export type Protocol = 2 | 3;

/** What handlers write to. Aggregates announce their length; their elements follow as further calls. */
export interface Reply {
  readonly protocol: Protocol;
  /** Nothing that was written waits to be sent. */
  readonly empty: boolean;
  /** More waits than any connection may hold: whoever writes without end stops here, and the connection is closed. */
  readonly overflowing: boolean;
  /** `+OK` */
  ok(): void;
  simple(text: Bytes): void;
  error(error: ReplyError | Bytes): void;
  integer(value: Int64): void;
  bulk(value: Bytes): void;
  /** A bulk string that may be longer than one string can be: `slice` is asked for its pieces. */
  bulkOf(sizeBytes: number, slice: (from: number, to: number) => Bytes): void;
  /** A bulk string, or the null of the protocol where there is none. */
  bulkOrNull(value: Bytes | undefined): void;
  null(): void;
  /** `*-1` in RESP2, `_` in RESP3. */
  nullArray(): void;
  array(length: number): void;
  /** A whole array of bulk strings. */
  bulks(values: readonly Bytes[]): void;
  /** A whole set of bulk strings; an array in RESP2. */
  bulkSet(values: readonly Bytes[]): void;
  /** `pairs` fields and values: a map in RESP3, a flat array of twice the length in RESP2. */
  map(pairs: number): void;
  set(length: number): void;
  /** Out of band in RESP3, an ordinary array in RESP2. */
  push(length: number): void;
  /** Attributes of the reply that follows; RESP2 has none, write them in RESP3 only. */
  attribute(pairs: number): void;
  double(value: number): void;
  /** A double that is printed already. */
  doubleText(text: Bytes): void;
  boolean(value: boolean): void;
  bigNumber(digits: Bytes): void;
  /** `format` is three letters: `txt` or `mkd`. */
  verbatim(format: Bytes, text: Bytes): void;
  /** Bytes that are encoded already. */
  raw(encoded: Bytes): void;
}

const CHUNK = 1 << 18;
const PIECE = 1 << 26;
/** A gigabyte at least. */
const MOST_CHUNKS = 4096;

/** What most bulk strings begin with, by their length. */
const BULK_HEADS: readonly Bytes[] = Array.from({ length: 256 }, (_, length) => `$${length}\r\n`);

/** The same behind the end of the line before. */
const BULK_HEADS_OF_ROW: readonly Bytes[] = BULK_HEADS.map((head) => `\r\n${head}`);

/** Collects encoded replies until somebody takes them. */
export class RespReply implements Reply {
  protocol: Protocol = 2;
  readonly #doubleStyle: DoubleStyle;
  /** While set, whatever is written is dropped: CLIENT REPLY OFF and SKIP. */
  muted = false;
  /** Errors written so far: call() compares it to learn whether a command failed. */
  errors = 0;
  /** The text of the last error. */
  lastError: Bytes = "";
  #out: Bytes = "";
  #chunks: Bytes[] = [];

  constructor(doubleStyle: DoubleStyle) {
    this.#doubleStyle = doubleStyle;
  }

  get empty(): boolean {
    return this.#out === "" && this.#chunks.length === 0;
  }

  /** Bytes that wait to be taken. */
  get sizeBytes(): number {
    let size = this.#out.length;
    for (let i = 0; i < this.#chunks.length; i++) size += this.#chunks[i]!.length;
    return size;
  }

  get overflowing(): boolean {
    return this.#chunks.length > MOST_CHUNKS;
  }

  /** Everything written, in order, in chunks that a host can send one by one; the writer is empty afterwards. */
  take(): Bytes[] {
    const chunks = this.#chunks;
    const out = this.#out;
    this.#out = "";
    if (chunks.length === 0) return out === "" ? [] : [out];
    if (out !== "") chunks.push(out);
    this.#chunks = [];
    return chunks;
  }

  ok(): void {
    this.#write("+OK\r\n");
  }

  simple(text: Bytes): void {
    this.#write(`+${text}\r\n`);
  }

  error(error: ReplyError | Bytes): void {
    const text = typeof error === "string" ? error : error.message;
    this.errors++;
    this.lastError = text;
    this.#write(`-${/[\r\n]/.test(text) ? text.replace(/[\r\n]/g, " ") : text}\r\n`);
  }

  integer(value: Int64): void {
    this.#write(`:${value}\r\n`);
  }

  bulk(value: Bytes): void {
    const { length } = value;
    this.#write(`${length < BULK_HEADS.length ? BULK_HEADS[length]! : `$${length}\r\n`}${value}\r\n`);
  }

  bulkOf(sizeBytes: number, slice: (from: number, to: number) => Bytes): void {
    this.#write(`$${sizeBytes}\r\n`);
    for (let from = 0; from < sizeBytes; from += PIECE) this.#write(slice(from, Math.min(sizeBytes, from + PIECE)));
    this.#write("\r\n");
  }

  bulkOrNull(value: Bytes | undefined): void {
    if (value === undefined) this.null();
    else this.bulk(value);
  }

  null(): void {
    this.#write(this.protocol === 3 ? "_\r\n" : "$-1\r\n");
  }

  nullArray(): void {
    this.#write(this.protocol === 3 ? "_\r\n" : "*-1\r\n");
  }

  array(length: number): void {
    this.#write(`*${length}\r\n`);
  }

  bulkSet(values: readonly Bytes[]): void {
    this.#row(`${this.protocol === 3 ? "~" : "*"}${values.length}`, values);
  }

  bulks(values: readonly Bytes[]): void {
    this.#row(`*${values.length}`, values);
  }

  /** Line ends lead here, each with the head that follows it: one piece less to join for each value. */
  #row(head: Bytes, values: readonly Bytes[]): void {
    let row = head;
    for (let i = 0; i < values.length; i++) {
      const value = values[i]!;
      const { length } = value;
      row += (length < BULK_HEADS_OF_ROW.length ? BULK_HEADS_OF_ROW[length]! : `\r\n$${length}\r\n`) + value;
      if (row.length >= CHUNK) {
        this.#write(row);
        row = "";
      }
    }
    this.#write(`${row}\r\n`);
  }

  map(pairs: number): void {
    this.#write(this.protocol === 3 ? `%${pairs}\r\n` : `*${2 * pairs}\r\n`);
  }

  set(length: number): void {
    this.#write(`${this.protocol === 3 ? "~" : "*"}${length}\r\n`);
  }

  push(length: number): void {
    this.#write(`${this.protocol === 3 ? ">" : "*"}${length}\r\n`);
  }

  attribute(pairs: number): void {
    this.#write(`|${pairs}\r\n`);
  }

  double(value: number): void {
    this.doubleText(printDouble(value, this.#doubleStyle));
  }

  doubleText(text: Bytes): void {
    if (this.protocol === 3) this.#write(`,${text}\r\n`);
    else this.bulk(text);
  }

  boolean(value: boolean): void {
    if (this.protocol === 3) this.#write(value ? "#t\r\n" : "#f\r\n");
    else this.integer(value ? 1 : 0);
  }

  bigNumber(digits: Bytes): void {
    if (this.protocol === 3) this.#write(`(${digits}\r\n`);
    else this.bulk(digits);
  }

  verbatim(format: Bytes, text: Bytes): void {
    if (this.protocol === 3) this.#write(`=${text.length + 4}\r\n${format}:${text}\r\n`);
    else this.bulk(text);
  }

  raw(encoded: Bytes): void {
    this.#write(encoded);
  }

  /** Writes what is no reply: it comes through however muted the writer is. */
  outOfBand(encoded: Bytes): void {
    this.#append(encoded);
  }

  #write(bytes: Bytes): void {
    if (!this.muted) this.#append(bytes);
  }

  #append(bytes: Bytes): void {
    this.#out += bytes;
    if (this.#out.length >= CHUNK) {
      this.#chunks.push(this.#out);
      this.#out = "";
    }
  }
}
