// down: a server cannot be reached, though it runs: connections break, and new ones are refused. Toxiproxy's `down`.
import type { Fault } from "./fault.ts";
import { checkOptions } from "./options.ts";
import { serverNamed } from "./processes.ts";

export interface DownOptions {
  /** Default: the first server. */
  readonly server?: string;
}

/** Taken out, the server can be reached again. */
export function down(options: DownOptions = {}): Fault {
  checkOptions("down", options);
  return {
    name: "down",
    options: { ...options },
    selector: {},
    hooks: {},
    act: ({ world }) => serverNamed(world, options.server).lifecycle.closePort(),
  };
}
