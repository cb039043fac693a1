// diskFull: snapshots cannot be written, so writes are refused with MISCONF, and PING too (server.c: writeCommandsDeniedByDiskError).
import type { Fault } from "./fault.ts";
import { checkOptions } from "./options.ts";
import { serverNamed } from "./processes.ts";
import { selectorOf, type Selector } from "./selector.ts";

export type DiskFullOptions = Selector;

export function diskFull(options: DiskFullOptions = {}): Fault {
  checkOptions("diskFull", options);
  return {
    name: "diskFull",
    options: { ...options },
    selector: selectorOf(options),
    meets: { command: ({ flags, command }) => flags.has("write") || command === "PING" },
    hooks: {
      onCommand({ server }, { world }) {
        const { family } = serverNamed(world, server).profile;
        return { type: "refuse", error: misconf(family === "valkey" ? "Valkey" : "Redis") };
      },
    },
  };
}

/** Each family names itself. */
function misconf(name: "Redis" | "Valkey"): string {
  return `MISCONF ${name} is configured to save RDB snapshots, but it's currently unable to persist to disk. Commands that may modify the data set are disabled, because this instance is configured to report errors during writes if RDB snapshotting fails (stop-writes-on-bgsave-error option). Please check the ${name} logs for details about the RDB error.`;
}
