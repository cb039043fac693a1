// maxClients: a server takes no more than so many connections.
import type { Fault } from "./fault.ts";
import { checkOptions } from "./options.ts";
import { Overlay } from "./overlay.ts";
import { serverNamed } from "./processes.ts";

export interface MaxClientsOptions {
  readonly limit: number;
  /** Default: the first server. */
  readonly server?: string;
}

const limits = new Overlay<string>();

/** Those that are open stay; whoever comes beyond the limit is told so and closed. Taken out, the old limit holds again. */
export function maxClients(options: MaxClientsOptions): Fault {
  checkOptions("maxClients", options);
  const { limit } = options;
  if (!(Number.isInteger(limit) && limit >= 1)) throw new TypeError("maxClients: limit is a whole number from 1 on");
  return {
    name: "maxClients",
    options: { ...options },
    selector: {},
    hooks: {},
    act({ world }) {
      const server = serverNamed(world, options.server);
      return limits.lay(server, String(limit), {
        before: server.config.text("maxclients"),
        set: (value) => server.config.set([["maxclients", value]]),
      });
    },
  };
}
