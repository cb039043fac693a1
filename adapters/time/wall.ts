// Wall time: the world follows the real clock, and wakes for its next deadline.
import type { World } from "../../core/index.ts";
import type { Driver } from "./driver.ts";
import { monotonicMs, realClearTimeout, realSetTimeout } from "./real-time.ts";
import { settle } from "./settle.ts";
import { stepTo } from "./virtual.ts";

/** The longest delay that a timer of the host can take. */
const LONGEST_DELAY_MS = 2 ** 31 - 1;

/** The world's time is the real time plus what `advance` has jumped over. */
export class WallDriver implements Driver {
  readonly mode = "wall";
  readonly #world: World;
  #offsetMs: number;
  #timer: NodeJS.Timeout | undefined;
  #wakesAt = Number.POSITIVE_INFINITY;
  #advancing = false;

  constructor(world: World) {
    this.#world = world;
    this.#offsetMs = world.now - monotonicMs();
  }

  enter(): void {
    // While it advances, the world's time belongs to the events on the way.
    if (!this.#advancing) this.#world.advanceTo(this.#time());
  }

  leave(): void {
    const due = this.#world.nextDeadline();
    if (due === undefined || due >= this.#wakesAt || this.#advancing) return;
    this.rest();
    this.#wakesAt = due;
    const delayMs = Math.min(Math.max(0, Math.ceil(due - this.#time())), LONGEST_DELAY_MS);
    this.#timer = realSetTimeout(() => {
      this.rest();
      this.enter();
      this.leave();
    }, delayMs);
    this.#timer.unref();
  }

  async advanceTo(time: number): Promise<void> {
    this.#advancing = true;
    try {
      await settle(this.#world);
      await stepTo(this.#world, time);
    } finally {
      this.#advancing = false;
    }
    this.#offsetMs += Math.max(0, time - this.#time());
    this.rest(); // it sleeps towards a moment that has come nearer
    this.enter();
    this.leave();
  }

  rest(): void {
    realClearTimeout(this.#timer);
    this.#timer = undefined;
    this.#wakesAt = Number.POSITIVE_INFINITY;
  }

  #time(): number {
    return monotonicMs() + this.#offsetMs;
  }
}
