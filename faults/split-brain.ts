// splitBrain: a primary goes on serving applications while everybody else believes it dead, and another takes its place.
import type { Fault } from "./fault.ts";
import { checkOptions } from "./options.ts";
import { serverNamed } from "./processes.ts";

export interface SplitBrainOptions {
  /** Default: the first server. */
  readonly primary?: string;
}

/** Cuts the primary off from every other server and Sentinel, not from applications. Taken out, the partition heals. */
export function splitBrain(options: SplitBrainOptions = {}): Fault {
  checkOptions("splitBrain", options);
  return {
    name: "splitBrain",
    options: { ...options },
    selector: {},
    hooks: {},
    act({ world }) {
      const primary = serverNamed(world, options.primary);
      const mends = world.servers
        .filter((other) => other !== primary)
        .flatMap(({ name }) => [world.network.cut(primary.name, name), world.network.cut(name, primary.name)]);
      if (mends.length === 0) return false;
      return () => {
        for (const mend of mends) mend();
      };
    },
  };
}
