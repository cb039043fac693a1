// busyScript: a script does not end. The server says nothing until `busy-reply-threshold` has gone by, and BUSY from then on.
import type { Fault } from "./fault.ts";
import { checkOptions } from "./options.ts";
import { serverNamed } from "./processes.ts";

export interface BusyScriptOptions {
  /** Default: the first server. */
  readonly server?: string;
  /** It ends by itself after so long; where it is not given, when somebody kills it, or when the fault is taken out. */
  readonly forMs?: number;
  /** It has written, so that SCRIPT KILL is refused with UNKILLABLE. Default no. */
  readonly wrote?: boolean;
}

export function busyScript(options: BusyScriptOptions = {}): Fault {
  checkOptions("busyScript", options);
  const { forMs, wrote = false } = options;
  if (forMs !== undefined && !(forMs >= 0)) throw new TypeError("busyScript: forMs is 0 or more");
  return {
    name: "busyScript",
    options: { ...options },
    selector: {},
    hooks: {},
    act({ world }) {
      const end = serverNamed(world, options.server).busy.occupy({ wrote });
      if (end === undefined) return false;
      if (forMs !== undefined) world.schedule(world.now + forMs, end);
      return end;
    },
  };
}
