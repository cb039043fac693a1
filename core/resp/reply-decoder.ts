// Replies from bytes, cut anywhere: RESP2 and RESP3, attributes and streamed aggregates included. For clients inside the house.
import type { Bytes } from "../kernel/bytes.ts";
import { parseInt64, type Int64 } from "../kernel/integers.ts";

/** A reply as it stood on the wire: nothing is converted, so that nothing is lost. */
export type DecodedReply = (
  | { readonly type: "simple"; readonly value: Bytes }
  | { readonly type: "error"; readonly value: Bytes }
  | { readonly type: "integer"; readonly value: Int64 }
  | { readonly type: "bulk"; readonly value: Bytes }
  /** `$-1`, `*-1` or `_`. */
  | { readonly type: "null"; readonly form: "bulk" | "array" | "null" }
  | { readonly type: "boolean"; readonly value: boolean }
  | { readonly type: "double"; readonly value: number; readonly text: Bytes }
  | { readonly type: "big-number"; readonly value: Bytes }
  | { readonly type: "verbatim"; readonly format: Bytes; readonly value: Bytes }
  | { readonly type: "array" | "set" | "push"; readonly items: readonly DecodedReply[] }
  /** Keys and values in turn. */
  | { readonly type: "map"; readonly items: readonly DecodedReply[] }
) & {
  /** Keys and values in turn, of the attribute that stood before this reply. */
  readonly attributes?: readonly DecodedReply[];
};

/** The bytes are no reply. */
export class ReplySyntaxError extends Error {
  override readonly name = "ReplySyntaxError";
}

type AggregateType = "array" | "set" | "push" | "map" | "attribute";

interface Open {
  readonly type: AggregateType;
  /** Replies still to come; infinite while only a `.` ends it. */
  left: number;
  readonly items: DecodedReply[];
  readonly attributes: readonly DecodedReply[] | undefined;
}

/** Push bytes in, pull replies out. */
export class ReplyDecoder {
  #bytes: Bytes = "";
  #at = 0;
  readonly #open: Open[] = [];
  #attributes: readonly DecodedReply[] | undefined;
  /** A bulk that was announced: its kind and length. */
  #bulk: { readonly kind: "$" | "!" | "="; readonly length: number } | undefined;
  /** The parts of a streamed string. */
  #parts: Bytes[] | undefined;

  push(bytes: Bytes): void {
    this.#bytes = this.#at === this.#bytes.length ? bytes : this.#bytes.slice(this.#at) + bytes;
    this.#at = 0;
  }

  /** Whether no byte waits: replies end where the bytes end. */
  get idle(): boolean {
    return this.#at === this.#bytes.length && this.#open.length === 0 && this.#bulk === undefined && !this.#parts;
  }

  /**
   * The next whole reply; undefined when more bytes are needed.
   *
   * @throws ReplySyntaxError when the bytes are no reply
   */
  next(): DecodedReply | undefined {
    for (;;) {
      const value = this.#readOne();
      if (value === undefined) return undefined;
      if (value === OPENED) continue;
      const whole = this.#close(value);
      if (whole !== undefined) return whole;
    }
  }

  /** Puts a value where it belongs; gives it when it is a reply of its own. */
  #close(closed: DecodedReply | typeof END): DecodedReply | undefined {
    let value = closed;
    for (;;) {
      const open = this.#open.at(-1);
      if (value === END) {
        if (open?.left !== Number.POSITIVE_INFINITY) throw new ReplySyntaxError("an end without a streamed aggregate");
        open.left = 0;
      } else {
        if (open === undefined) return value;
        open.items.push(value);
        open.left--;
      }
      if (open.left > 0) return undefined;
      this.#open.pop();
      if (open.type === "attribute") {
        this.#attributes = open.items;
        return undefined;
      }
      value = { type: open.type, items: open.items, ...(open.attributes && { attributes: open.attributes }) };
    }
  }

  /** A value, an aggregate that was opened, or the end of a streamed one. */
  #readOne(): DecodedReply | typeof OPENED | typeof END | undefined {
    if (this.#bulk !== undefined) return this.#readBulk();
    const end = this.#bytes.indexOf("\r\n", this.#at);
    if (end < 0) return undefined;
    const kind = this.#bytes.charAt(this.#at);
    const line = this.#bytes.slice(this.#at + 1, end);
    this.#at = end + 2;
    if (this.#parts !== undefined) return this.#readPart(kind, line);
    switch (kind) {
      case "+":
        return this.#attributed({ type: "simple", value: line });
      case "-":
        return this.#attributed({ type: "error", value: line });
      case ":":
        return this.#attributed({ type: "integer", value: integer(line) });
      case "_":
        return this.#attributed({ type: "null", form: "null" });
      case "#":
        return this.#attributed({ type: "boolean", value: line === "t" });
      case ",":
        return this.#attributed({ type: "double", value: double(line), text: line });
      case "(":
        return this.#attributed({ type: "big-number", value: line });
      case "$":
      case "!":
      case "=":
        return this.#startBulk(kind, line);
      case "*":
        return this.#openAggregate("array", line, 1);
      case "~":
        return this.#openAggregate("set", line, 1);
      case ">":
        return this.#openAggregate("push", line, 1);
      case "%":
        return this.#openAggregate("map", line, 2);
      case "|":
        return this.#openAggregate("attribute", line, 2);
      case ".":
        return END;
      default:
        throw new ReplySyntaxError(`a reply does not begin with ${JSON.stringify(kind)}`);
    }
  }

  #startBulk(kind: "$" | "!" | "=", line: Bytes): DecodedReply | typeof OPENED | undefined {
    if (line === "-1") return this.#attributed({ type: "null", form: "bulk" });
    if (line === "?" && kind === "$") {
      this.#parts = [];
      return OPENED;
    }
    this.#bulk = { kind, length: count(line) };
    return this.#readBulk();
  }

  #readBulk(): DecodedReply | typeof OPENED | undefined {
    const { kind, length } = this.#bulk!;
    if (this.#bytes.length - this.#at < length + 2) return undefined;
    const value = this.#bytes.slice(this.#at, this.#at + length);
    this.#at += length + 2;
    this.#bulk = undefined;
    if (this.#parts !== undefined) {
      this.#parts.push(value);
      return OPENED;
    }
    switch (kind) {
      case "$":
        return this.#attributed({ type: "bulk", value });
      case "!":
        return this.#attributed({ type: "error", value });
      case "=":
        return this.#attributed({ type: "verbatim", format: value.slice(0, 3), value: value.slice(4) });
    }
  }

  #readPart(kind: Bytes, line: Bytes): DecodedReply | typeof OPENED | undefined {
    if (kind !== ";") throw new ReplySyntaxError("a part of a streamed string begins with a semicolon");
    if (line !== "0") {
      this.#bulk = { kind: "$", length: count(line) };
      return this.#readBulk();
    }
    const value = this.#parts!.join("");
    this.#parts = undefined;
    return this.#attributed({ type: "bulk", value });
  }

  #openAggregate(type: AggregateType, line: Bytes, size: 1 | 2): DecodedReply | typeof OPENED {
    if (line === "-1") return this.#attributed({ type: "null", form: "array" });
    const left = line === "?" ? Number.POSITIVE_INFINITY : count(line) * size;
    const attributes = this.#attributes;
    this.#attributes = undefined;
    if (left > 0) {
      this.#open.push({ type, left, items: [], attributes });
      return OPENED;
    }
    if (type !== "attribute") return { type, items: [], ...(attributes && { attributes }) };
    this.#attributes = [];
    return OPENED;
  }

  #attributed(value: DecodedReply): DecodedReply {
    if (this.#attributes === undefined) return value;
    const attributes = this.#attributes;
    this.#attributes = undefined;
    return { ...value, attributes };
  }
}

/** Something was begun, or is not complete: go on reading. */
const OPENED = Symbol("opened");
/** A streamed aggregate ends. */
const END = Symbol("end");

function integer(line: Bytes): Int64 {
  const value = parseInt64(line.startsWith("+") ? line.slice(1) : line);
  if (value === undefined) throw new ReplySyntaxError(`${JSON.stringify(line)} is no integer`);
  return value;
}

function count(line: Bytes): number {
  if (!/^\d+$/.test(line)) throw new ReplySyntaxError(`${JSON.stringify(line)} is no length`);
  return Number(line);
}

function double(line: Bytes): number {
  switch (line) {
    case "inf":
    case "+inf":
      return Number.POSITIVE_INFINITY;
    case "-inf":
      return Number.NEGATIVE_INFINITY;
    case "nan":
    case "-nan":
      return Number.NaN;
    default:
      return Number(line);
  }
}
