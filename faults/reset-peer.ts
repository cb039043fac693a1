// resetPeer: the connection is reset (RST), before a command ran or in the middle of its reply. Toxiproxy's `reset_peer`.
import type { Fault } from "./fault.ts";
import { checkOptions } from "./options.ts";
import { selectorOf, type Selector } from "./selector.ts";

export interface ResetPeerOptions extends Selector {
  /** `before` (the default): the command does not run. `reply`: it ran, and a part of the reply leaves. */
  readonly when?: "before" | "reply";
  /** With `when: "reply"`: bytes of the reply that still arrive; half of them where it is not given. */
  readonly afterBytes?: number;
}

/** Resets the connection of whoever sends the selected command. */
export function resetPeer(options: ResetPeerOptions = {}): Fault {
  checkOptions("resetPeer", options);
  const { when = "before", afterBytes } = options;
  if (afterBytes !== undefined && !(Number.isInteger(afterBytes) && afterBytes >= 0)) {
    throw new TypeError("resetPeer: afterBytes is a number of bytes, 0 or more");
  }
  return {
    name: "resetPeer",
    options: { ...options },
    selector: selectorOf(options),
    hooks:
      when === "before"
        ? { onCommand: () => ({ type: "reset" }) }
        : { onReply: ({ reply }) => ({ type: "cut", sizeBytes: afterBytes ?? reply.length >> 1 }) },
  };
}
