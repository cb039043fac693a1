// blackHole: what is sent never arrives, and nobody learns of it. Toxiproxy's `timeout` without an end.
import type { Fault } from "./fault.ts";
import { selectorOf, type Selector } from "./selector.ts";

export interface BlackHoleOptions extends Omit<Selector, "command" | "key"> {
  /** `down` swallows replies, `up` requests, `both` (the default) each of them. */
  readonly direction?: "up" | "down" | "both";
}

/** The connections that it meets stay open and deaf, also after it is taken out: what a TCP connection loses is lost for good. */
export function blackHole(options: BlackHoleOptions = {}): Fault {
  const { direction = "both" } = options;
  return {
    name: "blackHole",
    options: { ...options },
    selector: selectorOf(options),
    hooks: {
      onChunk: (event) => (direction === "both" || event.direction === direction ? { type: "swallow" } : undefined),
    },
  };
}
