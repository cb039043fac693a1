// How a value is kept, in the names of OBJECT ENCODING: small strings lie in one piece with what owns them.
import { toUint8Array, type Bytes } from "../kernel/bytes.ts";
import { parseInt64 } from "../kernel/integers.ts";
import { RawString } from "../types/string-value.ts";
import type { Value } from "./value.ts";

/** The longest string that is kept in one piece with its object, in bytes; it may depend on the key. */
export type EmbeddedStrings = (owner: StringOwner) => number;

/** What a string may lie together with. */
export interface StringOwner {
  readonly key: Bytes;
  readonly expires: boolean;
  /** It was written over a value with a deadline, whether that stays or not. */
  readonly overDeadline?: boolean;
}

/** Redis: an object and its string fill 64 bytes. */
export const embeddedStrings: EmbeddedStrings = () => MOST_EMBEDDED_BYTES;

const MOST_EMBEDDED_BYTES = 44;

/** Valkey keeps the key there too, and the deadline; a long key has room for one already. */
export const embeddedBesideKey: EmbeddedStrings = ({ key: { length }, expires, overDeadline = false }) =>
  41 - length - (overDeadline || (expires && length < 32) ? 8 : 0);

/** A string that does not lie together with its key is kept apart for good, even where there would be room later. */
export function keptApart(value: Value, embeddedBytes: number): Value {
  if (typeof value !== "string" || value.length <= embeddedBytes || value.length > MOST_EMBEDDED_BYTES) return value;
  return parseInt64(value) === undefined ? RawString.ofBytes(toUint8Array(value)) : value;
}

/** `int`, `embstr`, `raw`, or what the collection says. */
export function encodingOf(value: Value, embeddedBytes: number): Bytes {
  if (typeof value !== "string") {
    return value.type === "string" && !value.changed && value.length > embeddedBytes ? "raw" : value.encoding;
  }
  if (parseInt64(value) !== undefined) return "int";
  return value.length <= embeddedBytes ? "embstr" : "raw";
}
