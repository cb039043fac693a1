// stampede: a hot key expires just when everybody reads it: all who ask within a window find it gone at the same instant.
import type { Fault } from "./fault.ts";
import { checkOptions } from "./options.ts";
import { selectorOf } from "./selector.ts";

export interface StampedeOptions {
  /** A glob. */
  readonly key: string;
  /** How long readers are gathered, from the first one on. Default 10. */
  readonly windowMs?: number;
  readonly server?: string;
}

/** At the first GET of a key it expires; the replies of all GETs within the window leave together at its end. */
export function stampede(options: StampedeOptions): Fault {
  checkOptions("stampede", options);
  const { key, windowMs = 10, server } = options;
  if (!(windowMs >= 0)) throw new TypeError("stampede: windowMs is 0 or more");
  const ends = new Map<string, number>();
  return {
    name: "stampede",
    options: { ...options },
    selector: selectorOf({ key, command: "GET", ...(server !== undefined && { server }) }),
    hooks: {
      onCommand({ keys, now, server: name }, { world }) {
        const [hot] = keys;
        if (hot === undefined || ends.has(hot)) return undefined;
        ends.set(hot, now + windowMs);
        const db = world.servers.find((each) => each.name === name)?.databases[0];
        if (db?.has(hot) === true) db.expire(hot);
        return undefined;
      },
      onReply({ keys, now }) {
        const end = ends.get(keys[0] ?? "");
        return end === undefined || end <= now ? undefined : { type: "delay", delayMs: end - now };
      },
    },
  };
}
