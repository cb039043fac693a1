// What GEOSEARCH looks for, circles and boxes on a globe, and the cells of the grid that cover them (geohash_helper.c).
import { arcsine, cosine, sine } from "../kernel/trigonometry.ts";
import { areaOf, cellOf, MOST_STEPS, neighbour, type Area, type Cell, type Point } from "./geohash.ts";

/** A circle or a box around a point; lengths are in units of so many meters. */
export type GeoShape = { readonly center: Point; readonly unitMeters: number } & (
  | { readonly is: "circle"; readonly radius: number }
  | { readonly is: "box"; readonly width: number; readonly height: number }
);

const EARTH_RADIUS_METERS = 6372797.560856;
/** Half of the equator on Mercator's map. */
const MERCATOR_MAX = 20037726.37;
const RADIANS = Math.PI / 180;

/** The distance between two points along the globe, in meters. */
export function distanceMeters(a: Point, b: Point): number {
  const acrossHalf = sine((b.longitude * RADIANS - a.longitude * RADIANS) / 2);
  if (acrossHalf === 0) return latitudeDistance(a, b);
  const alongHalf = sine((b.latitude * RADIANS - a.latitude * RADIANS) / 2);
  const chord =
    alongHalf * alongHalf + cosine(a.latitude * RADIANS) * cosine(b.latitude * RADIANS) * acrossHalf * acrossHalf;
  // Between antipodes rounding may take it a little beyond 1.
  return 2 * EARTH_RADIUS_METERS * arcsine(Math.sqrt(Math.min(1, chord)));
}

function latitudeDistance(a: Point, b: Point): number {
  return EARTH_RADIUS_METERS * Math.abs(b.latitude * RADIANS - a.latitude * RADIANS);
}

/** The distance of a point from the center, in meters; undefined where it is not within the shape. */
export function distanceWithin(shape: GeoShape, point: Point): number | undefined {
  const { center, unitMeters } = shape;
  if (shape.is === "circle") {
    const distance = distanceMeters(center, point);
    return distance > shape.radius * unitMeters ? undefined : distance;
  }
  if (latitudeDistance(point, center) > (shape.height * unitMeters) / 2) return undefined;
  const level = distanceMeters(point, { longitude: center.longitude, latitude: point.latitude });
  return level > (shape.width * unitMeters) / 2 ? undefined : distanceMeters(center, point);
}

/** The cells in which points of a shape may lie, in the order in which Redis visits them. */
export function cellsAround(shape: GeoShape): readonly Cell[] {
  const bounds = boundsOf(shape);
  let step = estimatedStep(reachMeters(shape), shape.center.latitude);
  if (step > 1 && fallsShort(cellOf(shape.center, step), bounds)) step--;
  const home = cellOf(shape.center, step);
  const area = areaOf(home);
  const neighbours = DIRECTIONS.filter(([east, north]) => step < 2 || !isNeedless(area, bounds, { east, north }));
  const cells = [home];
  for (const [east, north] of neighbours) {
    const cell = neighbour(home, east, north);
    const last = cells.at(-1)!;
    // Where the grid is coarse, neighbours on both sides are the same cell.
    if (cells.length === 1 || cell.x !== last.x || cell.y !== last.y) cells.push(cell);
  }
  return cells;
}

type Way = -1 | 0 | 1;

/** East and north. */
const DIRECTIONS: readonly (readonly [Way, Way])[] = [
  [0, 1],
  [0, -1],
  [1, 0],
  [-1, 0],
  [1, 1],
  [-1, 1],
  [1, -1],
  [-1, -1],
];

/** The home cell itself goes on beyond the bounds in this direction. */
function isNeedless(home: Area, bounds: Area, { east, north }: { readonly east: Way; readonly north: Way }): boolean {
  return (
    (north === 1 && home.north > bounds.north) ||
    (north === -1 && home.south < bounds.south) ||
    (east === 1 && home.east > bounds.east) ||
    (east === -1 && home.west < bounds.west)
  );
}

/** Whether the neighbours of a cell end before the bounds do. */
function fallsShort(home: Cell, bounds: Area): boolean {
  return (
    areaOf(neighbour(home, 0, 1)).north < bounds.north ||
    areaOf(neighbour(home, 0, -1)).south > bounds.south ||
    areaOf(neighbour(home, 1, 0)).east < bounds.east ||
    areaOf(neighbour(home, -1, 0)).west > bounds.west
  );
}

/** The distance of the farthest point from the center. */
function reachMeters(shape: GeoShape): number {
  if (shape.is === "circle") return shape.radius * shape.unitMeters;
  const { width, height } = shape;
  return Math.sqrt((width / 2) * (width / 2) + (height / 2) * (height / 2)) * shape.unitMeters;
}

/** A box of degrees around a shape; a degree of longitude is shortest where the shape is farthest from the equator. */
function boundsOf(shape: GeoShape): Area {
  const { longitude, latitude } = shape.center;
  const height = shape.unitMeters * (shape.is === "circle" ? shape.radius : shape.height / 2);
  const width = shape.unitMeters * (shape.is === "circle" ? shape.radius : shape.width / 2);
  const up = height / EARTH_RADIUS_METERS / RADIANS;
  const farthest = latitude < 0 ? latitude - up : latitude + up;
  const aside = width / EARTH_RADIUS_METERS / cosine(farthest * RADIANS) / RADIANS;
  return { west: longitude - aside, east: longitude + aside, south: latitude - up, north: latitude + up };
}

/** How often to halve the map so that a cell is about as large as the reach; less near the poles. */
function estimatedStep(reach: number, latitude: number): number {
  if (reach === 0) return MOST_STEPS;
  let step = -1;
  for (let covered = reach; covered < MERCATOR_MAX; covered *= 2) step++;
  if (Math.abs(latitude) > 66) step--;
  if (Math.abs(latitude) > 80) step--;
  return Math.min(MOST_STEPS, Math.max(1, step));
}
