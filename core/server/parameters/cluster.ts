// A node among nodes.
import {
  problemOfHostname,
  problemOfIpv4,
  problemOfIpv6,
  problemOfNodename,
  problemOfNodenameWithColons,
} from "../cluster/announced-values.ts";
import {
  boolean,
  checked,
  choice,
  count,
  INT64_MAX,
  INT_MAX,
  integer,
  memory,
  PORT,
  text,
  UINT64_MAX,
} from "./kinds.ts";
import type { Parameter } from "./parameter.ts";

/** What a node of a cluster announces, waits for and allows. */
export const clusterParameters: readonly Parameter[] = [
  boolean({ name: "cluster-allow-pubsubshard-when-down" }, true),
  boolean({ name: "cluster-allow-reads-when-down" }, false),
  boolean({ name: "cluster-allow-replica-migration" }, true),
  integer({ name: "cluster-announce-bus-port" }, PORT),
  checked(text({ name: "cluster-announce-client-ipv4", since: { valkey: "8.1.0" } }, ""), problemOfIpv4),
  checked(text({ name: "cluster-announce-client-ipv6", since: { valkey: "8.1.0" } }, ""), problemOfIpv6),
  checked(text({ name: "cluster-announce-hostname" }, ""), problemOfHostname),
  checked(text({ name: "cluster-announce-human-nodename", since: { redis: "7.2.0" } }, ""), problemOfNodename),
  checked(
    text({ name: "cluster-announce-human-nodename", since: { valkey: "8.1.0" } }, ""),
    problemOfNodenameWithColons,
  ),
  text({ name: "cluster-announce-ip" }, ""),
  integer({ name: "cluster-announce-port" }, PORT),
  integer({ name: "cluster-announce-tls-port" }, PORT),
  integer(
    { name: "cluster-blacklist-ttl", since: { valkey: "8.1.0" } },
    { initial: 60n, min: -INT64_MAX - 1n, max: INT64_MAX },
  ),
  integer(
    { name: "cluster-compatibility-sample-ratio", since: { redis: "8.0.0" } },
    { initial: 0n, min: 0n, max: 100n },
  ),
  text({ name: "cluster-config-file", immutable: true }, "nodes.conf"),
  boolean({ name: "cluster-enabled", immutable: true }, false),
  memory({ name: "cluster-link-sendbuf-limit" }, { initial: 0n, min: 0n, max: UINT64_MAX }),
  integer(
    { name: "cluster-manual-failover-timeout", since: { valkey: "8.1.0" } },
    { initial: 5000n, min: 1n, max: INT_MAX },
  ),
  integer({ name: "cluster-migration-barrier" }, { initial: 1n, min: 0n, max: INT_MAX }),
  integer({ name: "cluster-node-timeout" }, { initial: 15000n, min: 0n, max: INT64_MAX }),
  integer({ name: "cluster-ping-interval", since: "7.2.0", hidden: true }, count(0n)),
  integer({ name: "cluster-port", immutable: true }, PORT),
  choice({ name: "cluster-preferred-endpoint-type" }, ["ip", "hostname", "unknown-endpoint"], "ip"),
  boolean({ name: "cluster-replica-no-failover", alias: "cluster-slave-no-failover" }, false),
  integer(
    { name: "cluster-replica-validity-factor", alias: "cluster-slave-validity-factor" },
    { initial: 10n, min: 0n, max: INT_MAX },
  ),
  boolean({ name: "cluster-require-full-coverage" }, true),
  boolean({ name: "cluster-slot-stats-enabled", since: { valkey: "8.0.0" } }, false),
];
