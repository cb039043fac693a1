// blackHole: what is sent never arrives, and nobody learns of it. Toxiproxy's `timeout`.
import { goes, type Direction } from "./direction.ts";
import type { Fault } from "./fault.ts";
import { checkOptions } from "./options.ts";
import { selectorOf, type Selector } from "./selector.ts";

export interface BlackHoleOptions extends Omit<Selector, "command" | "key"> {
  /** `down` swallows replies, `up` requests, `both` (the default) each of them. */
  readonly direction?: Direction;
  /** A connection that it has met ends after so long. Default: never. */
  readonly closeAfterMs?: number;
}

/** The connections that it meets stay open and deaf, also after it is taken out: what a TCP connection loses is lost for good. */
export function blackHole(options: BlackHoleOptions = {}): Fault {
  checkOptions("blackHole", options);
  const { direction = "both", closeAfterMs } = options;
  if (closeAfterMs !== undefined && !(closeAfterMs >= 0)) throw new TypeError("blackHole: closeAfterMs is 0 or more");
  return {
    name: "blackHole",
    options: { ...options },
    selector: selectorOf(options),
    meets: { chunk: goes(direction) },
    hooks: {
      onChunk: () => ({ type: "swallow", ...(closeAfterMs !== undefined && { closeAfterMs }) }),
    },
  };
}
