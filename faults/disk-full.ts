// diskFull: snapshots cannot be written, so writes are refused with MISCONF, and PING too (server.c: writeCommandsDeniedByDiskError).
import { misconf } from "../core/index.ts";
import type { Fault } from "./fault.ts";
import { checkOptions } from "./options.ts";
import { serverNamed } from "./processes.ts";
import { selectorOf, type Selector } from "./selector.ts";

export type DiskFullOptions = Selector;

/** The last save is taken to have failed already; with `stop-writes-on-bgsave-error no` nobody minds. */
export function diskFull(options: DiskFullOptions = {}): Fault {
  checkOptions("diskFull", options);
  return {
    name: "diskFull",
    options: { ...options },
    selector: selectorOf(options),
    meets: { command: ({ flags, command }) => flags.has("write") || command === "PING" },
    hooks: {
      onCommand({ server }, { world }) {
        const { config, identity } = serverNamed(world, server);
        if (!config.flag("stop-writes-on-bgsave-error")) return undefined;
        return { type: "refuse", error: misconf(identity.title).message };
      },
      onDiskWrite: () => true,
    },
  };
}
