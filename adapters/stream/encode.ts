// Between text, byte strings and bytes, without more allocation than must be: this stands in the way of every command.
import { TextEncoder } from "node:util";
import type { Bytes } from "../../core/index.ts";

const encoder = new TextEncoder();

/** Servers read a chunk in place, so one buffer serves every write. */
const pool = Buffer.allocUnsafeSlow(64 * 1024);

/** Views of the pool's first bytes, by length: making one costs as much as filling it. */
const views: (Uint8Array | undefined)[] = [];
const LONGEST_VIEW = 1024;

/** The bytes of `text`; valid until the next call. */
export function encode(text: string, encoding: BufferEncoding = "utf8"): Uint8Array {
  if (text.length * 3 > pool.length) return Buffer.from(text, encoding);
  if (encoding !== "utf8" && encoding !== "utf-8") return pool.subarray(0, pool.write(text, 0, encoding));
  const { written } = encoder.encodeInto(text, pool);
  if (written > LONGEST_VIEW) return pool.subarray(0, written);
  return (views[written] ??= pool.subarray(0, written));
}

/** Up to this length a loop is faster than a call into the host. */
const SHORT = 64;

/** A buffer of its own with these bytes. */
export function toBuffer(bytes: Bytes): Buffer {
  if (bytes.length > SHORT) return Buffer.from(bytes, "latin1");
  const buffer = Buffer.allocUnsafe(bytes.length);
  for (let i = 0; i < bytes.length; i++) buffer[i] = bytes.charCodeAt(i);
  return buffer;
}
