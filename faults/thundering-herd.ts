// thunderingHerd: every connection of the application breaks in the same instant, and all of them come back at once.
import type { Fault } from "./fault.ts";
import { checkOptions } from "./options.ts";
import { serverNamed } from "./processes.ts";

export interface ThunderingHerdOptions {
  /** Default: every server. */
  readonly server?: string;
}

/** As when a load balancer or a network card starts again. Servers run on, and take whoever comes. */
export function thunderingHerd(options: ThunderingHerdOptions = {}): Fault {
  checkOptions("thunderingHerd", options);
  return {
    name: "thunderingHerd",
    options: { ...options },
    selector: {},
    hooks: {},
    act({ world }) {
      const servers = options.server === undefined ? world.servers : [serverNamed(world, options.server)];
      const links = servers
        .flatMap(({ clients }) => [...clients.values()])
        .filter(({ kind, link }) => kind === "normal" && link.origin === "")
        .map(({ link }) => link);
      for (const link of links) link.close("reset");
      return links.length > 0 && undefined;
    },
  };
}
