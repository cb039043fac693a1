// demote: a primary becomes a replica under its applications, as after a failover that they have not heard of: writes get READONLY.
import type { Fault } from "./fault.ts";
import { serverNamed } from "./processes.ts";

export interface DemoteOptions {
  /** Default: the first server. */
  readonly server?: string;
  /** Whom it follows from now on; a primary that does not answer where it is not given. */
  readonly of?: string;
}

const NOBODY = { host: "127.0.0.1", port: 1 };

/** Taken out, it is a primary again. */
export function demote(options: DemoteOptions = {}): Fault {
  return {
    name: "demote",
    options: { ...options },
    selector: {},
    hooks: {},
    act({ world }) {
      const { replication } = serverNamed(world, options.server);
      const before = replication.primary?.address;
      replication.follow(options.of === undefined ? NOBODY : serverNamed(world, options.of).address);
      return () => {
        if (before === undefined) replication.lead();
        else replication.follow(before);
      };
    },
  };
}
