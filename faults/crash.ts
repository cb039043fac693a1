// crash: a server's process dies at once, as after kill -9, or its machine loses power. Whoever is connected finds its connection reset.
import type { Fault } from "./fault.ts";
import { checkOptions } from "./options.ts";
import { checkLoss, serverNamed } from "./processes.ts";

export interface CrashOptions {
  /** Default: the first server. */
  readonly server?: string;
  /** Whether it has its data when it starts again. Default no: it has those of its files, where it wrote any. */
  readonly keepsData?: boolean;
  /** The machine goes dark with it: of its append-only file there is what was synced. Default no: all that was written. */
  readonly power?: boolean;
}

/** Taken out, the server starts again. */
export function crash(options: CrashOptions = {}): Fault {
  checkOptions("crash", options);
  const { keepsData = false, power = false } = options;
  checkLoss("crash", { keepsData, power });
  return {
    name: "crash",
    options: { ...options },
    selector: {},
    hooks: {},
    act({ world }) {
      const server = serverNamed(world, options.server);
      server.lifecycle.crash({ power });
      return () => {
        if (server.lifecycle.crashed) server.lifecycle.restart({ keepsData });
      };
    },
  };
}
