// replyLost: the command ran, and the client never learns: the fault behind every double payment.
import type { Fault } from "./fault.ts";
import { checkOptions } from "./options.ts";
import { selectorOf, type Selector } from "./selector.ts";

export interface ReplyLostOptions extends Selector {
  /** `reset` (the default): the connection breaks in place of the reply. `silence`: it stays open, and nothing comes any more. */
  readonly then?: "reset" | "silence";
}

/** Runs the selected command and loses its reply. */
export function replyLost(options: ReplyLostOptions = {}): Fault {
  checkOptions("replyLost", options);
  const silent = options.then === "silence";
  return {
    name: "replyLost",
    options: { ...options },
    selector: selectorOf(options),
    hooks: { onReply: () => (silent ? { type: "silence" } : { type: "cut", sizeBytes: 0 }) },
  };
}
