// Virtual time: it moves only when a test says so, and costs what happens in it.
import type { World } from "../../core/index.ts";
import type { Driver } from "./driver.ts";
import { realSetImmediate } from "./real-time.ts";
import { settle } from "./settle.ts";

/** Steps from event to event. What is due at this very moment runs in the next turn by itself. */
export class VirtualDriver implements Driver {
  readonly mode = "virtual";
  readonly #world: World;
  #pumping = false;

  constructor(world: World) {
    this.#world = world;
  }

  enter(): void {}

  leave(): void {
    const due = this.#world.nextDeadline();
    if (due === undefined || due > this.#world.now || this.#pumping) return;
    this.#pumping = true;
    realSetImmediate(() => {
      this.#pumping = false;
      this.#world.advanceTo(this.#world.now);
    });
  }

  async advanceTo(time: number): Promise<void> {
    await settle(this.#world);
    await stepTo(this.#world, time);
    this.#world.advanceTo(time);
  }

  rest(): void {}
}

/** Runs the events until `time`; after each that moved bytes the application settles, silent ones cost nothing more. */
export async function stepTo(world: World, time: number): Promise<void> {
  for (;;) {
    const before = world.bytesMoved;
    if (!world.step(time)) return;
    if (world.bytesMoved !== before) await settle(world);
  }
}
