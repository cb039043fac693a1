// evictKeys: keys are evicted now, as if memory had ended: they go with the event that eviction has.
import { globMatch } from "../core/index.ts";
import type { Fault } from "./fault.ts";
import { serverNamed } from "./processes.ts";

export interface EvictKeysOptions {
  /** A glob. */
  readonly keys: string;
  /** Default: the first server. */
  readonly server?: string;
  /** The number of the database. Default 0. */
  readonly db?: number;
}

export function evictKeys(options: EvictKeysOptions): Fault {
  return {
    name: "evictKeys",
    options: { ...options },
    selector: {},
    hooks: {},
    act({ world }) {
      const server = serverNamed(world, options.server);
      const db = server.databases[options.db ?? 0];
      for (const key of db?.keys() ?? []) if (globMatch(options.keys, key)) db!.evict(key);
      server.flushAll();
      return undefined;
    },
  };
}
