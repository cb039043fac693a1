// Members of a map by where they are: GEOSEARCH, GEOSEARCHSTORE and the older GEORADIUS family (geo.c: georadiusGeneric).
import { equalIgnoringCase, type Bytes } from "../../kernel/bytes.ts";
import { sortPartially } from "../../kernel/partial-sort.ts";
import { cellsAround, distanceWithin, type GeoShape } from "../../types/geo-shape.ts";
import { pointOf, scoresOf, type Point } from "../../types/geohash.ts";
import { SortedSet } from "../../types/sorted-set.ts";
import { arg } from "../args.ts";
import { defineCommand, type Command, type CommandFacts } from "../command.ts";
import type { CommandContext } from "../context.ts";
import { key, type KeySpec } from "../keys.ts";
import { storeEntries } from "../sorted-set/range.ts";
import { readAs } from "../values.ts";
import { replyDistance, replyPoint, unit } from "./geo-values.ts";
import { count, order, radiusCount, replyOptions, searchArguments, storeOptions } from "./search-arguments.ts";
import { readSearch, type Search, type SearchForm } from "./search-request.ts";

/** A member that lies within the shape. */
interface Found {
  readonly member: Bytes;
  readonly score: number;
  readonly point: Point;
  /** In units of the request. */
  readonly distance: number;
}

function run(context: CommandContext, form: SearchForm): void {
  const set = readAs(context, context.argv[form.source]!, SortedSet);
  const search = readSearch(context, form, set);
  const { shape, destination } = search;
  const found = set === undefined || shape === undefined ? [] : ordered(find(set, shape, search), shape, search);
  if (destination === undefined) {
    replyFound(context, found, search);
    return;
  }
  const entries = found.map(({ member, score, distance }) => ({
    member,
    score: search.storesDistance ? distance : score,
  }));
  const event = form.center === "option" ? "geosearchstore" : "georadiusstore";
  storeEntries(context, destination, entries, { event, eachCounts: true });
}

/** A member, and its distance before it is turned into units. */
interface Candidate extends Omit<Found, "distance"> {
  readonly meters: number;
}

/** In the order of the cells, and of the scores within each; enough of ANY ends the search. */
function find(set: SortedSet, shape: GeoShape, { any, most }: Search): Candidate[] {
  const found: Candidate[] = [];
  const enough = any ? most : Infinity;
  for (const cell of cellsAround(shape)) {
    const { min, max } = scoresOf(cell);
    const ranks = set.byScore({ score: min, exclusive: false }, { score: max, exclusive: true });
    for (const { member, score } of set.range(ranks)) {
      if (found.length >= enough) return found;
      const point = pointOf(score);
      const meters = distanceWithin(shape, point);
      if (meters !== undefined) found.push({ member, score, point, meters });
    }
  }
  return found;
}

/** As many as are wanted. The nearest come first where it is not said which are wanted. */
function ordered(found: Candidate[], shape: GeoShape, { direction: given, most, any }: Search): readonly Found[] {
  const wanted = Math.min(found.length, most);
  const direction = given ?? (most !== Infinity && !any ? "asc" : undefined);
  if (direction !== undefined) {
    const sign = direction === "asc" ? 1 : -1;
    const compare = (a: Candidate, b: Candidate): number => sign * (a.meters - b.meters);
    if (wanted < found.length) sortPartially(found, compare, { from: 0, to: wanted });
    else found.sort(compare);
  }
  return found.slice(0, wanted).map((each) => ({ ...each, distance: each.meters / shape.unitMeters }));
}

function replyFound(context: CommandContext, found: readonly Found[], search: Search): void {
  const { reply } = context;
  const { withDistance, withHash, withCoordinates } = search;
  const options = [withDistance, withHash, withCoordinates].filter(Boolean).length;
  reply.array(found.length);
  for (const { member, score, point, distance } of found) {
    if (options > 0) reply.array(1 + options);
    reply.bulk(member);
    if (withDistance) replyDistance(context, distance);
    if (withHash) reply.integer(Math.trunc(score));
    if (withCoordinates) replyPoint(context, point);
  }
}

const facts = {
  group: "geo",
  since: "3.2.0",
  complexity: "O(N+log(M)) for N members in the cells around the shape and M members of the map",
  flags: ["readonly"],
  acl: ["geo"],
  keys: [key.at(1, "RO", "ACCESS")],
  ignoresArguments: true,
} as const satisfies Partial<CommandFacts> & { ignoresArguments: true };

export const geosearch = defineCommand({
  ...facts,
  name: "GEOSEARCH",
  since: "6.2.0",
  arity: -7,
  summary: "Replies the members of a map within a circle or a box.",
  args: [arg.key("key"), ...searchArguments, ...replyOptions],
  run: (context) => run(context, { center: "option", source: 1 }),
});

export const geosearchstore = defineCommand({
  ...facts,
  name: "GEOSEARCHSTORE",
  since: "6.2.0",
  arity: -8,
  summary: "Stores the members of a map within a circle or a box.",
  flags: ["write", "denyoom"],
  keys: [key.at(1, "OW", "UPDATE"), key.at(2, "RO", "ACCESS")],
  args: [
    arg.key("destination"),
    arg.key("source", { keySpec: 1 }),
    ...searchArguments,
    arg.optional(arg.token("storedist", "STOREDIST")),
  ],
  run: (context) => run(context, { center: "option", source: 2 }),
});

/** The older forms, whose center and radius stand at fixed places. */
function defineRadius(
  own: Pick<CommandFacts, "name" | "summary"> & { readonly center: "point" | "member"; readonly readonly?: boolean },
): Command {
  const { center, readonly = false, ...names } = own;
  const fixedWords = center === "point" ? 6 : 5;
  const by = center === "point" ? "the `BYRADIUS` argument" : "the `BYRADIUS` and `FROMMEMBER` arguments";
  return defineCommand({
    ...facts,
    ...names,
    since: readonly ? "3.2.10" : "3.2.0",
    arity: -fixedWords,
    flags: readonly ? ["readonly"] : ["write", "denyoom", "movablekeys"],
    keys: readonly ? facts.keys : [...facts.keys, storedKey("STORE", fixedWords), storedKey("STOREDIST", fixedWords)],
    in: readonly
      ? {}
      : {
          "redis-8.0": {
            keys: [...facts.keys, lastStored("STORE", fixedWords, true), lastStored("STOREDIST", fixedWords)],
          },
        },
    deprecated: {
      since: "6.2.0",
      replacedBy: readonly ? `\`GEOSEARCH\` with ${by}` : `\`GEOSEARCH\` and \`GEOSEARCHSTORE\` with ${by}`,
    },
    args: [
      arg.key("key"),
      ...(center === "point" ? [arg.double("longitude"), arg.double("latitude")] : [arg.string("member")]),
      arg.double("radius"),
      unit,
      ...replyOptions,
      center === "point" ? radiusCount : count,
      order,
      ...(readonly ? [] : storeOptions),
    ],
    run: (context) => run(context, { center, source: 1, stores: !readonly }),
  });
}

/** The key behind a keyword; a keyword without a key is none (db.c: georadiusGetKeys). */
function storedKey(keyword: Bytes, from: number): KeySpec {
  const flags = ["OW", "UPDATE"] as const;
  return {
    ...key.after(keyword, from, { lastKey: 0 }, ...flags),
    keysOf(argv) {
      const at = argv.findIndex((word, index) => index >= from && equalIgnoringCase(word, keyword));
      return at < 0 || at + 1 === argv.length ? [] : [{ index: at + 1, flags }];
    },
  };
}

/** Redis 8.0 counts only the last of several, which is the one that is used; the first specification finds it. */
function lastStored(keyword: Bytes, from: number, finds = false): KeySpec {
  const flags = ["OW", "UPDATE"] as const;
  return {
    ...key.after(keyword, from, { lastKey: 0 }, ...flags, "incomplete"),
    notes: `Incomplete because duplicate ${keyword} options use last-wins; fall back to georadiusGetKeys`,
    keysOf(argv) {
      let last: number | undefined;
      for (let at = 5; finds && at + 1 < argv.length; at++) {
        if (equalIgnoringCase(argv[at]!, "STORE") || equalIgnoringCase(argv[at]!, "STOREDIST")) last = ++at;
      }
      return last === undefined ? [] : [{ index: last, flags }];
    },
  };
}

export const georadius = defineRadius({
  name: "GEORADIUS",
  center: "point",
  summary: "Replies or stores the members of a map within a circle.",
});

export const georadiusRo = defineRadius({
  name: "GEORADIUS_RO",
  center: "point",
  readonly: true,
  summary: "Replies the members of a map within a circle.",
});

export const georadiusbymember = defineRadius({
  name: "GEORADIUSBYMEMBER",
  center: "member",
  summary: "Replies or stores the members of a map within a circle around one of them.",
});

export const georadiusbymemberRo = defineRadius({
  name: "GEORADIUSBYMEMBER_RO",
  center: "member",
  readonly: true,
  summary: "Replies the members of a map within a circle around one of them.",
});
