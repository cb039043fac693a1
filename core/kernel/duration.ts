// Durations as people write them: "31m", "1h30m", 500, { hours: 1 }. Every API that takes time takes these.
import { show } from "./known-options.ts";

/** Parts of a duration; they add up. */
export interface DurationParts {
  readonly weeks?: number;
  readonly days?: number;
  readonly hours?: number;
  readonly minutes?: number;
  readonly seconds?: number;
  readonly milliseconds?: number;
}

/** Milliseconds as a number, units in a string (`"1h30m"`, `"500ms"`, `"1.5s"`), or parts in an object. */
export type Duration = number | string | DurationParts;

const UNITS: ReadonlyMap<string, number> = new Map([
  ["ms", 1],
  ["s", 1000],
  ["m", 60_000],
  ["h", 3_600_000],
  ["d", 86_400_000],
  ["w", 604_800_000],
]);

const PARTS: ReadonlyMap<string, number> = new Map([
  ["milliseconds", 1],
  ["seconds", 1000],
  ["minutes", 60_000],
  ["hours", 3_600_000],
  ["days", 86_400_000],
  ["weeks", 604_800_000],
]);

const FORM = `a number of milliseconds, a string such as "31m", "1h30m" or "500ms" (units ms, s, m, h, d, w), or an object such as { hours: 1, minutes: 30 }`;

/**
 * The milliseconds of a duration.
 *
 * @throws TypeError for what is no duration, RangeError for a negative or infinite one
 */
export function durationMs(duration: Duration): number {
  const milliseconds = read(duration);
  if (milliseconds === undefined) {
    throw new TypeError(`${show(duration)} is not a duration. A duration is ${FORM}.`);
  }
  if (!Number.isFinite(milliseconds) || milliseconds < 0) {
    throw new RangeError(`A duration is finite and not negative; this one is ${show(duration)}.`);
  }
  return milliseconds;
}

function read(duration: unknown): number | undefined {
  if (typeof duration === "number") return Number.isNaN(duration) ? undefined : duration;
  if (typeof duration === "string") return readText(duration);
  if (typeof duration === "object" && duration !== null && !Array.isArray(duration)) return readParts(duration);
  return undefined;
}

function readText(text: string): number | undefined {
  const compact = text.replace(/\s+/g, "").toLowerCase();
  if (!/^(\d+(\.\d+)?(ms|[smhdw]))+$/.test(compact)) return undefined;
  let sum = 0;
  for (const [, amount, unit] of compact.matchAll(/(\d+(?:\.\d+)?)(ms|[smhdw])/g)) {
    sum += Number(amount) * UNITS.get(unit!)!;
  }
  return Math.round(sum * 1000) / 1000;
}

function readParts(parts: object): number | undefined {
  const entries = Object.entries(parts) as [string, unknown][];
  let sum = 0;
  for (const [part, amount] of entries) {
    const unit = PARTS.get(part);
    if (unit === undefined || typeof amount !== "number" || Number.isNaN(amount)) return undefined;
    sum += amount * unit;
  }
  return entries.length > 0 ? sum : undefined;
}
