// clockDrift: a server's clock runs fast or slow.
import type { Fault } from "./fault.ts";
import { checkOptions } from "./options.ts";
import { Overlay } from "./overlay.ts";
import { serverNamed } from "./processes.ts";

export interface ClockDriftOptions {
  /** Default: the first server. */
  readonly server?: string;
  /** 1.01 runs one percent fast. */
  readonly rate: number;
}

const rates = new Overlay<number>();

/** Taken out, the clock runs at its usual pace again, from where it has got to. */
export function clockDrift(options: ClockDriftOptions): Fault {
  checkOptions("clockDrift", options);
  const { rate } = options;
  if (!(rate > 0 && Number.isFinite(rate))) throw new TypeError("clockDrift: rate is more than 0");
  return {
    name: "clockDrift",
    options: { ...options },
    selector: {},
    hooks: {},
    act({ world }) {
      const server = serverNamed(world, options.server);
      return rates.lay(server, rate, { before: 1, set: (value) => server.lifecycle.driftClock(value) });
    },
  };
}
