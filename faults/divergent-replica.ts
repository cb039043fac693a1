// divergentReplica: a replica lacks keys that its primary has, and both believe that it has everything.
import { onChosenKeys, type ChosenKeys } from "./chosen-keys.ts";
import type { Fault } from "./fault.ts";
import { followed, resync } from "./followers.ts";
import { checkOptions } from "./options.ts";

export interface DivergentReplicaOptions extends Omit<ChosenKeys, "server"> {
  /** The replica's name. */
  readonly replica: string;
}

/** Its offset stays what it was: WAIT, INFO and Sentinels see nothing. Taken out, it is sent everything again. */
export function divergentReplica(options: DivergentReplicaOptions): Fault {
  checkOptions("divergentReplica", options);
  return {
    name: "divergentReplica",
    options: { ...options },
    selector: {},
    hooks: {},
    act({ world }) {
      const pair = followed(world, options.replica);
      if (pair === undefined) return false;
      onChosenKeys(world, { ...options, server: options.replica }, (db, key) => void db.delete(key));
      return () => resync(pair);
    },
  };
}
