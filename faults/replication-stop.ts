// replicationStop: a replica gets nothing more from its primary, and its link stays open.
import type { Fault } from "./fault.ts";
import { followed } from "./followers.ts";
import { checkOptions } from "./options.ts";

export interface ReplicationStopOptions {
  /** The replica's name. */
  readonly replica: string;
}

/** Taken out, it gets what it missed. */
export function replicationStop(options: ReplicationStopOptions): Fault {
  checkOptions("replicationStop", options);
  return {
    name: "replicationStop",
    options: { ...options },
    selector: {},
    hooks: {},
    act({ world }) {
      const pair = followed(world, options.replica);
      return pair !== undefined && world.network.cut(pair.primary.name, pair.replica.name);
    },
  };
}
