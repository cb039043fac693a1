// How much memory there is, what goes when it is full, and who takes away what goes.
import { boolean, checked, choice, INT64_MAX, INT_MAX, integer, MEGABYTE, memory, UINT64_MAX } from "./kinds.ts";
import type { Parameter } from "./parameter.ts";

const EVICTION_POLICIES = [
  "volatile-lru",
  "volatile-lfu",
  "volatile-random",
  "volatile-ttl",
  "allkeys-lru",
  "allkeys-lfu",
  "allkeys-random",
  "noeviction",
] as const;

/** What no simulated memory needs; nor may a real server of a distribution, whose allocator is not Redis's own. */
const defragmentation: readonly Parameter[] = [
  checked(boolean({ name: "activedefrag", since: { redis: "4.0.0" } }, false), (value) =>
    value === "yes"
      ? "Active defragmentation cannot be enabled: it requires a Redis server compiled with a modified Jemalloc like the one shipped by default with the Redis source distribution"
      : undefined,
  ),
  checked(boolean({ name: "activedefrag", since: { valkey: "7.2.4" } }, false), (value) =>
    value === "yes"
      ? "Active defragmentation cannot be enabled: it requires a server compiled with a modified Jemalloc like the one shipped by default with the source distribution"
      : undefined,
  ),
  integer({ name: "active-defrag-cycle-max" }, { initial: 25n, min: 1n, max: 99n }),
  integer({ name: "active-defrag-cycle-min" }, { initial: 1n, min: 1n, max: 99n }),
  integer({ name: "active-defrag-cycle-us", since: { valkey: "8.1.0" } }, { initial: 500n, min: 0n, max: 100_000n }),
  memory({ name: "active-defrag-ignore-bytes" }, { initial: 100n * MEGABYTE, min: 1n, max: INT64_MAX }),
  integer({ name: "active-defrag-max-scan-fields" }, { initial: 1000n, min: 1n, max: INT64_MAX }),
  integer({ name: "active-defrag-threshold-lower" }, { initial: 10n, min: 0n, max: 1000n }),
  integer({ name: "active-defrag-threshold-upper" }, { initial: 100n, min: 0n, max: 1000n }),
  boolean({ name: "activerehashing" }, true),
  boolean({ name: "jemalloc-bg-thread" }, true),
];

/** Limits, eviction, expiry, deletion in the background. */
export const memoryParameters: readonly Parameter[] = [
  ...defragmentation,
  integer({ name: "active-expire-effort" }, { initial: 1n, min: 1n, max: 10n }),
  boolean({ name: "import-mode", since: { valkey: "8.1.0" } }, false),
  boolean({ name: "lazyfree-lazy-expire" }, ({ can }) => can.deleteInBackground),
  boolean({ name: "lazyfree-lazy-server-del" }, ({ can }) => can.deleteInBackground),
  boolean({ name: "lazyfree-lazy-user-del" }, ({ can }) => can.deleteInBackground),
  boolean({ name: "lazyfree-lazy-user-flush" }, ({ can }) => can.deleteInBackground),
  boolean({ name: "replica-lazy-flush", alias: "slave-lazy-flush" }, ({ can }) => can.deleteInBackground),
  integer({ name: "lfu-decay-time" }, { initial: 1n, min: 0n, max: INT_MAX }),
  integer({ name: "lfu-log-factor" }, { initial: 10n, min: 0n, max: INT_MAX }),
  memory({ name: "maxmemory" }, { initial: 0n, min: 0n, max: UINT64_MAX }),
  integer({ name: "maxmemory-eviction-tenacity" }, { initial: 10n, min: 0n, max: 100n }),
  integer({ name: "maxmemory-samples" }, { initial: 5n, min: 1n, max: INT_MAX }),
  integer({ name: "maxmemory-samples", since: "7.2.0" }, { initial: 5n, min: 1n, max: 64n }),
  boolean({ name: "lazyfree-lazy-eviction" }, ({ can }) => can.deleteInBackground),
  choice({ name: "maxmemory-policy" }, EVICTION_POLICIES, "noeviction"),
  boolean({ name: "replica-ignore-maxmemory", alias: "slave-ignore-maxmemory" }, true),
];
