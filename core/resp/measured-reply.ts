// A reply writer that passes everything on to another, and knows how long it would be on the wire.
import type { Bytes } from "../kernel/bytes.ts";
import type { DoubleStyle } from "../kernel/doubles.ts";
import type { Int64 } from "../kernel/integers.ts";
import type { ReplyError } from "./errors.ts";
import { RespReply, type Protocol, type Reply } from "./reply.ts";

export class MeasuredReply<R extends Reply & { readonly errors: number; readonly lastError: Bytes }> implements Reply {
  readonly #reply: R;
  readonly #wire: RespReply;

  constructor(reply: R, style: DoubleStyle) {
    this.#reply = reply;
    this.#wire = new RespReply(style);
  }

  get protocol(): Protocol {
    return this.#reply.protocol;
  }

  get empty(): boolean {
    return this.#reply.empty;
  }

  get overflowing(): boolean {
    return this.#reply.overflowing;
  }

  get errors(): number {
    return this.#reply.errors;
  }

  get lastError(): Bytes {
    return this.#reply.lastError;
  }

  /** The length of what was written since this was asked last. */
  takeSize(): number {
    const { sizeBytes } = this.#wire;
    this.#wire.take();
    return sizeBytes;
  }

  ok(): void {
    this.#both((reply) => reply.ok());
  }

  simple(text: Bytes): void {
    this.#both((reply) => reply.simple(text));
  }

  error(error: ReplyError | Bytes): void {
    this.#both((reply) => reply.error(error));
  }

  integer(value: Int64): void {
    this.#both((reply) => reply.integer(value));
  }

  bulk(value: Bytes): void {
    this.#both((reply) => reply.bulk(value));
  }

  bulkOf(sizeBytes: number, slice: (from: number, to: number) => Bytes): void {
    this.#both((reply) => reply.bulkOf(sizeBytes, slice));
  }

  bulkOrNull(value: Bytes | undefined): void {
    this.#both((reply) => reply.bulkOrNull(value));
  }

  null(): void {
    this.#both((reply) => reply.null());
  }

  nullArray(): void {
    this.#both((reply) => reply.nullArray());
  }

  array(length: number): void {
    this.#both((reply) => reply.array(length));
  }

  bulks(values: readonly Bytes[]): void {
    this.#both((reply) => reply.bulks(values));
  }

  bulkSet(values: readonly Bytes[]): void {
    this.#both((reply) => reply.bulkSet(values));
  }

  map(pairs: number): void {
    this.#both((reply) => reply.map(pairs));
  }

  set(length: number): void {
    this.#both((reply) => reply.set(length));
  }

  push(length: number): void {
    this.#both((reply) => reply.push(length));
  }

  attribute(pairs: number): void {
    this.#both((reply) => reply.attribute(pairs));
  }

  double(value: number): void {
    this.#both((reply) => reply.double(value));
  }

  doubleText(text: Bytes): void {
    this.#both((reply) => reply.doubleText(text));
  }

  boolean(value: boolean): void {
    this.#both((reply) => reply.boolean(value));
  }

  bigNumber(digits: Bytes): void {
    this.#both((reply) => reply.bigNumber(digits));
  }

  verbatim(format: Bytes, text: Bytes): void {
    this.#both((reply) => reply.verbatim(format, text));
  }

  raw(encoded: Bytes): void {
    this.#both((reply) => reply.raw(encoded));
  }

  #both(write: (reply: Reply) => void): void {
    this.#wire.protocol = this.#reply.protocol;
    write(this.#reply);
    write(this.#wire);
  }
}
