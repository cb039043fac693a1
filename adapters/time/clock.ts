// The one clock of a redouble: what a test reads and turns. Which driver moves the world behind it is a matter of mode.
import { types } from "node:util";
import { durationMs, show, type Duration, type World } from "../../core/index.ts";
import type { Driver } from "./driver.ts";
import { FollowingDriver } from "./following.ts";
import { isTimeFaked } from "./real-time.ts";
import { settle } from "./settle.ts";
import { VirtualDriver } from "./virtual.ts";
import { WallDriver } from "./wall.ts";

/**
 * - `virtual`: time moves only when told.
 * - `wall`: time is the real time.
 * - `following`: time is that of the fake timers which are on.
 * - `auto`: following while fake timers are on, virtual otherwise.
 */
export type ClockMode = "virtual" | "wall" | "following" | "auto";

export class Clock {
  readonly #world: World;
  readonly #auto: boolean;
  #driver: Driver;
  #last: Promise<unknown> = Promise.resolve();

  constructor(world: World, mode: ClockMode) {
    this.#world = world;
    this.#auto = mode === "auto";
    this.#driver = makeDriver(world, mode);
  }

  /** The servers' time: whole milliseconds of Unix time. */
  get now(): number {
    this.enter();
    return Math.floor(this.#world.servers[0]?.clock.now ?? this.#world.now);
  }

  /** The mode in force; `auto` shows as what it has come to. */
  get mode(): Exclude<ClockMode, "auto"> {
    return this.#current().mode;
  }

  /** Moves time forward. Everything due on the way happens in order, and the application settles after each of it. */
  advance(duration: Duration): Promise<void> {
    const milliseconds = durationMs(duration);
    return this.#inTurn(async () => {
      this.enter();
      await this.#current().advanceTo(this.#world.now + milliseconds);
    });
  }

  /** Moves time forward to a moment, a `Date` or milliseconds of Unix time. */
  advanceTo(time: Date | number): Promise<void> {
    const target = momentMs(time);
    return this.#inTurn(async () => {
      const aheadMs = target - this.now;
      if (aheadMs < 0) {
        throw new RangeError(
          `Time does not go back: it is ${showMoment(this.now)} on the servers, and advanceTo was given ${showMoment(target)}.`,
        );
      }
      await this.#current().advanceTo(this.#world.now + aheadMs);
    });
  }

  /** Moves time to the next event, if there is one, and lets the application settle. Tells whether there was one. */
  runToNextEvent(): Promise<boolean> {
    return this.#inTurn(async () => {
      await settle(this.#world);
      this.enter();
      const due = this.#world.nextDeadline();
      if (due === undefined) return false;
      await this.#current().advanceTo(Math.max(due, this.#world.now));
      await settle(this.#world);
      return true;
    });
  }

  /** Waits until the application has nothing more to say, without moving time. */
  settle(): Promise<void> {
    return settle(this.#world);
  }

  /** Brings the world up to date: ways in call it before they hand over bytes. */
  enter(): void {
    this.#current().enter();
  }

  /** The world has worked: ways in call it after they handed over bytes. */
  leave(): void {
    this.#current().leave();
  }

  /** Lets go of timers. */
  stop(): void {
    this.#driver.rest();
  }

  /** One advance after the other: two at once would tear the order of events apart. */
  #inTurn<T>(turn: () => Promise<T>): Promise<T> {
    const mine = this.#last.then(turn, turn);
    this.#last = mine.catch(() => {});
    return mine;
  }

  #current(): Driver {
    if (this.#auto) {
      const wanted = isTimeFaked() ? "following" : "virtual";
      if (this.#driver.mode !== wanted) {
        this.#driver.rest();
        this.#driver = makeDriver(this.#world, wanted);
      }
    }
    return this.#driver;
  }
}

function makeDriver(world: World, mode: ClockMode): Driver {
  switch (mode) {
    case "wall":
      return new WallDriver(world);
    case "following":
      return new FollowingDriver(world);
    case "virtual":
      return new VirtualDriver(world);
    case "auto":
      return isTimeFaked() ? new FollowingDriver(world) : new VirtualDriver(world);
  }
}

/** Under Jest a `Date` may come from another realm. */
function momentMs(time: unknown): number {
  const target = types.isDate(time) ? time.getTime() : time;
  if (typeof target === "number" && Number.isFinite(target)) return target;
  throw new TypeError(
    `advanceTo takes a Date or milliseconds of Unix time, not ${types.isDate(time) ? "an invalid Date" : show(time)}.`,
  );
}

function showMoment(time: number): string {
  return new Date(time).toISOString();
}
