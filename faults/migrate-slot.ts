// migrateSlot: a slot moves to another node of the cluster, step by step: ASK and TRYAGAIN while it is between them, MOVED afterwards.
import type { Fault } from "./fault.ts";
import { checkOptions } from "./options.ts";
import { moveOf, nextStep, takeStep, takeSteps } from "./slots.ts";

export interface MigrateSlotOptions {
  readonly slot: number;
  /** The primary that gets it; default: the next one behind its owner. */
  readonly to?: string;
  /** Between one step and the next. Default 0: all of them at once. */
  readonly stepMs?: number;
  /** No more steps than so many, as when whoever moves the slot dies. Default: all of them. */
  readonly steps?: number;
}

/**
 * The steps are IMPORTING at the one side, MIGRATING at the other, one key after the other, and the slot is given to the one and
 * released by the other. `every("1s", migrateSlot({ slot: 3300, to: "primary-2", steps: 1 }))` goes on where the step before has ended.
 * Taken out, the move is finished.
 */
export function migrateSlot(options: MigrateSlotOptions): Fault {
  checkOptions("migrateSlot", options);
  const { slot, to, stepMs = 0, steps = Number.POSITIVE_INFINITY } = options;
  if (!isSlot(slot)) throw new TypeError("migrateSlot: slot is a whole number from 0 to 16383");
  if (!(stepMs >= 0)) throw new TypeError("migrateSlot: stepMs is 0 or more");
  if (!(steps >= 1)) throw new TypeError("migrateSlot: steps is 1 or more");
  return {
    name: "migrateSlot",
    options: { ...options },
    selector: {},
    hooks: {},
    act({ world }) {
      const move = moveOf(world, slot, to);
      if (move === undefined) return false;
      let left = steps;
      let ended = false;
      const goOn = (): void => {
        if (ended || left <= 0 || nextStep(move) === "done") return;
        left--;
        // A node that does not do its part now may do it the next time.
        const moved = takeStep(move);
        if (stepMs > 0) world.schedule(world.now + stepMs, goOn);
        else if (moved) goOn();
      };
      goOn();
      return () => {
        ended = true;
        takeSteps(move);
      };
    },
  };
}

/** Whether a number is that of a slot. */
export function isSlot(slot: number): boolean {
  return Number.isInteger(slot) && slot >= 0 && slot < 16_384;
}
