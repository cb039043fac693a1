// The value at a key as the type that a command is for: WRONGTYPE is raised here, once, for every command.
import type { Bytes } from "../kernel/bytes.ts";
import type { Collection, Value } from "../keyspace/value.ts";
import { wrongType } from "../resp/errors.ts";
import type { StringValue } from "../types/string-value.ts";
import type { CommandContext } from "./context.ts";

/** The class of a type: `List`, `SortedSet`. */
export type CollectionClass<T extends Collection> = abstract new (...args: never[]) => T;

/** The collection at a key, for reading: counts a hit or a miss. */
export function readAs<T extends Collection>(
  { db }: CommandContext,
  name: Bytes,
  type: CollectionClass<T>,
): T | undefined {
  return checked(db.read(name), type);
}

/** The collection at a key, for writing. */
export function writeAs<T extends Collection>(
  { db }: CommandContext,
  name: Bytes,
  type: CollectionClass<T>,
): T | undefined {
  return checked(db.peek(name), type);
}

function checked<T extends Collection>(value: Value | undefined, type: CollectionClass<T>): T | undefined {
  if (value === undefined || value instanceof type) return value;
  throw wrongType();
}

/** Narrows a value to a string; throws for anything else. */
export function asString(value: Value | undefined): StringValue | undefined {
  if (value === undefined || isString(value)) return value;
  throw wrongType();
}

export function isString(value: Value | undefined): value is StringValue {
  return typeof value === "string" || value?.type === "string";
}

/** After elements were taken: an empty collection's key goes, with its event; otherwise the key has changed. True when it went. */
export function removedFrom({ db, notify }: CommandContext, name: Bytes, collection: Collection): boolean {
  if (collection.length > 0) {
    db.touch(name);
    return false;
  }
  db.delete(name);
  notify("generic", "del", name);
  return true;
}
