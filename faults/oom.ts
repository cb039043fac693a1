// oom: memory has ended, and whatever may need more is refused, as with `maxmemory` and noeviction.
import type { Fault } from "./fault.ts";
import { checkOptions } from "./options.ts";
import { selectorOf, type Selector } from "./selector.ts";

export type OomOptions = Selector;

/** Refuses commands that may grow the data; reads and deletions work. */
export function oom(options: OomOptions = {}): Fault {
  checkOptions("oom", options);
  return {
    name: "oom",
    options: { ...options },
    selector: selectorOf(options),
    meets: { command: ({ flags }) => flags.has("denyoom") },
    hooks: {
      onCommand: () => ({ type: "refuse", error: "OOM command not allowed when used memory > 'maxmemory'." }),
    },
  };
}
