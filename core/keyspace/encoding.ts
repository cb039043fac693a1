// How a value is kept, in the names of OBJECT ENCODING: small strings lie in one piece with what owns them.
import type { Bytes } from "../kernel/bytes.ts";
import { parseInt64 } from "../kernel/integers.ts";
import type { Value } from "./value.ts";

/** The longest string that is kept in one piece with its object, in bytes; it may depend on the key. */
export type EmbeddedStrings = (owner: { readonly key: Bytes; readonly expires: boolean }) => number;

/** Redis: an object and its string fill 64 bytes. */
export const embeddedStrings: EmbeddedStrings = () => 44;

/** Valkey keeps the key there too, and the deadline; a long key has room for one already. */
export const embeddedBesideKey: EmbeddedStrings = ({ key: { length }, expires }) =>
  41 - length - (expires && length < 32 ? 8 : 0);

/** `int`, `embstr`, `raw`, or what the collection says. */
export function encodingOf(value: Value, embeddedBytes: number): Bytes {
  if (typeof value !== "string") {
    return value.type === "string" && !value.changed && value.length > embeddedBytes ? "raw" : value.encoding;
  }
  if (parseInt64(value) !== undefined) return "int";
  return value.length <= embeddedBytes ? "embstr" : "raw";
}
