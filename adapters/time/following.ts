// Following: vitest's or jest's fake timers are on, and the servers' time is theirs.
import type { World } from "../../core/index.ts";
import type { Driver } from "./driver.ts";
import { fakeClockOf, type FakeClock } from "./real-time.ts";
import { settle } from "./settle.ts";

/** The longest delay that a timer can take. */
const LONGEST_DELAY_MS = 2 ** 31 - 1;

/**
 * The servers show `Date.now()`, whoever sets it. In their world passes what the fake timers let pass. A date that is set, when fake
 * timers come on or later, is on everybody's calendar, and nothing happens on the way: Sentinels and nodes of a cluster, who wait for
 * each other, do not notice. The next deadline that somebody waits for sleeps in the application's own (faked)
 * `setTimeout`; everything else happens when the servers are next asked.
 */
export class FollowingDriver implements Driver {
  readonly mode = "following";
  readonly #world: World;
  #clock: FakeClock | undefined;
  /** The world's time when the fake timers came on. */
  #since: number;
  #sleeping: { readonly timer: NodeJS.Timeout; readonly clear: typeof clearTimeout } | undefined;

  constructor(world: World) {
    this.#world = world;
    this.#since = world.now;
  }

  enter(): void {
    const world = this.#world;
    const clock = fakeClockOf(globalThis.setTimeout);
    if (clock !== this.#clock) this.#since = world.now;
    this.#clock = clock;
    // Where the date alone is faked, it is all that tells that time passes.
    world.advanceTo(clock === undefined ? Date.now() - world.calendarMs : this.#since + passedMs(clock));
    const setByMs = Date.now() - Math.floor(world.now + world.calendarMs);
    if (setByMs !== 0) world.turnCalendar(setByMs);
  }

  leave(): void {
    this.rest();
    // Not for keys that expire: an application that runs all its timers would run into the end of every session.
    const due = this.#world.nextAwaitedDeadline();
    if (due === undefined) return;
    const delayMs = Math.min(Math.max(0, Math.ceil(due - this.#world.now)), LONGEST_DELAY_MS);
    const { setTimeout, clearTimeout } = globalThis;
    const timer = setTimeout(() => {
      this.#sleeping = undefined;
      this.enter();
      this.leave();
    }, delayMs);
    this.#sleeping = { timer, clear: clearTimeout };
  }

  async advanceTo(time: number): Promise<void> {
    const clock = fakeClockOf(globalThis.setTimeout);
    if (clock === undefined) throw cannotAdvance();
    await settle(this.#world);
    this.enter();
    this.leave();
    await this.#tick(clock, time - this.#world.now);
    this.enter();
    this.leave();
    await settle(this.#world);
  }

  rest(): void {
    this.#sleeping?.clear(this.#sleeping.timer);
    this.#sleeping = undefined;
  }

  /** Timer by timer, so that the application settles after each: `tickAsync` by itself gives it one turn between two. */
  async #tick(clock: FakeClock, milliseconds: number): Promise<void> {
    const { setTimeout, clearTimeout } = globalThis;
    const target = clock.now + milliseconds;
    while (clock.now < target) {
      // With a timer of ours at the end, the next one is never beyond it.
      const end = setTimeout(() => {}, Math.min(target - clock.now, LONGEST_DELAY_MS));
      try {
        clock.next();
        await settle(this.#world);
      } finally {
        clearTimeout(end);
      }
    }
    await clock.tickAsync(0);
  }
}

/** By the fake timers, since they came on: setting the date does not move this. */
function passedMs({ hrtime }: FakeClock): number {
  const [seconds, nanoseconds] = hrtime();
  return seconds * 1000 + Math.floor(nanoseconds / 1e6);
}

function cannotAdvance(): Error {
  return new Error(
    "The date is faked, but not the timers, so Redouble cannot advance the time for you. " +
      'Set it with vi.setSystemTime(...), turn fake timers on with vi.useFakeTimers(), or create the redouble with { clock: "virtual" }.',
  );
}
