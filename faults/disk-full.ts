// diskFull: snapshots cannot be written, so writes are refused with MISCONF, and PING too (server.c: writeCommandsDeniedByDiskError).
import type { Fault } from "./fault.ts";
import { selectorOf, type Selector } from "./selector.ts";

export type DiskFullOptions = Selector;

const MISCONF =
  "MISCONF Redis is configured to save RDB snapshots, but it's currently unable to persist to disk. Commands that may modify the data set are disabled, because this instance is configured to report errors during writes if RDB snapshotting fails (stop-writes-on-bgsave-error option). Please check the Redis logs for details about the RDB error.";

export function diskFull(options: DiskFullOptions = {}): Fault {
  return {
    name: "diskFull",
    options: { ...options },
    selector: selectorOf(options),
    hooks: {
      onCommand: ({ flags, command }) =>
        flags.has("write") || command === "PING" ? { type: "refuse", error: MISCONF } : undefined,
    },
  };
}
