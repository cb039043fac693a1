// restart: a server's process dies and starts again, with its data or those of its file, and answers LOADING for a while.
import type { Fault } from "./fault.ts";
import { checkOptions } from "./options.ts";
import { serverNamed } from "./processes.ts";

export interface RestartOptions {
  /** Default: the first server. */
  readonly server?: string;
  /** Whether its data survived, as with an AOF that is written at once. Default no: it has those of its file, where it saved any. */
  readonly keepsData?: boolean;
  /** How long it reads them. Default 0. */
  readonly loadingMs?: number;
}

export function restart(options: RestartOptions = {}): Fault {
  checkOptions("restart", options);
  const { keepsData = false, loadingMs = 0 } = options;
  if (!(loadingMs >= 0)) throw new TypeError("restart: loadingMs is 0 or more");
  return {
    name: "restart",
    options: { ...options },
    selector: {},
    hooks: {},
    act({ world }) {
      const server = serverNamed(world, options.server);
      server.lifecycle.crash();
      server.lifecycle.restart({ keepsData });
      server.lifecycle.load(loadingMs);
      return undefined;
    },
  };
}
