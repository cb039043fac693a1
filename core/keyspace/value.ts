// What a key can hold.
import type { StringValue } from "../types/string-value.ts";

export type TypeName = "string";

/** A value of any type; every later type joins this union. */
export type Value = StringValue;

/** The name that TYPE replies. */
export function typeOf(_value: Value): TypeName {
  return "string";
}

/** A value of its own with the same content, for COPY. */
export function copyValue(value: Value): Value {
  return typeof value === "string" ? value : value.copy();
}
