// staleView: a node learns no more who owns what: it sends clients where slots were, and shows them the cluster as it was.
import type { Fault } from "./fault.ts";
import { checkOptions } from "./options.ts";
import { serverNamed } from "./processes.ts";

export interface StaleViewOptions {
  /** Default: the first server. */
  readonly server?: string;
}

/** It hears that the others live, so that it goes on serving. Taken out, it learns what it missed with the next words that it hears. */
export function staleView(options: StaleViewOptions = {}): Fault {
  checkOptions("staleView", options);
  return {
    name: "staleView",
    options: { ...options },
    selector: {},
    hooks: {},
    act({ world }) {
      const { cluster } = serverNamed(world, options.server);
      return cluster !== undefined && cluster.holdView();
    },
  };
}
