// demote: a primary becomes a replica under its applications, as after a failover that they have not heard of: writes get READONLY.
import type { Address } from "../core/index.ts";
import type { Fault } from "./fault.ts";
import { checkOptions } from "./options.ts";
import { Overlay } from "./overlay.ts";
import { serverNamed } from "./processes.ts";

export interface DemoteOptions {
  /** Default: the first server. */
  readonly server?: string;
  /** Whom it follows from now on; a primary that does not answer where it is not given. */
  readonly of?: string;
}

const NOBODY = { host: "127.0.0.1", port: 1 };

const primaries = new Overlay<Address | undefined>();

/** Taken out, it is a primary again. A node of a cluster cannot be demoted so: there `failover` does it. */
export function demote(options: DemoteOptions = {}): Fault {
  checkOptions("demote", options);
  return {
    name: "demote",
    options: { ...options },
    selector: {},
    hooks: {},
    act({ world }) {
      const server = serverNamed(world, options.server);
      if (server.cluster !== undefined) return false;
      const { replication } = server;
      const primary = options.of === undefined ? NOBODY : serverNamed(world, options.of).doors.processAddress;
      return primaries.lay(server, primary, {
        before: replication.primary?.address,
        set: (address) => (address === undefined ? replication.lead() : replication.follow(address)),
      });
    },
  };
}
