// lockExpiry: a lock runs out under its holder, sooner than it was to.
import type { Fault } from "./fault.ts";
import { checkOptions } from "./options.ts";
import { selectorOf, type Selector } from "./selector.ts";

export interface LockExpiryOptions extends Pick<Selector, "server" | "client" | "nth" | "probability"> {
  /** A glob of the locks' keys. */
  readonly key: string;
  /** How long after it was taken. Default 0: before the holder has done anything. */
  readonly afterMs?: number;
}

/** Strikes when a lock was taken: a SET that replied OK. */
export function lockExpiry(options: LockExpiryOptions): Fault {
  checkOptions("lockExpiry", options);
  const { afterMs = 0 } = options;
  if (!(afterMs >= 0)) throw new TypeError("lockExpiry: afterMs is 0 or more");
  return {
    name: "lockExpiry",
    options: { ...options },
    selector: selectorOf({ ...options, command: "SET" }),
    hooks: {
      onReply({ keys: [lock], reply, server: name, now }, { world }) {
        if (lock === undefined || !reply.startsWith("+OK")) return undefined;
        world.schedule(now + afterMs, () => {
          const server = world.servers.find((each) => each.name === name);
          if (server?.databases[0]?.has(lock) !== true) return;
          server.databases[0].expire(lock);
          server.outbox.flushAll();
        });
        return { type: "replace", reply };
      },
    },
  };
}
