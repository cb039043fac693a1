// maxClients: a server takes no more than so many connections.
import type { Fault } from "./fault.ts";
import { serverNamed } from "./processes.ts";

export interface MaxClientsOptions {
  readonly limit: number;
  /** Default: the first server. */
  readonly server?: string;
}

/** Those that are open stay; whoever comes beyond the limit is told so and closed. Taken out, the old limit holds again. */
export function maxClients(options: MaxClientsOptions): Fault {
  const { limit } = options;
  if (!(Number.isInteger(limit) && limit >= 1)) throw new TypeError("maxClients: limit is a whole number from 1 on");
  return {
    name: "maxClients",
    options: { ...options },
    selector: {},
    hooks: {},
    act({ world }) {
      const { config } = serverNamed(world, options.server);
      const before = config.text("maxclients");
      config.set([["maxclients", String(limit)]]);
      return () => config.set([["maxclients", before]]);
    },
  };
}
