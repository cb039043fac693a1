// The value at a key as the type that a command is for: WRONGTYPE is raised here, once, for every command.
import type { Bytes } from "../kernel/bytes.ts";
import type { EventClass } from "../keyspace/keyspace-host.ts";
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
  return asCollection(db.read(name), type);
}

/** The collection at a key, for writing. */
export function writeAs<T extends Collection>(
  { db }: CommandContext,
  name: Bytes,
  type: CollectionClass<T>,
): T | undefined {
  return asCollection(db.peek(name), type);
}

/** Narrows a value to a type; throws for any other. */
export function asCollection<T extends Collection>(value: Value | undefined, type: CollectionClass<T>): T | undefined {
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

/** When whoever caches a key learns that it changed: before the events, behind the command's own, behind all, or not at all. */
export type ChangeTold = "first" | "between" | "last" | "never";

/** After elements were taken: the event, and the end of an empty collection's key with its own. True when it went. */
export function removedFrom(
  { db, notify }: CommandContext,
  name: Bytes,
  collection: Collection,
  {
    event,
    told = "last",
  }: { readonly event?: readonly [EventClass, Bytes]; readonly told?: ChangeTold | undefined } = {},
): boolean {
  const gone = collection.length === 0;
  if (gone) db.remove(name);
  if (told === "first") db.touch(name);
  if (event !== undefined) notify(event[0], event[1], name);
  if (told === "between") db.touch(name);
  if (gone) notify("generic", "del", name);
  if (told === "last") db.touch(name);
  return gone;
}
