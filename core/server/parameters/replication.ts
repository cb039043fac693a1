// Primaries and replicas.
import { boolean, choice, INT64_MAX, INT_MAX, integer, MEGABYTE, memory, PORT, text } from "./kinds.ts";
import type { Parameter } from "./parameter.ts";

/** What a server is to its replicas, and to its primary. */
export const replicationParameters: readonly Parameter[] = [
  boolean({ name: "dual-channel-replication-enabled", since: { valkey: "8.0.0" } }, false),
  choice({ name: "propagation-error-behavior" }, ["ignore", "panic", "panic-on-replicas"], "ignore"),
  boolean({ name: "repl-disable-tcp-nodelay" }, false),
  boolean({ name: "repl-rdb-channel", since: { redis: "8.0.0" }, hidden: true }, true),
  memory(
    { name: "replica-full-sync-buffer-limit", since: { redis: "8.0.0" } },
    { initial: 0n, min: 0n, max: INT64_MAX },
  ),
  text({ name: "masterauth" }, ""),
  text({ name: "masterauth", alias: "primaryauth", since: { valkey: "8.0.0" } }, ""),
  text({ name: "masteruser" }, ""),
  text({ name: "masteruser", alias: "primaryuser", since: { valkey: "8.0.0" } }, ""),
  integer({ name: "min-replicas-max-lag", alias: "min-slaves-max-lag" }, { initial: 10n, min: 0n, max: INT_MAX }),
  integer({ name: "min-replicas-to-write", alias: "min-slaves-to-write" }, { initial: 0n, min: 0n, max: INT_MAX }),
  memory(
    { name: "repl-backlog-size" },
    { initial: ({ family }) => (family === "valkey" ? 10n : 1n) * MEGABYTE, min: 1n, max: INT64_MAX },
  ),
  integer({ name: "repl-backlog-ttl" }, { initial: 3600n, min: 0n, max: INT64_MAX }),
  choice({ name: "repl-diskless-load", since: { redis: "5.0.0" } }, ["disabled", "on-empty-db", "swapdb"], "disabled"),
  choice(
    { name: "repl-diskless-load", since: { valkey: "8.1.0" } },
    ["disabled", "on-empty-db", "swapdb", "flush-before-load"],
    "disabled",
  ),
  boolean({ name: "repl-diskless-sync" }, true),
  integer({ name: "repl-diskless-sync-delay" }, { initial: 5n, min: 0n, max: INT_MAX }),
  integer({ name: "repl-diskless-sync-max-replicas" }, { initial: 0n, min: 0n, max: INT_MAX }),
  integer(
    { name: "repl-ping-replica-period", alias: "repl-ping-slave-period" },
    { initial: 10n, min: 1n, max: INT_MAX },
  ),
  integer({ name: "repl-timeout" }, { initial: 60n, min: 1n, max: INT_MAX }),
  text({ name: "replica-announce-ip", alias: "slave-announce-ip" }, ""),
  integer({ name: "replica-announce-port", alias: "slave-announce-port" }, PORT),
  boolean({ name: "replica-announced" }, true),
  integer({ name: "replica-priority", alias: "slave-priority" }, { initial: 100n, min: 0n, max: INT_MAX }),
  boolean({ name: "replica-read-only", alias: "slave-read-only" }, true),
  boolean({ name: "replica-serve-stale-data", alias: "slave-serve-stale-data" }, true),
  text({ name: "replicaof", alias: "slaveof", immutable: true }, ""),
];
