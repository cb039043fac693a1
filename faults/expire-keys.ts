// expireKeys: keys expire now, whatever time they had left.
import { globMatch } from "../core/index.ts";
import type { Fault } from "./fault.ts";
import { serverNamed } from "./processes.ts";

export interface ExpireKeysOptions {
  /** A glob. */
  readonly keys: string;
  /** Default: the first server. */
  readonly server?: string;
  /** The number of the database. Default 0. */
  readonly db?: number;
}

export function expireKeys(options: ExpireKeysOptions): Fault {
  return {
    name: "expireKeys",
    options: { ...options },
    selector: {},
    hooks: {},
    act({ world }) {
      const server = serverNamed(world, options.server);
      const db = server.databases[options.db ?? 0];
      for (const key of db?.keys() ?? []) if (globMatch(options.keys, key)) db!.expire(key);
      server.flushAll();
      return undefined;
    },
  };
}
