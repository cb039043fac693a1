// askStorm: many slots are between two nodes, their keys gone already: whoever asks the owner is sent on with ASK, each time anew.
import type { Fault } from "./fault.ts";
import { checkOptions } from "./options.ts";
import { drawMoves, moveInTurn, takeSteps } from "./slots.ts";

export interface AskStormOptions {
  /** How many slots are on their way, drawn by chance; each from its owner to the next primary. */
  readonly slots: number;
}

/** Taken out, the moves are finished: ASK becomes MOVED. */
export function askStorm(options: AskStormOptions): Fault {
  checkOptions("askStorm", options);
  const { slots } = options;
  if (!(Number.isInteger(slots) && slots >= 1)) throw new TypeError("askStorm: slots is a whole number from 1 on");
  return {
    name: "askStorm",
    options: { ...options },
    selector: {},
    hooks: {},
    act({ world, random }) {
      const moves = drawMoves(world, random, slots);
      if (moves.length === 0) return false;
      for (const move of moves) takeSteps(move, "give");
      return () => void moveInTurn(world, moves);
    },
  };
}
