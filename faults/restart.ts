// restart: a server's process dies and starts again, with its data or those of its files, and answers LOADING for a while.
import type { Fault } from "./fault.ts";
import { checkOptions } from "./options.ts";
import { checkLoss, serverNamed } from "./processes.ts";

export interface RestartOptions {
  /** Default: the first server. */
  readonly server?: string;
  /** Whether all its data survived. Default no: it has those of its files, where it wrote any. */
  readonly keepsData?: boolean;
  /** The machine went dark with it: of its append-only file there is what was synced. Default no: all that was written. */
  readonly power?: boolean;
  /** How long it reads them. Default 0. */
  readonly loadingMs?: number;
}

export function restart(options: RestartOptions = {}): Fault {
  checkOptions("restart", options);
  const { keepsData = false, power = false, loadingMs = 0 } = options;
  checkLoss("restart", { keepsData, power });
  if (!(loadingMs >= 0)) throw new TypeError("restart: loadingMs is 0 or more");
  return {
    name: "restart",
    options: { ...options },
    selector: {},
    hooks: {},
    act({ world }) {
      const server = serverNamed(world, options.server);
      server.lifecycle.crash({ power });
      server.lifecycle.restart({ keepsData });
      server.lifecycle.load(loadingMs);
      return undefined;
    },
  };
}
