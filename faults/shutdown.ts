// shutdown: a server's process is told to end, as when it is redeployed: it waits for its replicas, saves, and closes its connections.
import type { Fault } from "./fault.ts";
import { checkOptions } from "./options.ts";
import { serverNamed } from "./processes.ts";

export interface ShutdownOptions {
  /** Default: the first server. */
  readonly server?: string;
  /** `shutdown-on-sigterm` and `shutdown-on-sigint` say what each of them means. Default SIGTERM. */
  readonly signal?: "SIGTERM" | "SIGINT";
  /** Whether it has its data when it starts again, though it may not have saved them. Default no. */
  readonly keepsData?: boolean;
}

/** Taken out, the server starts again; where it has not ended yet, it goes on. */
export function shutdown(options: ShutdownOptions = {}): Fault {
  checkOptions("shutdown", options);
  const { signal = "SIGTERM", keepsData = false } = options;
  return {
    name: "shutdown",
    options: { ...options },
    selector: {},
    hooks: {},
    act({ world }) {
      const server = serverNamed(world, options.server);
      if (server.lifecycle.crashed) return false;
      server.lifecycle.signal(signal);
      return () => {
        server.shutdown.abort();
        if (server.lifecycle.crashed) server.lifecycle.restart({ keepsData });
      };
    },
  };
}
