// clockJump: a server's clock is set forwards or back at once, as by NTP.
import type { Fault } from "./fault.ts";
import { checkOptions } from "./options.ts";
import { serverNamed } from "./processes.ts";

export interface ClockJumpOptions {
  /** Default: the first server. */
  readonly server?: string;
  /** Forwards; negative: back. */
  readonly byMs: number;
}

/** Taken out, the clock is set right again. */
export function clockJump(options: ClockJumpOptions): Fault {
  checkOptions("clockJump", options);
  const { byMs } = options;
  if (!Number.isFinite(byMs)) throw new TypeError("clockJump: byMs is a number of milliseconds");
  return {
    name: "clockJump",
    options: { ...options },
    selector: {},
    hooks: {},
    act({ world }) {
      const server = serverNamed(world, options.server);
      server.lifecycle.turnClock(byMs);
      return () => server.lifecycle.turnClock(-byMs);
    },
  };
}
