// fullResync: a replica must be sent everything again, because its primary no longer knows the history that it asks for.
import type { Fault } from "./fault.ts";
import { primaryOf, serverNamed } from "./processes.ts";

export interface FullResyncOptions {
  /** The replica's name. */
  readonly replica: string;
}

export function fullResync(options: FullResyncOptions): Fault {
  return {
    name: "fullResync",
    options: { ...options },
    selector: {},
    hooks: {},
    act({ world }) {
      const replica = serverNamed(world, options.replica);
      const primary = primaryOf(world, replica);
      if (primary === undefined) return false;
      primary.replication.changeId();
      for (const client of Array.from(primary.replication.replicas.keys())) {
        if (client.link.origin === replica.name) client.close();
      }
      return undefined;
    },
  };
}
