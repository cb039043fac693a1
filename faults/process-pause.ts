// processPause: the application stops at a named point, as when its garbage is collected or its machine is moved.
import type { Fault } from "./fault.ts";
import { checkOptions } from "./options.ts";

export interface ProcessPauseOptions {
  /** The point, as the application names it: `await point("before the write")`. */
  readonly point: string;
  readonly forMs: number;
  /** Only the nth time it is reached, counted from 1. */
  readonly nth?: number;
}

/** Who reaches the point waits there for `forMs` of the servers' time. */
export function processPause(options: ProcessPauseOptions): Fault {
  checkOptions("processPause", options);
  const { point, forMs, nth } = options;
  if (!(forMs > 0)) throw new TypeError("processPause: forMs is more than 0");
  let reached = 0;
  return {
    name: "processPause",
    options: { ...options },
    selector: {},
    hooks: {
      onPoint({ name }) {
        if (name !== point) return undefined;
        reached++;
        return nth === undefined || nth === reached ? forMs : undefined;
      },
    },
  };
}
