// SORT and SORT_RO: the elements of a list, set or sorted set in the order of their own value or of others' (sort.c).
import { equalIgnoringCase, type Bytes } from "../../kernel/bytes.ts";
import { hashSlot } from "../../kernel/crc16.ts";
import { parseDouble, readDouble } from "../../kernel/doubles.ts";
import { sortPartially, type Places } from "../../kernel/partial-sort.ts";
import type { Value } from "../../keyspace/value.ts";
import { printed, ReplyError, syntaxError, wrongType } from "../../resp/errors.ts";
import { Hash } from "../../types/hash.ts";
import { List } from "../../types/list.ts";
import { MemberSet } from "../../types/set.ts";
import { SortedSet } from "../../types/sorted-set.ts";
import { stringBytes } from "../../types/string-value.ts";
import { arg } from "../args.ts";
import { defineCommand, type CommandFacts } from "../command.ts";
import type { CommandContext } from "../context.ts";
import { FieldReader } from "../hash/fields.ts";
import { key, type FoundKey } from "../keys.ts";
import { readPosition } from "../numbers.ts";
import type { Profile } from "../profile.ts";
import { numberIn } from "../sorted-set/scores.ts";
import { isString } from "../values.ts";

interface SortRequest {
  /** Where an element's weight is; undefined: it is its own. */
  readonly by: Bytes | undefined;
  /** A pattern without a star: the elements come as they are. */
  readonly unsorted: boolean;
  readonly alpha: boolean;
  readonly descending: boolean;
  readonly offset: number;
  /** Negative: no limit. */
  readonly count: number;
  readonly get: readonly Bytes[];
  readonly destination: Bytes | undefined;
}

/** A pattern may lead to keys of other slots, and to keys that the user may not read. */
function checkPattern(context: CommandContext, pattern: Bytes, option: "BY" | "GET"): void {
  checkSlots(context, pattern, option);
  const { argv, client, server, table } = context;
  if (!server.users.readsEveryKey(client, { command: table.find(argv)!, argv })) {
    throw new ReplyError(`ERR ${option} option of SORT denied due to insufficient ACL permissions.`);
  }
}

function checkSlots({ argv, profile, server }: CommandContext, pattern: Bytes, option: "BY" | "GET"): void {
  const { cluster } = server;
  if (cluster === undefined && !server.looksForIncompatible) return;
  if (!profile.can.patternsInCluster) throw new ReplyError(`ERR ${option} option of SORT denied in Cluster mode.`);
  if (option === "GET" && printed(pattern) === "#") return;
  if (slotOfPattern(printed(pattern)) === hashSlot(argv[1]!)) return;
  if (cluster === undefined) {
    server.incompatible();
    return;
  }
  throw new ReplyError(
    `ERR ${option} option of SORT denied in Cluster mode when keys formed by the pattern may be in different slots.`,
  );
}

/** The slot of every key that a pattern may stand for; undefined where they may lie in several (cluster.c: patternHashSlot). */
function slotOfPattern(pattern: Bytes): number | undefined {
  const tag = /^[^*?[\\{]*\{([^*?[\\}]+)\}/.exec(pattern);
  if (tag !== null) return hashSlot(tag[1]!);
  return /[*?[\\]/.test(pattern) ? undefined : hashSlot(pattern);
}

function readRequest(context: CommandContext, { stores }: { readonly stores: boolean }): SortRequest {
  const { argv } = context;
  let by: Bytes | undefined;
  let unsorted = false;
  let alpha = false;
  let descending = false;
  let offset = 0;
  let count = -1;
  let destination: Bytes | undefined;
  const get: Bytes[] = [];
  for (let i = 2; i < argv.length; i++) {
    const left = argv.length - i - 1;
    const is = (token: Bytes): boolean => equalIgnoringCase(argv[i]!, token);
    if (is("ASC")) descending = false;
    else if (is("DESC")) descending = true;
    else if (is("ALPHA")) alpha = true;
    else if (is("LIMIT") && left >= 2) {
      offset = readPosition(argv[++i]!);
      count = readPosition(argv[++i]!);
    } else if (stores && is("STORE") && left >= 1) destination = argv[++i];
    else if (is("BY") && left >= 1) {
      by = argv[++i]!;
      if (!printed(by).includes("*")) unsorted = true;
      else checkPattern(context, by, "BY");
    } else if (is("GET") && left >= 1) {
      checkPattern(context, argv[++i]!, "GET");
      get.push(argv[i]!);
    } else throw syntaxError();
  }
  return { by, unsorted, alpha, descending, offset, count, get, destination };
}

type Source = List | MemberSet | SortedSet;

function sourceAt({ db, argv }: CommandContext): Source | undefined {
  const value = db.read(argv[1]!);
  if (value === undefined || value instanceof List || value instanceof MemberSet || value instanceof SortedSet)
    return value;
  throw wrongType();
}

/** What is wanted of the elements, in its order. */
function sorted(context: CommandContext, source: Source, request: SortRequest): readonly Bytes[] {
  const places = placesOf(request, source.length);
  if (source instanceof SortedSet) source.enlarge();
  if (request.unsorted) {
    if (!(source instanceof MemberSet)) return partAsItIs(source, places, request.descending);
    // What is stored must not depend on the order of a set.
    if (request.destination === undefined) return source.members().slice(places.from, places.to);
    return sorted(context, source, { ...request, by: undefined, unsorted: false, alpha: true });
  }
  const rows = [...elementsOf(source)].map((element) => weighed(context, element, request));
  if (rows.some(({ weight }) => Number.isNaN(weight))) {
    throw new ReplyError("ERR One or more scores can't be converted into double");
  }
  const compare = comparison(request);
  if (request.by !== undefined && places.to - places.from < rows.length) sortPartially(rows, compare, places);
  else rows.sort(compare);
  return rows.slice(places.from, places.to).map(({ element }) => element);
}

function placesOf({ offset, count }: SortRequest, length: number): Places {
  const from = Math.min(Math.max(0, offset), length);
  return { from, to: count < 0 ? length : Math.min(length, from + count) };
}

function partAsItIs(source: List | SortedSet, { from, to }: Places, descending: boolean): Bytes[] {
  const part = descending ? { from: source.length - to, to: source.length - from } : { from, to };
  const elements =
    source instanceof List
      ? [...source.range(part.from, part.to)]
      : Array.from(source.range(part), ({ member }) => member);
  return descending ? elements.reverse() : elements;
}

function elementsOf(source: Source): Iterable<Bytes> {
  if (source instanceof List) return source.range(0, source.length);
  if (source instanceof MemberSet) return source.members();
  return Array.from(source.range({ from: 0, to: source.length }), ({ member }) => member);
}

/** An element and what it is sorted by: a number, NaN where there should be one; with ALPHA a text, or nothing. */
interface Row {
  readonly element: Bytes;
  readonly weight: number;
  readonly text: Bytes | undefined;
}

function weighed(context: CommandContext, element: Bytes, { by, alpha }: SortRequest): Row {
  const value = by === undefined ? element : valueFor(context, by, element);
  const weight = alpha || value === undefined ? 0 : (readWeight(value, context.profile) ?? Number.NaN);
  return { element, weight, text: value };
}

/** The least number that has all its digits; what is less counts as out of range, and zero does not. */
const LEAST_NORMAL = 2 ** -1022;

function readWeight(text: Bytes, profile: Profile): number | undefined {
  const number = numberIn(text, profile);
  if (!profile.can.looseScoreBounds) return readDouble(number);
  const weight = parseDouble(number);
  return weight !== undefined && weight !== 0 && Math.abs(weight) < LEAST_NORMAL ? undefined : weight;
}

/** As sort.c: sortCompare. What is stored is compared byte by byte, what is replied up to a NUL, as `strcoll` does. */
function comparison({ by, alpha, descending, destination }: SortRequest): (a: Row, b: Row) => number {
  const comparable = destination === undefined ? printed : (text: Bytes): Bytes => text;
  const ascending = (a: Row, b: Row): number => {
    if (!alpha) return a.weight - b.weight || compareBytes(a.element, b.element);
    if (by === undefined) return compareBytes(comparable(a.element), comparable(b.element));
    if (a.text === undefined || b.text === undefined)
      return Number(b.text === undefined) - Number(a.text === undefined);
    return compareBytes(comparable(a.text), comparable(b.text));
  };
  return descending ? (a, b) => ascending(b, a) : ascending;
}

function compareBytes(a: Bytes, b: Bytes): number {
  return a === b ? 0 : a < b ? -1 : 1;
}

/**
 * The value that a pattern names for an element: a string, or the field of a hash behind `->`; `#` is the element itself
 * (sort.c: lookupKeyByPattern).
 */
function valueFor(context: CommandContext, pattern: Bytes, element: Bytes): Bytes | undefined {
  if (printed(pattern) === "#") return element;
  const visible = printed(pattern);
  const star = visible.indexOf("*");
  if (star < 0) return undefined;
  const arrow = visible.indexOf("->", star + 1);
  const hasField = arrow >= 0 && arrow + 2 < visible.length;
  const name = pattern.slice(0, star) + element + pattern.slice(star + 1, hasField ? arrow : undefined);
  const value = context.db.read(name);
  return hasField ? fieldOf(context, name, value, pattern.slice(arrow + 2)) : textOf(value);
}

function textOf(value: Value | undefined): Bytes | undefined {
  return isString(value) ? stringBytes(value) : undefined;
}

function fieldOf(context: CommandContext, name: Bytes, value: Value | undefined, field: Bytes): Bytes | undefined {
  if (!(value instanceof Hash)) return undefined;
  const reader = new FieldReader(context, name, value);
  const text = reader.read(field);
  reader.tell();
  return text;
}

function run(context: CommandContext, stores: boolean): void {
  const { reply } = context;
  const request = readRequest(context, { stores });
  const source = sourceAt(context);
  const elements = source === undefined ? [] : sorted(context, source, request);
  const values =
    request.get.length === 0
      ? elements
      : elements.flatMap((element) => request.get.map((pattern) => valueFor(context, pattern, element)));
  if (request.destination !== undefined) {
    store(context, request.destination, values);
    return;
  }
  reply.array(values.length);
  for (const value of values) reply.bulkOrNull(value);
}

/** Stores a list, in which what was not found is empty; nothing at all deletes the destination. */
function store(context: CommandContext, destination: Bytes, values: readonly (Bytes | undefined)[]): void {
  const { db, reply, notify, propagate, server } = context;
  if (values.length > 0) {
    const texts = values.map((value) => value ?? "");
    db.set(destination, List.of(texts, server.limits));
    notify("list", "sortstore", destination);
    propagate.verbatim(values.length);
  } else if (db.delete(destination)) {
    notify("generic", "del", destination);
    propagate.verbatim();
  }
  reply.integer(values.length);
}

const facts = {
  group: "generic",
  arity: -2,
  complexity: "O(N+M*log(M)) for N elements, M of them replied",
  acl: ["set", "sortedset", "list", "dangerous"],
  ignoresArguments: true,
} as const satisfies Partial<CommandFacts> & { ignoresArguments: true };

const source = key.at(1, "RO", "ACCESS");
const patterns = {
  ...key.unknown(() => [], "RO", "ACCESS"),
  notes:
    "For the optional BY/GET keyword. It is marked 'unknown' because the key names derive from the content of the key we sort",
};
const destination = {
  ...key.unknown(findDestination, "OW", "UPDATE"),
  notes:
    "For the optional STORE keyword. It is marked 'unknown' because the keyword can appear anywhere in the argument array",
};

/** The word behind the last STORE that is no other option's value (db.c: sortGetKeys). */
function findDestination(argv: readonly Bytes[]): readonly FoundKey[] {
  const found: FoundKey[] = [];
  for (let i = 2; i < argv.length; i++) {
    const is = (token: Bytes): boolean => equalIgnoringCase(argv[i]!, token);
    if (is("LIMIT")) i += 2;
    else if (is("GET") || is("BY")) i++;
    else if (is("STORE") && i + 1 < argv.length) found[0] = { index: ++i, flags: ["OW", "UPDATE"] };
  }
  return found;
}

const sortArguments = [
  arg.key("key"),
  arg.optional(arg.pattern("by-pattern", { token: "BY", display: "pattern", name70: "pattern", keySpec: 1 })),
  arg.optional(
    arg.block("limit", [arg.lateInteger("offset"), arg.lateInteger("count")], {
      token: "LIMIT",
      name70: "offset_count",
    }),
  ),
  arg.optional(
    arg.multiple(
      arg.pattern("get-pattern", {
        token: "GET",
        display: "pattern",
        name70: "pattern",
        keySpec: 1,
        multipleToken: true,
      }),
    ),
  ),
  arg.optional(arg.oneOf("order", [arg.token("asc", "ASC"), arg.token("desc", "DESC")])),
  arg.optional(arg.token("sorting", "ALPHA")),
] as const;

export const sort = defineCommand({
  ...facts,
  name: "SORT",
  since: "1.0.0",
  summary: "Sorts the elements of a list, a set or a sorted set, and may store the result.",
  flags: ["write", "denyoom", "movablekeys"],
  keys: [source, patterns, destination],
  args: [...sortArguments, arg.optional(arg.key("destination", { token: "STORE", keySpec: 2 }))],
  run: (context) => run(context, true),
});

export const sortRo = defineCommand({
  ...facts,
  name: "SORT_RO",
  since: "7.0.0",
  summary: "Sorts the elements of a list, a set or a sorted set.",
  flags: ["readonly", "movablekeys"],
  keys: [source, patterns],
  args: sortArguments,
  run: (context) => run(context, false),
});
