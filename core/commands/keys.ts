// Key specifications: where a command's keys are, and what it does with them. Source of cluster routing, ACL, GETKEYS.
import { equalIgnoringCase, type Bytes } from "../kernel/bytes.ts";

/** How a key is accessed, and what is done with its data, as COMMAND INFO prints them. */
export type KeyFlag =
  | "RO"
  | "RW"
  | "OW"
  | "RM"
  | "ACCESS"
  | "UPDATE"
  | "INSERT"
  | "DELETE"
  | "not_key"
  | "incomplete"
  | "variable_flags";

export type BeginSearch =
  | { readonly type: "index"; readonly index: number }
  | { readonly type: "keyword"; readonly keyword: Bytes; readonly startFrom: number }
  | { readonly type: "unknown" };

export type FindKeys =
  | { readonly type: "range"; readonly lastKey: number; readonly step: number; readonly limit: number }
  | { readonly type: "keynum"; readonly keynumIndex: number; readonly firstKey: number; readonly step: number }
  | { readonly type: "unknown" };

export interface KeySpec {
  readonly begin: BeginSearch;
  readonly find: FindKeys;
  readonly flags: readonly KeyFlag[];
  readonly notes?: string;
  /** The flags of one request, where they depend on its options (`variable_flags`). */
  readonly flagsOf?: (argv: readonly Bytes[]) => readonly KeyFlag[];
}

/** Builders of key specifications. Positions count the command's name as 0. */
export const key = {
  /** One key at a position. */
  at: (index: number, ...flags: readonly KeyFlag[]): KeySpec => key.range(index, { lastKey: 0 }, ...flags),
  /** Keys from a position on; `lastKey` is relative to it, negative counts from the end (-1: the last argument). */
  range: (
    index: number,
    { lastKey, step = 1, limit = 0 }: { lastKey: number; step?: number; limit?: number },
    ...flags: readonly KeyFlag[]
  ): KeySpec => ({ begin: { type: "index", index }, find: { type: "range", lastKey, step, limit }, flags }),
  /** A count at a position, its keys behind it. */
  counted: (index: number, ...flags: readonly KeyFlag[]): KeySpec => ({
    begin: { type: "index", index },
    find: { type: "keynum", keynumIndex: 0, firstKey: 1, step: 1 },
    flags,
  }),
  /** Keys behind a keyword, searched from a position on. */
  after: (keyword: Bytes, startFrom: number, find: FindKeys, ...flags: readonly KeyFlag[]): KeySpec => ({
    begin: { type: "keyword", keyword, startFrom },
    find,
    flags,
  }),
};

/** A key in a request: its position and how it is accessed. */
export interface FoundKey {
  readonly index: number;
  readonly flags: readonly KeyFlag[];
}

/** The keys of a request by its specifications; undefined when a specification does not fit the arguments. */
export function findKeys(specs: readonly KeySpec[], argv: readonly Bytes[]): FoundKey[] | undefined {
  const found: FoundKey[] = [];
  for (const { begin, find, flags, flagsOf } of specs) {
    if (flags.includes("not_key")) continue;
    const first = firstPosition(begin, argv);
    if (first === undefined) continue;
    const places = positions(find, first, argv);
    if (places === undefined) return undefined;
    for (const index of places) found.push({ index, flags: flagsOf?.(argv) ?? flags });
  }
  return found;
}

function firstPosition(begin: BeginSearch, argv: readonly Bytes[]): number | undefined {
  if (begin.type === "index") return begin.index;
  if (begin.type === "unknown") return undefined;
  const { keyword, startFrom } = begin;
  const step = startFrom < 0 ? -1 : 1;
  for (let i = startFrom < 0 ? argv.length + startFrom : startFrom; i > 0 && i < argv.length; i += step) {
    if (equalIgnoringCase(argv[i]!, keyword)) return i + 1;
  }
  return undefined;
}

function positions(find: FindKeys, first: number, argv: readonly Bytes[]): number[] | undefined {
  if (find.type === "unknown") return [];
  let last: number;
  let step: number;
  if (find.type === "range") {
    step = find.step;
    last = find.lastKey >= 0 ? first + find.lastKey : argv.length + find.lastKey;
    if (find.lastKey < 0 && find.limit > 1) last = first + Math.floor((last - first + 1) / find.limit) - 1;
  } else {
    step = find.step;
    const count = Number(argv[first + find.keynumIndex]);
    if (!Number.isInteger(count) || count < 0) return undefined;
    first += find.firstKey;
    last = first + (count - 1) * step;
  }
  if (last >= argv.length) return undefined;
  const found: number[] = [];
  for (let i = first; i <= last; i += step) found.push(i);
  return found;
}
