// What the geo commands share: coordinates, lengths and units as arguments, and as replies.
import { equalIgnoringCase, type Bytes } from "../../kernel/bytes.ts";
import { printFixed } from "../../kernel/decimals.ts";
import { ReplyError } from "../../resp/errors.ts";
import { isOnMap, pointOf, type Point } from "../../types/geohash.ts";
import type { SortedSet } from "../../types/sorted-set.ts";
import { arg } from "../args.ts";
import type { CommandContext } from "../context.ts";
import { readScore } from "../sorted-set/scores.ts";

/** The units, and the meters of each. */
const UNITS: readonly (readonly [Bytes, number])[] = [
  ["m", 1],
  ["km", 1000],
  ["ft", 0.3048],
  ["mi", 1609.34],
];

/** `M`, `KM`, `FT`, `MI`, as an argument. */
export const unit = arg.oneOf("unit", [
  arg.token("m", "M"),
  arg.token("km", "KM"),
  arg.token("ft", "FT"),
  arg.token("mi", "MI"),
]);

/** The meters of a unit. */
export function readUnit(word: Bytes): number {
  const found = UNITS.find(([name]) => equalIgnoringCase(word, name));
  if (found === undefined) throw new ReplyError("ERR unsupported unit provided. please use M, KM, FT, MI");
  return found[1];
}

/** Longitude and latitude, within the map. */
export function readPoint(longitudeText: Bytes, latitudeText: Bytes): Point {
  const point = { longitude: readScore(longitudeText), latitude: readScore(latitudeText) };
  if (isOnMap(point)) return point;
  const shown = `${printFixed(point.longitude, 6)},${printFixed(point.latitude, 6)}`;
  throw new ReplyError(`ERR invalid longitude,latitude pair ${shown}`);
}

/** Where a member is. */
export function pointOfMember(set: SortedSet, member: Bytes): Point | undefined {
  const score = set.score(member);
  return score === undefined ? undefined : pointOf(score);
}

/** Longitude and latitude. */
export function replyPoint({ reply, profile }: CommandContext, { longitude, latitude }: Point): void {
  reply.array(2);
  for (const degrees of [longitude, latitude]) {
    if (profile.can.shortestCoordinates) reply.double(degrees);
    else reply.doubleText(printFixed(degrees, 17).replace(/\.?0+$/, ""));
  }
}

/** A distance with four places, rounded once it is multiplied (util.c: fixedpoint_d2string). */
export function replyDistance({ reply }: CommandContext, distance: number): void {
  const scaled = distance * 10_000;
  const rounded = Math.round(scaled);
  const toEven = rounded - scaled === 0.5 && rounded % 2 !== 0 ? rounded - 1 : rounded;
  const digits = String(toEven).padStart(5, "0");
  reply.bulk(`${digits.slice(0, -4)}.${digits.slice(-4)}`);
}
