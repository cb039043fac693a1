// slowCommand: a command takes long, and the whole server with it, as KEYS on a large database or a heavy script does.
import type { Fault } from "./fault.ts";
import { checkOptions } from "./options.ts";
import { selectorOf, type Selector } from "./selector.ts";

export interface SlowCommandOptions extends Selector {
  readonly durationMs: number;
}

/** The selected commands run, and their replies and everything else come `durationMs` later. */
export function slowCommand(options: SlowCommandOptions): Fault {
  checkOptions("slowCommand", options);
  const { durationMs } = options;
  if (!(durationMs > 0)) throw new TypeError("slowCommand: durationMs is more than 0");
  return {
    name: "slowCommand",
    options: { ...options },
    selector: selectorOf(options),
    hooks: { onCommand: () => ({ type: "stall", durationMs }) },
  };
}
