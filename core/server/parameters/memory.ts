// How much memory there is, what goes when it is full, and who takes away what goes.
import { boolean, choice, INT_MAX, integer, memory, UINT64_MAX } from "./kinds.ts";
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

/** Limits, eviction, expiry, deletion in the background. */
export const memoryParameters: readonly Parameter[] = [
  integer({ name: "active-expire-effort" }, { initial: 1n, min: 1n, max: 10n }),
  boolean({ name: "import-mode", since: { valkey: "8.1.0" } }, () => false),
  boolean({ name: "lazyfree-lazy-expire" }, ({ can }) => can.deleteInBackground),
  boolean({ name: "lazyfree-lazy-server-del" }, ({ can }) => can.deleteInBackground),
  boolean({ name: "lazyfree-lazy-user-del" }, ({ can }) => can.deleteInBackground),
  boolean({ name: "lazyfree-lazy-user-flush" }, ({ can }) => can.deleteInBackground),
  boolean({ name: "replica-lazy-flush", alias: "slave-lazy-flush" }, ({ can }) => can.deleteInBackground),
  integer({ name: "lfu-decay-time" }, { initial: 1n, min: 0n, max: INT_MAX }),
  integer({ name: "lfu-log-factor" }, { initial: 10n, min: 0n, max: INT_MAX }),
  memory({ name: "maxmemory" }, { initial: 0n, min: 0n, max: UINT64_MAX }),
  integer({ name: "maxmemory-samples" }, { initial: 5n, min: 1n, max: INT_MAX }),
  integer({ name: "maxmemory-samples", since: "7.2.0" }, { initial: 5n, min: 1n, max: 64n }),
  boolean({ name: "lazyfree-lazy-eviction" }, ({ can }) => can.deleteInBackground),
  choice({ name: "maxmemory-policy" }, EVICTION_POLICIES, "noeviction"),
  boolean({ name: "replica-ignore-maxmemory", alias: "slave-ignore-maxmemory" }, () => true),
];
