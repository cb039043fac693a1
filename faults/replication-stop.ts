// replicationStop: a replica gets nothing more from its primary, and its link stays open.
import type { Fault } from "./fault.ts";
import { primaryOf, serverNamed } from "./processes.ts";

export interface ReplicationStopOptions {
  /** The replica's name. */
  readonly replica: string;
}

/** Taken out, it gets what it missed. */
export function replicationStop(options: ReplicationStopOptions): Fault {
  return {
    name: "replicationStop",
    options: { ...options },
    selector: {},
    hooks: {},
    act({ world }) {
      const replica = serverNamed(world, options.replica);
      const primary = primaryOf(world, replica);
      return primary !== undefined && world.network.cut(primary.name, replica.name);
    },
  };
}
