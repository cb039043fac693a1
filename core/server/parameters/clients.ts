// What clients may have: connections, buffers, time.
import { readMemorySize } from "../../commands/numbers.ts";
import { INITIAL_OUTPUT_LIMITS, readOutputLimits } from "../output-limits.ts";
import { count, INT64_MAX, INT_MAX, integer, MEGABYTE, memory } from "./kinds.ts";
import type { Parameter } from "./parameter.ts";

const outputLimits: Parameter = {
  name: "client-output-buffer-limit",
  initial: () => INITIAL_OUTPUT_LIMITS,
  read: readOutputLimits,
};

/** Bytes, or a part of `maxmemory`. */
const maxmemoryClients: Parameter = {
  name: "maxmemory-clients",
  initial: () => "0",
  read(text) {
    const percent = /^(\d+)%$/.exec(text)?.[1];
    if (percent !== undefined) {
      if (Number(percent) > 100) return { problem: "percentage argument must be less or equal to 100" };
      return { value: Number(percent) === 0 ? "0" : `${Number(percent)}%` };
    }
    const value = readMemorySize(text);
    if (value === undefined || value < 0n) return { problem: "argument must be a memory or percent value" };
    return { value: String(value) };
  },
};

/** Connections, and what they may hold. */
export const clientParameters: readonly Parameter[] = [
  outputLimits,
  memory({ name: "client-query-buffer-limit" }, { initial: 1024n * MEGABYTE, min: MEGABYTE, max: INT64_MAX }),
  maxmemoryClients,
  integer({ name: "maxclients" }, { initial: 10000n, min: 1n, max: 4294967295n }),
  memory({ name: "proto-max-bulk-len" }, { initial: 512n * MEGABYTE, min: MEGABYTE, max: INT64_MAX }),
  integer({ name: "tracking-table-max-keys" }, count(1_000_000n)),
  integer({ name: "timeout" }, { initial: 0n, min: 0n, max: INT_MAX }),
];
