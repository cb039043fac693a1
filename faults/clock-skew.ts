// clockSkew: the application's clock and those of all servers are apart.
import type { Fault } from "./fault.ts";
import { checkOptions } from "./options.ts";

export interface ClockSkewOptions {
  /** By how much the application is ahead of the servers; negative: behind. */
  readonly byMs: number;
}

/** The application's clock is the one that is right; every server's is set. Taken out, they agree again. */
export function clockSkew(options: ClockSkewOptions): Fault {
  checkOptions("clockSkew", options);
  const { byMs } = options;
  if (!Number.isFinite(byMs)) throw new TypeError("clockSkew: byMs is a number of milliseconds");
  return {
    name: "clockSkew",
    options: { ...options },
    selector: {},
    hooks: {},
    act({ world }) {
      const servers = [...world.servers];
      for (const server of servers) server.lifecycle.turnClock(-byMs);
      return () => {
        for (const server of servers) server.lifecycle.turnClock(byMs);
      };
    },
  };
}
