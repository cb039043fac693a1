// Key specifications: where a command's keys are, and what it does with them. Source of cluster routing, ACL, GETKEYS.
import { equalIgnoringCase, type Bytes } from "../kernel/bytes.ts";
import { parseInt64 } from "../kernel/integers.ts";

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
  | "incomplete"
  /** It is routed as a key is, and is none: a shard channel. */
  | "not_key"
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
  /** The keys of one request, where no search describes them: SORT's STORE. */
  readonly keysOf?: (argv: readonly Bytes[]) => readonly FoundKey[] | undefined;
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
  /** Keys behind a keyword, searched from a position on (from the end where it is negative). */
  after: (
    keyword: Bytes,
    startFrom: number,
    { lastKey, step = 1, limit = 0 }: { lastKey: number; step?: number; limit?: number },
    ...flags: readonly KeyFlag[]
  ): KeySpec => ({
    begin: { type: "keyword", keyword, startFrom },
    find: { type: "range", lastKey, step, limit },
    flags,
  }),
  /** Keys that only the command itself can tell. */
  unknown: (keysOf: (argv: readonly Bytes[]) => readonly FoundKey[], ...flags: readonly KeyFlag[]): KeySpec => ({
    begin: { type: "unknown" },
    find: { type: "unknown" },
    flags,
    keysOf,
  }),
};

/** A key in a request: its position and how it is accessed. */
export interface FoundKey {
  readonly index: number;
  readonly flags: readonly KeyFlag[];
}

/** The keys of a request, whose arity was checked; undefined when the arguments do not fit (db.c: getKeysUsingKeySpecs). */
export function findKeys(specs: readonly KeySpec[], argv: readonly Bytes[]): FoundKey[] | undefined {
  return findSlotted(specs.filter(isOfKeys), argv);
}

/** The same with shard channels, which have slots too. */
export function findSlotted(specs: readonly KeySpec[], argv: readonly Bytes[]): FoundKey[] | undefined {
  const found: FoundKey[] = [];
  for (const { begin, find, keysOf, flags, flagsOf } of specs) {
    if (keysOf !== undefined || begin.type === "unknown" || find.type === "unknown") {
      const own = keysOf!(argv);
      if (own === undefined) return undefined;
      found.push(...own);
      continue;
    }
    const first = begin.type === "index" ? begin.index : behindKeyword(begin, argv);
    if (first === undefined) continue;
    const places = positions(find, first, argv);
    if (places === undefined) return undefined;
    const own = flagsOf?.(argv) ?? flags;
    for (const index of places) found.push({ index, flags: own });
  }
  return found;
}

/** Shard channels are routed as keys are, and are none. */
export function isOfKeys({ flags }: KeySpec): boolean {
  return !flags.includes("not_key");
}

type Keyword = Extract<BeginSearch, { type: "keyword" }>;

function behindKeyword({ keyword, startFrom }: Keyword, argv: readonly Bytes[]): number | undefined {
  for (let i = startFrom; i < argv.length; i++) if (equalIgnoringCase(argv[i]!, keyword)) return i + 1;
  return undefined;
}

type DescribedKeys = Exclude<FindKeys, { type: "unknown" }>;

function positions(find: DescribedKeys, first: number, argv: readonly Bytes[]): number[] | undefined {
  let last: number;
  if (find.type === "range") {
    last = find.lastKey >= 0 ? first + find.lastKey : argv.length + find.lastKey;
    if (find.lastKey < 0 && find.limit > 1) last = first + Math.floor((last - first + 1) / find.limit) - 1;
  } else {
    const count = parseInt64(argv[first + find.keynumIndex]!);
    if (count === undefined || count < 1) return undefined;
    first += find.firstKey;
    last = first + (Number(count) - 1) * find.step;
  }
  if (first >= argv.length || last < first || last >= argv.length) return undefined;
  const found: number[] = [];
  for (let i = first; i <= last; i += find.step) found.push(i);
  return found;
}
