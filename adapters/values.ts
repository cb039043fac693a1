// What keys hold, in JavaScript's own shapes: tests load, dump and compare these without a thought for commands. Shapes are known by
// what they are, not by `instanceof`: under Jest some, of structuredClone for one, come from another realm.
import { inspect, types } from "node:util";
import type { RedisValue } from "./own-client.ts";
import type { Argument } from "./text.ts";
import { durationMs, type Duration } from "../core/index.ts";

/** A value with a time to live; null is for ever. */
export interface ExpiringValue<V = LoadedValue, T = Duration | null> {
  readonly value: V;
  readonly ttl: T;
}

/**
 * A value to load. An array is a list; of pairs with numbers a sorted set; of pairs with fields a stream; of pairs with
 * Float32Arrays a vector set. A Set is a set, an object a hash, and so is a Map. What is empty is no key at all.
 */
export type LoadedValue =
  | Argument
  | readonly Argument[]
  | ReadonlySet<Argument>
  | { readonly [field: string]: Argument | ExpiringValue<Argument> }
  | ReadonlyMap<Argument, Argument | ExpiringValue<Argument>>
  | readonly (readonly [member: Argument, score: number])[]
  | readonly (readonly [id: string, fields: LoadedFields])[]
  | readonly (readonly [element: Argument, vector: Float32Array])[];

/** The fields of a stream's entry; pairs where a name comes twice, or is no text. */
export type LoadedFields = { readonly [field: string]: Argument } | readonly (readonly [Argument, Argument])[];

/** Text, or a `Buffer` where the bytes are no UTF-8. */
type Text = string | Buffer;
type Field = Text | ExpiringValue<Text, number>;

/**
 * A value as `dump` shows it, which `load` takes. A hash is a Map where a field's name is no text. Of a stream these are the
 * entries: ask XINFO for its groups; of a vector set the vectors, as far as it still knows them: ask VGETATTR for the rest.
 */
export type DumpedValue =
  | Text
  | readonly Text[]
  | ReadonlySet<Text>
  | { readonly [field: string]: Field }
  | ReadonlyMap<Text, Field>
  | readonly (readonly [member: Text, score: number])[]
  | readonly (readonly [id: string, fields: DumpedFields])[]
  | readonly (readonly [element: Text, vector: Float32Array])[];

type DumpedFields = { readonly [field: string]: Text } | readonly (readonly [Text, Text])[];

/** A hand in a server; a `ServerHandle` is one. */
interface Hand {
  call(...command: readonly [name: string, ...args: readonly Argument[]]): RedisValue;
}

export interface ReadOptions {
  /** Whether fields of hashes show the time that they have left. */
  readonly fieldTTLs: boolean;
}

/** The value at a key that exists. */
export function readValue(hand: Hand, key: string | Uint8Array, { fieldTTLs }: ReadOptions): DumpedValue {
  const type = hand.call("TYPE", key) as string;
  switch (type) {
    case "string":
      return hand.call("GET", key) as Text;
    case "list":
      return hand.call("LRANGE", key, 0, -1) as readonly Text[];
    case "set":
      return new Set(hand.call("SMEMBERS", key) as readonly Text[]);
    case "zset":
      return hand.call("ZRANGE", key, 0, -1, "WITHSCORES") as readonly (readonly [Text, number])[];
    case "hash":
      return readHash(hand, key, fieldTTLs);
    case "stream":
      return readEntries(hand, key);
    case "vectorset":
      return readVectors(hand, key);
    default:
      throw new Error(`The key ${JSON.stringify(String(key))} holds a ${type}, which has no shape in JavaScript here.`);
  }
}

function readHash(hand: Hand, key: string | Uint8Array, withTTLs: boolean): DumpedValue {
  const names = hand.call("HKEYS", key) as readonly Text[];
  const values = hand.call("HVALS", key) as readonly Text[];
  const ttls = withTTLs ? fieldTTLsOf(hand, key, names) : [];
  const pairs = names.map((name, i): [Text, Field] => {
    const [value, ttl] = [values[i]!, ttls[i] ?? -1];
    return [name, ttl < 0 ? value : { value, ttl }];
  });
  return pairs.every(isNamedByText) ? Object.fromEntries(pairs) : new Map(pairs);
}

/** Not every release lets fields expire. */
function fieldTTLsOf(hand: Hand, key: string | Uint8Array, names: readonly Text[]): readonly number[] {
  const [known] = hand.call("COMMAND", "INFO", "HPTTL") as readonly RedisValue[];
  if (known === null) return [];
  return hand.call("HPTTL", key, "FIELDS", names.length, ...names) as readonly number[];
}

function readEntries(hand: Hand, key: string | Uint8Array): readonly (readonly [string, DumpedFields])[] {
  const entries = hand.call("XRANGE", key, "-", "+") as readonly (readonly [string, readonly Text[]])[];
  return entries.map(([id, words]) => [id, fieldsOf(words)]);
}

function fieldsOf(words: readonly Text[]): DumpedFields {
  const pairs = Array.from({ length: words.length / 2 }, (_, i): [Text, Text] => [words[2 * i]!, words[2 * i + 1]!]);
  const names = new Set(pairs.map(([name]) => name));
  return names.size === pairs.length && pairs.every(isNamedByText) ? Object.fromEntries(pairs) : pairs;
}

/** In the order of their coming: nothing is nearer to the vector of zeros than anything else. */
function readVectors(hand: Hand, key: string | Uint8Array): readonly (readonly [Text, Float32Array])[] {
  const length = hand.call("VCARD", key) as number;
  if (length === 0) return [];
  const dimensions = hand.call("VDIM", key) as number;
  const zeros = Array.from({ length: dimensions }, () => 0);
  const elements = hand.call("VSIM", key, "VALUES", dimensions, ...zeros, "TRUTH", "COUNT", length) as readonly Text[];
  return elements.map((element) => [element, Float32Array.from(hand.call("VEMB", key, element) as readonly number[])]);
}

/** Writes a value over whatever the key held. */
export function writeValue(hand: Hand, key: string | Uint8Array, value: LoadedValue): void {
  if (isArgument(value)) {
    hand.call("SET", key, value);
    return;
  }
  hand.call("DEL", key);
  if (isArray(value)) writeArray(hand, key, value);
  else if (isSet(value)) {
    if (value.size > 0) hand.call("SADD", key, ...value);
  } else if (isMap(value)) writeHash(hand, key, [...value]);
  else if (isPlainObject(value)) writeHash(hand, key, Object.entries(value));
  else
    throw new TypeError(
      `Redis has no type for what the key ${JSON.stringify(String(key))} is to hold: ${inspect(value)}.`,
    );
}

type Row = Argument | readonly [Argument, number] | readonly [string, LoadedFields] | readonly [Argument, Float32Array];

/** What the first row is, all must be. */
function writeArray(hand: Hand, key: string | Uint8Array, rows: readonly Row[]): void {
  if (rows.length === 0) return;
  if (rows.every(isArgument)) hand.call("RPUSH", key, ...rows);
  else if (rows.every(isScored)) hand.call("ZADD", key, ...rows.flatMap(([member, score]) => [score, member]));
  else if (rows.every(isVectored)) {
    for (const [element, vector] of rows) {
      hand.call("VADD", key, "VALUES", vector.length, ...Array.from(vector, String), element);
    }
  } else if (rows.every(isEntry)) {
    for (const [id, fields] of rows) {
      const pairs: readonly (readonly [Argument, Argument])[] = isArray(fields) ? fields : Object.entries(fields);
      hand.call("XADD", key, id, ...pairs.flat());
    }
  } else {
    throw new TypeError(
      `The array for the key ${JSON.stringify(String(key))} is none that can be loaded: a list is ["a", "b"], ` +
        `a sorted set [["member", 1]], a stream [["1-0", { field: "value" }]], a vector set [["element", Float32Array.of(1, 2)]].`,
    );
  }
}

function writeHash(
  hand: Hand,
  key: string | Uint8Array,
  fields: readonly (readonly [Argument, Argument | ExpiringValue<Argument>])[],
): void {
  if (fields.length === 0) return;
  for (const [name, field] of fields) {
    if (isArgument(field) || isExpiring(field)) continue;
    throw new TypeError(
      `The field ${JSON.stringify(String(name))} of the hash ${JSON.stringify(String(key))} holds a text or a number, not ${inspect(field)}.`,
    );
  }
  hand.call("HSET", key, ...fields.flatMap(([name, field]) => [name, isArgument(field) ? field : field.value]));
  for (const [name, field] of fields) {
    if (isArgument(field) || field.ttl === null) continue;
    hand.call("HPEXPIRE", key, Math.ceil(durationMs(field.ttl)), "FIELDS", 1, name);
  }
}

/** Whether a value comes with a time to live: an object of `value` and `ttl`, and of nothing else. */
export function isExpiring(entry: LoadedValue | ExpiringValue): entry is ExpiringValue {
  return isPlainObject(entry) && "value" in entry && "ttl" in entry && Object.keys(entry).length === 2;
}

/** A plain object, as literals are: no buffer, no Set, no matcher of a test runner. */
export function isPlainObject(value: unknown): value is Readonly<Record<string, unknown>> {
  if (typeof value !== "object" || value === null) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === null || Object.getPrototypeOf(prototype) === null;
}

function isArgument(value: unknown): value is Argument {
  return ["string", "number", "bigint"].includes(typeof value) || types.isUint8Array(value);
}

/** As `Array.isArray`, which forgets what a readonly array holds. */
function isArray(value: unknown): value is readonly unknown[] {
  return Array.isArray(value);
}

function isSet(value: LoadedValue): value is ReadonlySet<Argument> {
  return types.isSet(value);
}

function isMap(value: LoadedValue): value is ReadonlyMap<Argument, Argument | ExpiringValue<Argument>> {
  return types.isMap(value);
}

function isScored(row: Row): row is readonly [Argument, number] {
  return isArray(row) && row.length === 2 && typeof row[1] === "number";
}

function isVectored(row: Row): row is readonly [Argument, Float32Array] {
  return isArray(row) && row.length === 2 && types.isFloat32Array(row[1]);
}

function isEntry(row: Row): row is readonly [string, LoadedFields] {
  return isArray(row) && row.length === 2 && typeof row[1] === "object" && !isArgument(row[1]);
}

function isNamedByText<V>(pair: [name: Text, V]): pair is [name: string, V] {
  return typeof pair[0] === "string";
}
