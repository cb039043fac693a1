// Following: vitest's or jest's fake timers are on, and the servers' time is theirs.
import type { Server, World } from "../../core/index.ts";
import type { Driver } from "./driver.ts";
import { fakeClockOf, type FakeClock } from "./real-time.ts";
import { settle } from "./settle.ts";

/** The longest delay that a timer can take. */
const LONGEST_DELAY_MS = 2 ** 31 - 1;

/**
 * The servers show `Date.now()`, whoever sets it. A world never goes back: when the faked date does, the servers' clocks
 * jump back and the world stays. The next deadline that somebody waits for sleeps in the application's own (faked)
 * `setTimeout`; everything else happens when the servers are next asked.
 */
export class FollowingDriver implements Driver {
  readonly mode = "following";
  readonly #world: World;
  /** How far the faked date is ahead of the world's time. */
  #aheadMs = 0;
  #sleeping: { readonly timer: NodeJS.Timeout; readonly clear: typeof clearTimeout } | undefined;

  constructor(world: World) {
    this.#world = world;
  }

  enter(): void {
    const time = Date.now() - this.#aheadMs;
    if (time >= this.#world.now) {
      this.#world.advanceTo(time);
      return;
    }
    const backMs = this.#world.now - time;
    this.#aheadMs -= backMs;
    for (const server of this.#world.servers) jump(server, -backMs);
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

function jump(server: Server, deltaMs: number): void {
  server.clock.jump(deltaMs);
  server.expiry.rearm();
}

function cannotAdvance(): Error {
  return new Error(
    "The date is faked, but not the timers, so Redouble cannot advance the time for you. " +
      'Set it with vi.setSystemTime(...), turn fake timers on with vi.useFakeTimers(), or create the redouble with { clock: "virtual" }.',
  );
}
