// fullResync: a replica must be sent everything again, because its primary no longer knows the history that it asks for.
import type { Fault } from "./fault.ts";
import { followed, resync } from "./followers.ts";
import { checkOptions } from "./options.ts";

export interface FullResyncOptions {
  /** The replica's name. */
  readonly replica: string;
}

export function fullResync(options: FullResyncOptions): Fault {
  checkOptions("fullResync", options);
  return {
    name: "fullResync",
    options: { ...options },
    selector: {},
    hooks: {},
    act({ world }) {
      const pair = followed(world, options.replica);
      if (pair === undefined) return false;
      resync(pair);
      return undefined;
    },
  };
}
