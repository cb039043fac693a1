// pause: a server's process stops where it stands, as after SIGSTOP or while its virtual machine is moved.
import type { Fault } from "./fault.ts";
import { checkOptions } from "./options.ts";
import { serverNamed } from "./processes.ts";

export interface PauseOptions {
  /** Default: the first server. */
  readonly server?: string;
  /** It goes on by itself after so long; where it is not given, when the fault is taken out. */
  readonly forMs?: number;
}

/** Connections stay open; what is sent meanwhile is read when it goes on. Its clock runs. */
export function pause(options: PauseOptions = {}): Fault {
  checkOptions("pause", options);
  const { forMs } = options;
  if (forMs !== undefined && !(forMs >= 0)) throw new TypeError("pause: forMs is 0 or more");
  return {
    name: "pause",
    options: { ...options },
    selector: {},
    hooks: {},
    act({ world }) {
      const goOn = serverNamed(world, options.server).lifecycle.freeze();
      if (forMs !== undefined) world.schedule(world.now + forMs, goOn);
      return goOn;
    },
  };
}
