// Places on earth as 52 bits: halving longitude and latitude 26 times each, bits in turn, gives a score under which neighbours lie
// together (geohash.c). Every step of the reckoning is Redis's, because replies show the last digit.
import type { Bytes } from "../kernel/bytes.ts";

/** Degrees. */
export interface Point {
  readonly longitude: number;
  readonly latitude: number;
}

/** A cell of the grid that so many halvings make; x counts from the west, y from the south. */
export interface Cell {
  readonly x: number;
  readonly y: number;
  readonly step: number;
}

/** Degrees. */
export interface Area {
  readonly west: number;
  readonly east: number;
  readonly south: number;
  readonly north: number;
}

/** Halvings of a score. */
export const MOST_STEPS = 26;

/** What the grid covers: Mercator's map is square up to these latitudes. */
export const world: Area = { west: -180, east: 180, south: -85.05112878, north: 85.05112878 };

/** What the geohash of other programs covers. */
const wholeWorld: Area = { ...world, south: -90, north: 90 };

/** Whether the grid covers a point. */
export function isOnMap({ longitude, latitude }: Point): boolean {
  return longitude >= world.west && longitude <= world.east && latitude >= world.south && latitude <= world.north;
}

/** The cell in which a point lies. */
export function cellOf({ longitude, latitude }: Point, step: number, { west, east, south, north } = world): Cell {
  const x = ((longitude - west) / (east - west)) * 2 ** step;
  const y = ((latitude - south) / (north - south)) * 2 ** step;
  return { x: Math.floor(x), y: Math.floor(y), step };
}

/** What a cell covers. */
export function areaOf({ x, y, step }: Cell): Area {
  const width = world.east - world.west;
  const height = world.north - world.south;
  const cells = 2 ** step;
  return {
    west: world.west + (x / cells) * width,
    east: world.west + (((x + 1) >>> 0) / cells) * width,
    south: world.south + (y / cells) * height,
    north: world.south + (((y + 1) >>> 0) / cells) * height,
  };
}

/** The cell beside another; the grid has no edges. */
export function neighbour({ x, y, step }: Cell, east: -1 | 0 | 1, north: -1 | 0 | 1): Cell {
  const cells = 2 ** step;
  const moved = (at: number, by: number): number => (by === 0 ? at : (at + by + cells) % cells);
  return { x: moved(x, east), y: moved(y, north), step };
}

/** The scores of all points of a cell: [min, max). */
export function scoresOf(cell: Cell): { readonly min: number; readonly max: number } {
  const bits = interleaved(cell);
  const shift = BigInt(2 * (MOST_STEPS - cell.step));
  return { min: Number(bits << shift), max: Number((bits + 1n) << shift) };
}

/** The bits of a point; as a double they are its score. On the eastern and northern edges there are more than 52. */
export function geohashBits(point: Point): bigint {
  return interleaved(cellOf(point, MOST_STEPS));
}

/** The point that a score stands for: the middle of its cell. Any double is some score. */
export function pointOf(score: number): Point {
  const { x, y } = separated(score);
  const { west, east, south, north } = areaOf({ x, y, step: MOST_STEPS });
  return {
    longitude: Math.min(world.east, Math.max(world.west, (west + east) / 2)),
    latitude: Math.min(world.north, Math.max(world.south, (south + north) / 2)),
  };
}

const ALPHABET = "0123456789bcdefghjkmnpqrstuvwxyz";

/** The geohash of a score as other programs write it: eleven letters, of which 52 bits leave the last nothing to say. */
export function geohashText(score: number): Bytes {
  const bits = interleaved(cellOf(pointOf(score), MOST_STEPS, wholeWorld));
  let text = "";
  for (let shift = 47n; shift > 0n; shift -= 5n) text += ALPHABET[Number((bits >> shift) & 31n)]!;
  return `${text}0`;
}

/** The bits of x and y in turn, y's lowest first. */
function interleaved({ x, y }: Cell): bigint {
  const high = (spread(x >>> 16) << 1n) | spread(y >>> 16);
  return (high << 32n) | (spread(x & 0xffff) << 1n) | spread(y & 0xffff);
}

/** Puts a zero before each of 16 bits. */
function spread(bits: number): bigint {
  let wide = bits;
  wide = (wide | (wide << 8)) & 0x00ff00ff;
  wide = (wide | (wide << 4)) & 0x0f0f0f0f;
  wide = (wide | (wide << 2)) & 0x33333333;
  return BigInt((wide | (wide << 1)) & 0x55555555);
}

function separated(score: number): { readonly x: number; readonly y: number } {
  const { high, low } = halvesOf(score);
  const at = (shift: 0 | 1): number => ((gathered(high >>> shift) << 16) | gathered(low >>> shift)) >>> 0;
  return { x: at(1), y: at(0) };
}

/** Every second bit of 32. */
function gathered(bits: number): number {
  let narrow = bits & 0x55555555;
  narrow = (narrow | (narrow >>> 1)) & 0x33333333;
  narrow = (narrow | (narrow >>> 2)) & 0x0f0f0f0f;
  narrow = (narrow | (narrow >>> 4)) & 0x00ff00ff;
  return (narrow | (narrow >>> 8)) & 0xffff;
}

const TWO_32 = 2 ** 32;

/** A double as an unsigned integer of 64 bits, as x86 converts it: below zero it comes round, what is too large is 0. */
function halvesOf(score: number): { readonly high: number; readonly low: number } {
  if (score >= 0 && score < Number.MAX_SAFE_INTEGER) {
    const whole = Math.floor(score);
    return { high: Math.floor(whole / TWO_32), low: whole % TWO_32 };
  }
  const bits = score >= 2 ** 64 ? 0n : score < -(2 ** 63) ? 1n << 63n : BigInt.asUintN(64, BigInt(Math.trunc(score)));
  return { high: Number(bits >> 32n), low: Number(bits & 0xffffffffn) };
}
