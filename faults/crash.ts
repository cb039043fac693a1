// crash: a server's process dies at once, as after kill -9. Whoever is connected finds its connection reset.
import type { Fault } from "./fault.ts";
import { checkOptions } from "./options.ts";
import { serverNamed } from "./processes.ts";

export interface CrashOptions {
  /** Default: the first server. */
  readonly server?: string;
  /** Whether it has its data when it starts again. Default no: it has those of its file, where it saved any. */
  readonly keepsData?: boolean;
}

/** Taken out, the server starts again. */
export function crash(options: CrashOptions = {}): Fault {
  checkOptions("crash", options);
  return {
    name: "crash",
    options: { ...options },
    selector: {},
    hooks: {},
    act({ world }) {
      const server = serverNamed(world, options.server);
      server.lifecycle.crash();
      return () => {
        if (server.lifecycle.crashed) server.lifecycle.restart({ keepsData: options.keepsData ?? false });
      };
    },
  };
}
