// What a search on a map asks for, read word by word because Redis looks members up meanwhile (geo.c: georadiusGeneric).
import { equalIgnoringCase, type Bytes } from "../../kernel/bytes.ts";
import { ReplyError, syntaxError } from "../../resp/errors.ts";
import type { GeoShape } from "../../types/geo-shape.ts";
import type { Point } from "../../types/geohash.ts";
import type { SortedSet } from "../../types/sorted-set.ts";
import type { CommandContext } from "../context.ts";
import { readInt64 } from "../numbers.ts";
import { readScore } from "../sorted-set/scores.ts";
import { pointOfMember, readPoint, readUnit } from "./geo-values.ts";

/** How a command of the family is written. */
export interface SearchForm {
  /** What stands at a fixed place behind the map's key: GEORADIUS's point, GEORADIUSBYMEMBER's member. Or all are options. */
  readonly center: "point" | "member" | "option";
  /** Where the map's key is; behind the destination's for GEOSEARCHSTORE. */
  readonly source: 1 | 2;
  /** STORE and STOREDIST name a key. */
  readonly stores?: boolean;
}

export interface Search {
  /** Undefined where there is no map to look at. */
  readonly shape: GeoShape | undefined;
  readonly direction: "asc" | "desc" | undefined;
  /** COUNT; Infinity where it is not given. */
  readonly most: number;
  /** The first that are found will do. */
  readonly any: boolean;
  readonly withDistance: boolean;
  readonly withHash: boolean;
  readonly withCoordinates: boolean;
  readonly destination: Bytes | undefined;
  readonly storesDistance: boolean;
}

type Size =
  | { readonly is: "circle"; readonly radius: number; readonly unitMeters: number }
  | { readonly is: "box"; readonly width: number; readonly height: number; readonly unitMeters: number };

/** What has been read so far. */
type Draft = { -readonly [K in keyof Search]: Search[K] } & {
  center: Point | undefined;
  /** How the center was given. */
  from: "member" | "point" | undefined;
  size: Size | undefined;
};

/** Reads a request; the words of a map that does not exist are read as well, but a member's place is not missed. */
export function readSearch(context: CommandContext, form: SearchForm, set: SortedSet | undefined): Search {
  const { argv } = context;
  const draft: Draft = {
    shape: undefined,
    center: undefined,
    from: undefined,
    size: undefined,
    direction: undefined,
    most: Infinity,
    any: false,
    withDistance: false,
    withHash: false,
    withCoordinates: false,
    destination: form.source === 2 ? argv[1] : undefined,
    storesDistance: false,
  };
  let at = readFixedWords(argv, form, set, draft);
  while (at < argv.length) {
    const used = readOption(argv, at, draft) || readPlace(argv, at, { form, set, draft });
    if (used === 0) throw syntaxError();
    at += used;
  }
  check(context, form, draft);
  const { center, size } = draft;
  return { ...draft, shape: center && size && { center, ...size } };
}

/** What stands at fixed places; gives where the options begin. */
function readFixedWords(
  argv: readonly Bytes[],
  { center, source }: SearchForm,
  set: SortedSet | undefined,
  draft: Draft,
): number {
  switch (center) {
    case "point":
      draft.center = readPoint(argv[2]!, argv[3]!);
      draft.size = readCircle(argv[4]!, argv[5]!);
      return 6;
    case "member":
      if (set !== undefined) {
        draft.center = pointOrError(set, argv[2]!);
        draft.size = readCircle(argv[3]!, argv[4]!);
      }
      return 5;
    case "option":
      return source + 1;
  }
}

/** The options that all forms know; gives how many words one took, 0 for none. */
function readOption(argv: readonly Bytes[], at: number, draft: Draft): number {
  const is = (token: Bytes): boolean => equalIgnoringCase(argv[at]!, token);
  if (is("WITHDIST")) draft.withDistance = true;
  else if (is("WITHHASH")) draft.withHash = true;
  else if (is("WITHCOORD")) draft.withCoordinates = true;
  else if (is("ANY")) draft.any = true;
  else if (is("ASC")) draft.direction = "asc";
  else if (is("DESC")) draft.direction = "desc";
  else if (is("COUNT") && at + 1 < argv.length) {
    draft.most = Number(readInt64(argv[at + 1]!));
    if (draft.most <= 0) throw new ReplyError("ERR COUNT must be > 0");
    return 2;
  } else return 0;
  return 1;
}

/** Where to search and where to store; gives how many words it took, 0 for none. */
function readPlace(
  argv: readonly Bytes[],
  at: number,
  { form, set, draft }: { readonly form: SearchForm; readonly set: SortedSet | undefined; readonly draft: Draft },
): number {
  const left = argv.length - at - 1;
  const is = (token: Bytes, words: number): boolean => left >= words && equalIgnoringCase(argv[at]!, token);
  if (form.stores && (is("STORE", 1) || is("STOREDIST", 1))) {
    draft.destination = argv[at + 1]!;
    draft.storesDistance = is("STOREDIST", 1);
    return 2;
  }
  if (form.center !== "option") return 0;
  if (is("FROMMEMBER", 1) && draft.from !== "point") {
    draft.center = set && pointOrError(set, argv[at + 1]!);
    draft.from = "member";
    return 2;
  }
  if (is("FROMLONLAT", 2) && draft.from !== "member") {
    draft.center = readPoint(argv[at + 1]!, argv[at + 2]!);
    draft.from = "point";
    return 3;
  }
  if (is("BYRADIUS", 2) && draft.size?.is !== "box") {
    draft.size = readCircle(argv[at + 1]!, argv[at + 2]!);
    return 3;
  }
  if (is("BYBOX", 3) && draft.size?.is !== "circle") {
    draft.size = readBox(argv[at + 1]!, argv[at + 2]!, argv[at + 3]!);
    return 4;
  }
  if (form.source === 2 && is("STOREDIST", 0)) {
    draft.storesDistance = true;
    return 1;
  }
  return 0;
}

function pointOrError(set: SortedSet, member: Bytes): Point {
  const point = pointOfMember(set, member);
  if (point === undefined) throw new ReplyError("ERR could not decode requested zset member");
  return point;
}

function readCircle(radiusText: Bytes, unitText: Bytes): Size {
  const radius = readScore(radiusText, "ERR need numeric radius");
  if (radius < 0) throw new ReplyError("ERR radius cannot be negative");
  return { is: "circle", radius, unitMeters: readUnit(unitText) };
}

function readBox(widthText: Bytes, heightText: Bytes, unitText: Bytes): Size {
  const width = readScore(widthText, "ERR need numeric width");
  const height = readScore(heightText, "ERR need numeric height");
  if (height < 0 || width < 0) throw new ReplyError("ERR height or width cannot be negative");
  return { is: "box", width, height, unitMeters: readUnit(unitText) };
}

/** What does not go together, and what is missing. */
function check({ argv: [command] }: CommandContext, { center, source }: SearchForm, draft: Draft): void {
  if (draft.destination !== undefined && (draft.withDistance || draft.withHash || draft.withCoordinates)) {
    const what = source === 2 ? "GEOSEARCHSTORE" : "STORE option in GEORADIUS";
    throw new ReplyError(`ERR ${what} is not compatible with WITHDIST, WITHHASH and WITHCOORD options`);
  }
  if (center === "option" && draft.from === undefined) {
    throw new ReplyError(`ERR exactly one of FROMMEMBER or FROMLONLAT can be specified for ${command}`);
  }
  if (center === "option" && draft.size === undefined) {
    throw new ReplyError(`ERR exactly one of BYRADIUS and BYBOX can be specified for ${command}`);
  }
  if (draft.any && draft.most === Infinity) throw new ReplyError("ERR the ANY argument requires COUNT argument");
}
