// Between what applications write (text, numbers, buffers) and byte strings. The engine knows bytes only; UTF-8 exists here.
import { isUtf8 } from "node:buffer";
import { types } from "node:util";
import { show, type Bytes, type Slice } from "../core/index.ts";

/** What an application may give as an argument. */
export type Argument = string | number | bigint | Uint8Array;

/**
 * Text is UTF-8.
 *
 * @throws TypeError for what is no argument: `undefined` would be stored as a word
 */
export function toBytes(argument: Argument): Bytes {
  if (typeof argument === "string") {
    return isAscii(argument) ? argument : Buffer.from(argument, "utf8").toString("latin1");
  }
  if (types.isUint8Array(argument)) return latin1Slice(argument, 0, argument.length);
  if (typeof argument === "number" || typeof argument === "bigint") return String(argument);
  throw new TypeError(`An argument is a text, a number or a Uint8Array, not ${show(argument)}.`);
}

/** Text where the bytes are UTF-8, a buffer where they are not. */
export function fromBytes(bytes: Bytes): string | Buffer {
  if (isAscii(bytes)) return bytes;
  const buffer = Buffer.from(bytes, "latin1");
  return isUtf8(buffer) ? buffer.toString("utf8") : buffer;
}

/** Text in any case: bytes that are no UTF-8 show as `\xff`. For object keys and messages. */
export function showBytes(bytes: Bytes): string {
  const text = fromBytes(bytes);
  if (typeof text === "string") return text;
  return bytes.replace(/[^\x20-\x7e]/g, (char) => `\\x${char.charCodeAt(0).toString(16).padStart(2, "0")}`);
}

function isAscii(text: string): boolean {
  return !/[^\0-\x7f]/.test(text);
}

const native = Buffer.prototype as unknown as {
  latin1Slice(this: Uint8Array, from: number, to: number): Bytes;
  latin1Write(this: Uint8Array, bytes: Bytes, at: number, length: number): number;
};

/** Node's fastest way from bytes to a byte string. */
export const latin1Slice: Slice = (buffer, from, to) => native.latin1Slice.call(buffer, from, to);

/** The same the other way: copies a byte string into an array. */
export function latin1Write(array: Uint8Array, at: number, bytes: Bytes): void {
  native.latin1Write.call(array, bytes, at, bytes.length);
}
