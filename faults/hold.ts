// hold: what applications and a server send each other waits, and arrives when the fault is taken out. turmoil's hold and release.
import type { Fault } from "./fault.ts";
import { checkOptions } from "./options.ts";
import { serverNamed } from "./processes.ts";

export interface HoldOptions {
  /** Default: the first server. */
  readonly server?: string;
  /** `down` holds replies, `up` requests, `both` (the default) each of them. */
  readonly direction?: "up" | "down" | "both";
}

export function hold(options: HoldOptions = {}): Fault {
  checkOptions("hold", options);
  const { direction = "both" } = options;
  return {
    name: "hold",
    options: { ...options },
    selector: {},
    hooks: {},
    act({ world }) {
      const { name } = serverNamed(world, options.server);
      const releases = [
        ...(direction === "down" ? [] : [world.network.cut("application", name)]),
        ...(direction === "up" ? [] : [world.network.cut(name, "application")]),
      ];
      return () => {
        for (const release of releases) release();
      };
    },
  };
}
