// What a key can hold.
import { ReplyError } from "../resp/errors.ts";
import type { EncodingLimits } from "../types/encoding-limits.ts";
import type { Hash } from "../types/hash.ts";
import type { List } from "../types/list.ts";
import type { MemberSet } from "../types/set.ts";
import type { SortedSet } from "../types/sorted-set.ts";
import type { Stream } from "../types/stream.ts";
import type { StringValue } from "../types/string-value.ts";
import type { VectorSet } from "../types/vector-set.ts";

/** A value that holds elements. It is changed in place; the key of an empty one does not exist, a stream's excepted. */
export type Collection = List | MemberSet | SortedSet | Hash | Stream | VectorSet;

/** A value of any type. */
export type Value = StringValue | Collection;

/** The names that TYPE replies. */
export type TypeName = "string" | Collection["type"];

/** The name that TYPE replies. */
export function typeOf(value: Value): TypeName {
  return typeof value === "string" ? "string" : value.type;
}

/** A value of its own with the same content, for COPY; throws where a module cannot make one. */
export function copyValue(value: Value, limits: EncodingLimits): Value {
  if (typeof value === "string") return value;
  if (value.type === "vectorset") throw new ReplyError("ERR not supported for this module key");
  return value.type === "string" ? value.copy() : value.copy(limits);
}
