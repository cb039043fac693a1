// slowClose: the end of a connection is late. Toxiproxy's `slow_close`.
import type { Fault } from "./fault.ts";
import { checkOptions } from "./options.ts";
import { selectorOf, type Selector } from "./selector.ts";

export interface SlowCloseOptions extends Omit<Selector, "command" | "key"> {
  readonly delayMs: number;
}

/** When the server closes a connection, the other end learns of it `delayMs` later. A reset comes at once. */
export function slowClose(options: SlowCloseOptions): Fault {
  checkOptions("slowClose", options);
  const { delayMs } = options;
  if (!(delayMs >= 0)) throw new TypeError("slowClose: delayMs is 0 or more");
  return {
    name: "slowClose",
    options: { ...options },
    selector: selectorOf(options),
    hooks: { onClose: () => delayMs },
  };
}
