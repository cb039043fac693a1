// movedStorm: many slots move from node to node, and every client whose view is older is told so: MOVED, slot by slot.
import type { Fault } from "./fault.ts";
import { checkOptions } from "./options.ts";
import { drawMoves, moveInTurn } from "./slots.ts";

export interface MovedStormOptions {
  /** How many slots move, drawn by chance; each from its owner to the next primary. */
  readonly slots: number;
  /** How long all of it takes. Default 0: they move at once. */
  readonly overMs?: number;
}

const BATCH_MS = 100;

/** Each slot moves as a whole, with its keys, so that nobody is told to ASK. Taken out, those that have not moved stay. */
export function movedStorm(options: MovedStormOptions): Fault {
  checkOptions("movedStorm", options);
  const { slots, overMs = 0 } = options;
  if (!(Number.isInteger(slots) && slots >= 1)) throw new TypeError("movedStorm: slots is a whole number from 1 on");
  if (!(overMs >= 0)) throw new TypeError("movedStorm: overMs is 0 or more");
  return {
    name: "movedStorm",
    options: { ...options },
    selector: {},
    hooks: {},
    act({ world, random }) {
      const moves = drawMoves(world, random, slots);
      if (moves.length === 0) return false;
      const perBatch = overMs === 0 ? moves.length : Math.max(1, Math.ceil((moves.length * BATCH_MS) / overMs));
      let next = 0;
      let stop = (): void => {};
      const moveSome = (): void => {
        stop = moveInTurn(world, moves.slice(next, next + perBatch));
        next += perBatch;
        if (next < moves.length) world.schedule(world.now + BATCH_MS, moveSome);
      };
      moveSome();
      return () => {
        next = moves.length;
        stop();
      };
    },
  };
}
