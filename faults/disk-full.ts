// diskFull: no file can be written, so writes are refused with MISCONF, and PING too (server.c: writeCommandsDeniedByDiskError).
import { misconf } from "../core/index.ts";
import type { Fault } from "./fault.ts";
import { checkOptions } from "./options.ts";
import { serverNamed } from "./processes.ts";
import { selectorOf, type Selector } from "./selector.ts";

export type DiskFullOptions = Selector;

/**
 * The last save is taken to have failed already; with `stop-writes-on-bgsave-error no` nobody minds. A server that has no save
 * points and an append-only file finds out by itself: with its next write, which it acknowledges.
 */
export function diskFull(options: DiskFullOptions = {}): Fault {
  checkOptions("diskFull", options);
  return {
    name: "diskFull",
    options: { ...options },
    selector: selectorOf(options),
    meets: { command: ({ flags, command }) => flags.has("write") || command === "PING" },
    hooks: {
      onCommand({ server }, { world }) {
        const { config, identity, appendOnly, snapshots } = serverNamed(world, server);
        if (!config.flag("stop-writes-on-bgsave-error")) return undefined;
        if (appendOnly.state !== "off" && !snapshots.savesByItself) return undefined;
        return { type: "refuse", error: misconf(identity.title).message };
      },
      onDiskWrite: () => true,
    },
  };
}
