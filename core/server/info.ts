// INFO: sections and fields as each release names and orders them (server.c: genRedisInfoString).
import type { Bytes } from "../kernel/bytes.ts";
import { exists, type Since } from "../commands/profile.ts";
import type { Server } from "./server.ts";

type Value = Bytes | number;
type Field = readonly [name: Bytes, value: Value, since?: Since];

interface Section {
  readonly title: Bytes;
  /** Shown when nothing, or `default`, is asked for. */
  readonly byDefault: boolean;
  readonly fields: (server: Server) => readonly Field[];
}

const valkey: Since = { valkey: "7.2.4" };
const redis: Since = { redis: "7.0.0" };

const sections: Readonly<Record<string, Section>> = {
  server: { title: "Server", byDefault: true, fields: serverFields },
  clients: { title: "Clients", byDefault: true, fields: clientFields },
  memory: { title: "Memory", byDefault: true, fields: memoryFields },
  persistence: { title: "Persistence", byDefault: true, fields: persistenceFields },
  stats: { title: "Stats", byDefault: true, fields: statsFields },
  replication: { title: "Replication", byDefault: true, fields: replicationFields },
  cpu: { title: "CPU", byDefault: true, fields: cpuFields },
  modules: { title: "Modules", byDefault: true, fields: () => [] },
  commandstats: { title: "Commandstats", byDefault: false, fields: commandFields },
  errorstats: { title: "Errorstats", byDefault: true, fields: errorFields },
  cluster: { title: "Cluster", byDefault: true, fields: () => [["cluster_enabled", 0]] },
  keyspace: { title: "Keyspace", byDefault: true, fields: keyspaceFields },
};

/** The text of INFO for the sections asked for, each with its heading, a blank line between two. */
export function infoText(server: Server, asked: readonly Bytes[]): Bytes {
  const all = asked.includes("all") || asked.includes("everything");
  const defaults = asked.length === 0 || asked.includes("default");
  const chosen = Object.entries(sections).filter(
    ([name, { byDefault }]) => all || asked.includes(name) || (defaults && byDefault),
  );
  return chosen
    .map(([, { title, fields }]) => {
      const lines = fields(server).filter(([, , since]) => exists(since, server.profile));
      return `# ${title}\r\n${lines.map(([name, value]) => `${name}:${value}\r\n`).join("")}`;
    })
    .join("\r\n");
}

function serverFields(server: Server): readonly Field[] {
  const { profile, address, exactNow, now, startedAt } = server;
  const uptime = Math.floor((now - startedAt) / 1000);
  const hz = server.config.number("hz");
  return [
    ["redis_version", profile.redisVersion],
    ["server_name", "valkey", valkey],
    ["valkey_version", profile.version, valkey],
    ["valkey_release_stage", "ga", valkey],
    ["redis_git_sha1", "00000000"],
    ["redis_git_dirty", 0],
    ["redis_build_id", "0000000000000000"],
    ["redis_mode", "standalone", redis],
    ["server_mode", "standalone", valkey],
    ["os", "Linux 6.1.0 x86_64"],
    ["arch_bits", 64],
    ["monotonic_clock", "POSIX clock_gettime"],
    ["multiplexing_api", "epoll"],
    ["atomicvar_api", "c11-builtin", redis],
    ["gcc_version", "12.2.0"],
    ["process_id", 1],
    ["process_supervised", "no"],
    ["run_id", server.runId],
    ["tcp_port", address.port],
    ["server_time_usec", Math.floor(exactNow * 1000)],
    ["uptime_in_seconds", uptime],
    ["uptime_in_days", Math.floor(uptime / 86400)],
    ["hz", hz],
    ["configured_hz", hz],
    ["clients_hz", hz, { valkey: "8.1.0" }],
    ["lru_clock", Math.floor(now / 1000) & 0xffffff],
    ["executable", profile.family === "valkey" ? "/usr/bin/valkey-server" : "/usr/bin/redis-server"],
    ["config_file", ""],
    ["io_threads_active", 0],
    ["availability_zone", "", { valkey: "8.1.0" }],
    ["listener0", `name=tcp,bind=${address.host},port=${address.port}`, "7.2.0"],
  ];
}

function clientFields(server: Server): readonly Field[] {
  const { pausing } = server;
  const watching = [...server.clients.values()].filter(({ watched }) => watched.length > 0);
  const watchedKeys = new Set(watching.flatMap(({ watched }) => watched.map(({ db, key }) => `${db.index}:${key}`)));
  const from74: Since = { redis: "7.4.0", valkey: "8.0.0" };
  return [
    ["connected_clients", server.clients.size],
    ["cluster_connections", 0],
    ["maxclients", server.maxClients],
    ["client_recent_max_input_buffer", 0],
    ["client_recent_max_output_buffer", 0],
    ["blocked_clients", server.blocking.size],
    ["tracking_clients", 0],
    ["pubsub_clients", 0, from74],
    ["watching_clients", watching.length, from74],
    ["clients_in_timeout_table", 0],
    ["total_watched_keys", watchedKeys.size, from74],
    ["total_blocking_keys", 0, "7.2.0"],
    ["total_blocking_keys_on_nokey", 0, "7.2.0"],
    ["paused_reason", pausing.mode === undefined ? "none" : "client_pause", { valkey: "8.1.0" }],
    ["paused_actions", pausing.mode ?? "none", { valkey: "8.1.0" }],
    ["paused_timeout_milliseconds", pausing.remainingMs, { valkey: "8.1.0" }],
  ];
}

/** No limit on memory is modelled yet: what is said here is what a server without one says. */
function memoryFields(): readonly Field[] {
  return [
    ["maxmemory", 0],
    ["maxmemory_human", "0B"],
    ["maxmemory_policy", "noeviction"],
    ["mem_not_counted_for_evict", 0],
    ["mem_replication_backlog", 0],
    ["mem_total_replication_buffers", 0],
    ["mem_clients_slaves", 0],
    ["mem_cluster_links", 0],
    ["mem_aof_buffer", 0],
    ["active_defrag_running", 0],
    ["lazyfree_pending_objects", 0],
    ["lazyfreed_objects", 0],
  ];
}

function persistenceFields(server: Server): readonly Field[] {
  return [
    ["loading", 0],
    ["async_loading", 0],
    ["current_cow_peak", 0],
    ["current_cow_size", 0],
    ["current_cow_size_age", 0],
    ["current_fork_perc", "0.00"],
    ["current_save_keys_processed", 0],
    ["current_save_keys_total", 0],
    ["rdb_changes_since_last_save", server.effects.dirty],
    ["rdb_bgsave_in_progress", 0],
    ["rdb_last_save_time", Math.floor(server.lastSaveAt / 1000)],
    ["rdb_last_bgsave_status", "ok"],
    ["rdb_last_bgsave_time_sec", -1],
    ["rdb_current_bgsave_time_sec", -1],
    ["rdb_saves", 0],
    ["rdb_last_cow_size", 0],
    ["rdb_last_load_keys_expired", 0],
    ["rdb_last_load_keys_loaded", 0],
    ["aof_enabled", 0],
    ["aof_rewrite_in_progress", 0],
    ["aof_rewrite_scheduled", 0],
    ["aof_last_rewrite_time_sec", -1],
    ["aof_current_rewrite_time_sec", -1],
    ["aof_last_bgrewrite_status", "ok"],
    ["aof_rewrites", 0],
    ["aof_rewrites_consecutive_failures", 0],
    ["aof_last_write_status", "ok"],
    ["aof_last_cow_size", 0],
    ["module_fork_in_progress", 0],
    ["module_fork_last_cow_size", 0],
  ];
}

function statsFields({ stats }: Server): readonly Field[] {
  return [
    ["total_connections_received", stats.connectionsReceived],
    ["total_commands_processed", stats.commandsProcessed],
    ["instantaneous_ops_per_sec", 0],
    ["total_net_input_bytes", stats.netInputBytes],
    ["total_net_output_bytes", stats.netOutputBytes],
    ["total_net_repl_input_bytes", 0],
    ["total_net_repl_output_bytes", 0],
    ["instantaneous_input_kbps", "0.00"],
    ["instantaneous_output_kbps", "0.00"],
    ["instantaneous_input_repl_kbps", "0.00"],
    ["instantaneous_output_repl_kbps", "0.00"],
    ["rejected_connections", stats.rejectedConnections],
    ["sync_full", 0],
    ["sync_partial_ok", 0],
    ["sync_partial_err", 0],
    ["expired_subkeys", 0, { redis: "7.4.0" }],
    ["expired_keys", stats.expiredKeys],
    ["expired_stale_perc", "0.00"],
    ["expired_time_cap_reached_count", 0],
    ["expire_cycle_cpu_milliseconds", 0],
    ["evicted_keys", 0],
    ["evicted_clients", 0],
    ["evicted_scripts", 0, { redis: "7.4.0", valkey: "8.0.0" }],
    ["total_eviction_exceeded_time", 0],
    ["current_eviction_exceeded_time", 0],
    ["keyspace_hits", stats.keyspaceHits],
    ["keyspace_misses", stats.keyspaceMisses],
    ["pubsub_channels", 0],
    ["pubsub_patterns", 0],
    ["pubsubshard_channels", 0],
    ["latest_fork_usec", 0],
    ["total_forks", 0],
    ["migrate_cached_sockets", 0],
    ["slave_expires_tracked_keys", 0],
    ["tracking_total_keys", 0],
    ["tracking_total_items", 0],
    ["tracking_total_prefixes", 0],
    ["unexpected_error_replies", 0],
    ["total_error_replies", stats.errorReplies],
    ["dump_payload_sanitizations", 0],
    ["total_reads_processed", stats.readsProcessed],
    ["total_writes_processed", stats.writesProcessed],
  ];
}

function replicationFields(server: Server): readonly Field[] {
  return [
    ["role", "master"],
    ["connected_slaves", 0],
    ["replicas_waiting_psync", 0, { valkey: "8.0.0" }],
    ["master_failover_state", "no-failover"],
    ["master_replid", server.replicationId],
    ["master_replid2", "0".repeat(40)],
    ["master_repl_offset", 0],
    ["second_repl_offset", -1],
    ["repl_backlog_active", 0],
    ["repl_backlog_size", server.profile.family === "valkey" ? 10485760 : 1048576],
    ["repl_backlog_first_byte_offset", 0],
    ["repl_backlog_histlen", 0],
  ];
}

/** A simulated server takes no time of its own. */
function cpuFields(): readonly Field[] {
  return [
    ["used_cpu_sys", "0.000000"],
    ["used_cpu_user", "0.000000"],
    ["used_cpu_sys_children", "0.000000"],
    ["used_cpu_user_children", "0.000000"],
    ["used_cpu_sys_main_thread", "0.000000"],
    ["used_cpu_user_main_thread", "0.000000"],
  ];
}

function commandFields({ stats }: Server): readonly Field[] {
  return [...stats.commands].map(([name, { calls, rejected, failed }]) => [
    `cmdstat_${name}`,
    `calls=${calls},usec=0,usec_per_call=0.00,rejected_calls=${rejected},failed_calls=${failed}`,
  ]);
}

function errorFields({ stats }: Server): readonly Field[] {
  return [...stats.errors].map(([code, count]) => [`errorstat_${code}`, `count=${count}`]);
}

function keyspaceFields({ databases, now, profile }: Server): readonly Field[] {
  const inUse = databases.filter(({ size }) => size > 0);
  return inUse.map(({ index, size, deadlines }) => {
    const ttl = deadlines.averageTtl(now);
    const subexpiry = exists({ redis: "7.4.0" }, profile) ? ",subexpiry=0" : "";
    return [`db${index}`, `keys=${size},expires=${deadlines.size},avg_ttl=${ttl}${subexpiry}`];
  });
}
