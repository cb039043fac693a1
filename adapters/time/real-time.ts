// The host's own timers and clock, kept from before anybody fakes them: settling, delivery and the wall clock need the real ones.
import { performance } from "node:perf_hooks";
import * as timers from "node:timers";

/** What a fake-timer library leaves on its fakes: the clock they belong to, which keeps the originals. */
export interface FakeClock {
  readonly [original: string]: unknown;
  readonly now: number;
  readonly hrtime: (this: void) => readonly [seconds: number, nanoseconds: number];
  tickAsync(milliseconds: number): Promise<unknown>;
  next(): unknown;
}

/** The fake-timer clock behind a global function; undefined when it is the real one. */
export function fakeClockOf(fake: unknown): FakeClock | undefined {
  if (typeof fake !== "function") return undefined;
  const { clock } = fake as { readonly clock?: unknown };
  return typeof clock === "object" && clock !== null ? (clock as FakeClock) : undefined;
}

/** The original of a function that may be faked already when this module loads. */
function original<F>(fn: F, name: string): F {
  const kept = fakeClockOf(fn)?.[`_${name}`];
  return typeof kept === "function" ? (kept as F) : fn;
}

export const realSetImmediate = original(timers.setImmediate, "setImmediate");
export const realSetTimeout = original(timers.setTimeout, "setTimeout");
export const realClearTimeout = original(timers.clearTimeout, "clearTimeout");
/** Jest fakes even this by default. */
export function realNextTick(act: () => void): void {
  Reflect.apply(tick, process, [act]);
}
const tick = original(Reflect.get(process, "nextTick") as (act: () => void) => void, "nextTick");

const RealDate = original(Date, "Date");

/** Milliseconds since some moment, never going back, whoever fakes the clock. */
export const monotonicMs: () => number = performance.now.bind(performance);

/** Whether somebody (vitest's or jest's fake timers) owns the application's time now. */
export function isTimeFaked(): boolean {
  return globalThis.Date !== RealDate || fakeClockOf(globalThis.setTimeout) !== undefined;
}
