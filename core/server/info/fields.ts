// The fields of INFO's sections, as each release names and orders them (server.c: genRedisInfoString).
import type { Bytes } from "../../kernel/bytes.ts";
import { builtInModules } from "../../commands/modules.ts";
import { exists, type Since } from "../../commands/profile.ts";
import type { Database } from "../../keyspace/database.ts";
import { typeOf, type TypeName } from "../../keyspace/value.ts";
import { STARTUP_BYTES } from "../memory.ts";
import type { Server } from "../server.ts";

export type Field = readonly [name: Bytes, value: Bytes | number, since?: Since];

const valkey: Since = { valkey: "7.2.4" };
const redis: Since = { redis: "7.0.0" };

export function serverFields(server: Server): readonly Field[] {
  const { profile, doors, exactNow, now, lifecycle } = server;
  const uptime = Math.floor((now - lifecycle.startedAt) / 1000);
  const hz = server.config.number("hz");
  const { mode, shutdown, identity } = server;
  return [
    ["redis_version", profile.redisVersion],
    ["server_name", "valkey", valkey],
    ["valkey_version", profile.version, valkey],
    ["valkey_release_stage", "ga", valkey],
    ["redis_git_sha1", "00000000"],
    ["redis_git_dirty", 0],
    ["redis_build_id", "0000000000000000"],
    [`${identity.family === "redis" ? "redis" : "server"}_mode`, mode],
    ["os", "Linux 6.1.0 x86_64"],
    ["arch_bits", 64],
    ["monotonic_clock", "POSIX clock_gettime"],
    ["multiplexing_api", "epoll"],
    ["atomicvar_api", "c11-builtin", redis],
    ["gcc_version", "12.2.0"],
    ["process_id", 1],
    ["process_supervised", "no"],
    ["run_id", lifecycle.runId],
    ["tcp_port", doors.port || doors.tlsPort],
    ["server_time_usec", Math.floor(exactNow * 1000)],
    ...(shutdown.remainingMs === undefined ? [] : [["shutdown_in_milliseconds", shutdown.remainingMs] as const]),
    ["uptime_in_seconds", uptime],
    ["uptime_in_days", Math.floor(uptime / 86400)],
    ["hz", roundsPerSecond(server)],
    ["configured_hz", hz],
    ["clients_hz", hz, { valkey: "8.1.0" }],
    ["lru_clock", Math.floor(now / 1000) & 0xffffff],
    ["executable", profile.family === "valkey" ? "/usr/bin/valkey-server" : "/usr/bin/redis-server"],
    ["config_file", ""],
    ["io_threads_active", activeThreads(server)],
    ["availability_zone", identity.zone, { valkey: "8.1.0" }],
    ...doors.listeners.map(([number, facts]): Field => [`listener${number}`, facts, "7.2.0"]),
  ];
}

const MOST_ROUNDS = 500;
const CLIENTS_A_ROUND = 200;

/** `dynamic-hz`: the more clients there are, the more often the cron comes to its share of them. */
function roundsPerSecond({ config, clients }: Server): number {
  let hz = config.number("hz");
  if (!config.knows("dynamic-hz") || !config.flag("dynamic-hz")) return hz;
  while (Math.floor(clients.size / hz) > CLIENTS_A_ROUND && hz < MOST_ROUNDS) hz = Math.min(2 * hz, MOST_ROUNDS);
  return hz;
}

/** Redis 8 leaves its threads no rest; others begin when there is a lot to do, which is never. */
function activeThreads({ config, profile }: Server): number {
  return exists({ redis: "8.0.0" }, profile) && config.number("io-threads") > 1 ? 1 : 0;
}

export function clientFields(server: Server): readonly Field[] {
  const { pausing, blocking } = server;
  const watching = [...server.clients.values()].filter(({ watched }) => watched.length > 0);
  const watchedKeys = new Set(watching.flatMap(({ watched }) => watched.map(({ db, key }) => `${db.index}:${key}`)));
  const from74: Since = { redis: "7.4.0", valkey: "8.0.0" };
  return [
    ["connected_clients", server.clients.size],
    ["cluster_connections", 0],
    ["maxclients", server.maxClients],
    ["client_recent_max_input_buffer", 0],
    ["client_recent_max_output_buffer", 0],
    ["blocked_clients", blocking.size + pausing.size],
    ["tracking_clients", server.tracking.clients],
    ["pubsub_clients", [...server.clients.values()].filter(({ subscribed }) => subscribed).length, from74],
    ["watching_clients", watching.length, from74],
    ["clients_in_timeout_table", blocking.timed],
    ["total_watched_keys", watchedKeys.size, from74],
    ["total_blocking_keys", blocking.keys(), "7.2.0"],
    ["total_blocking_keys_on_nokey", blocking.keys(true), "7.2.0"],
    ["paused_reason", pausing.reason, { valkey: "8.1.0" }],
    ["paused_actions", pausing.mode ?? "none", { valkey: "8.1.0" }],
    ["paused_timeout_milliseconds", String(pausing.remainingMs), { valkey: "8.1.0" }],
  ];
}

/** Bytes, as `used_memory` shows them. */
export function usedMemory({ memory }: Server): number {
  const { dataset, overhead } = memory.measure();
  return STARTUP_BYTES + overhead + dataset;
}

/** Data are reckoned as MEMORY USAGE reckons them; simulated memory has no fragmentation, and no peak of its own. */
export function memoryFields(server: Server): readonly Field[] {
  const startup = STARTUP_BYTES;
  const maxmemory = server.config.number("maxmemory");
  const { dataset, overhead } = server.memory.measure();
  const used = usedMemory(server);
  const total = 8 * 1024 ** 3;
  const functionBytes = server.functions.memoryBytes;
  const evalBytes = server.scripts.memoryBytes;
  const from74: Since = { redis: "7.4.0", valkey: "8.0.0" };
  return [
    ["used_memory", used],
    ["used_memory_human", human(used)],
    ["used_memory_rss", used],
    ["used_memory_rss_human", human(used)],
    ["used_memory_peak", used],
    ["used_memory_peak_human", human(used)],
    ["used_memory_peak_perc", "100.00%"],
    ["used_memory_overhead", startup + overhead],
    ["used_memory_startup", startup],
    ["used_memory_dataset", dataset],
    ["used_memory_dataset_perc", dataset === 0 ? "0.00%" : "100.00%"],
    ["allocator_allocated", used],
    ["allocator_active", used],
    ["allocator_resident", used],
    ["allocator_muzzy", 0, from74],
    ["total_system_memory", total],
    ["total_system_memory_human", human(total)],
    ["used_memory_lua", evalBytes],
    ["used_memory_vm_eval", evalBytes],
    ["used_memory_lua_human", human(evalBytes)],
    ["used_memory_scripts_eval", 0],
    ["number_of_cached_scripts", server.scripts.size],
    ["number_of_functions", server.functions.functionCount],
    ["number_of_libraries", server.functions.all.length],
    ["used_memory_vm_functions", functionBytes],
    ["used_memory_vm_total", evalBytes + functionBytes],
    ["used_memory_vm_total_human", human(evalBytes + functionBytes)],
    ["used_memory_functions", 0],
    ["used_memory_scripts", 0],
    ["used_memory_scripts_human", "0B"],
    ["maxmemory", maxmemory],
    ["maxmemory_human", human(maxmemory)],
    ["maxmemory_policy", server.config.text("maxmemory-policy")],
    ["allocator_frag_ratio", "1.00"],
    ["allocator_frag_bytes", 0],
    ["allocator_rss_ratio", "1.00"],
    ["allocator_rss_bytes", 0],
    ["rss_overhead_ratio", "1.00"],
    ["rss_overhead_bytes", 0],
    ["mem_fragmentation_ratio", "1.00"],
    ["mem_fragmentation_bytes", 0],
    ["mem_not_counted_for_evict", 0],
    ["mem_replication_backlog", 0],
    ["mem_total_replication_buffers", 0],
    ["mem_replica_full_sync_buffer", 0, { redis: "8.0.0" }],
    ["mem_clients_slaves", 0],
    ["mem_clients_normal", 0],
    ["mem_cluster_links", 0],
    ["mem_aof_buffer", server.appendOnly.bufferMemoryBytes],
    ["mem_allocator", "jemalloc-5.3.0"],
    ["mem_overhead_db_hashtable_rehashing", 0, from74],
    ["active_defrag_running", 0],
    ["lazyfree_pending_objects", 0],
    ["lazyfreed_objects", server.stats.lazyFreed],
  ];
}

/** A size as INFO abbreviates it: `943.88K`. */
function human(sizeBytes: number): Bytes {
  for (const [unit, scale] of [
    ["G", 1024 ** 3],
    ["M", 1024 ** 2],
    ["K", 1024],
  ] as const) {
    if (sizeBytes >= scale) return `${(sizeBytes / scale).toFixed(2)}${unit}`;
  }
  return `${sizeBytes}B`;
}

export function statsFields({ stats, pubsub, tracking, compatibility, users, expiry }: Server): readonly Field[] {
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
    ["sync_full", stats.fullSyncs],
    ["sync_partial_ok", stats.partialSyncs],
    ["sync_partial_err", stats.refusedPartialSyncs],
    ["expired_subkeys", stats.expiredFields, { redis: "7.4.0" }],
    ["expired_keys", stats.expiredKeys],
    ["expired_stale_perc", "0.00"],
    ["expired_time_cap_reached_count", 0],
    ["expire_cycle_cpu_milliseconds", 0],
    ["evicted_keys", stats.evictedKeys],
    ["evicted_clients", stats.evictedClients],
    ["evicted_scripts", 0, { redis: "7.4.0", valkey: "8.0.0" }],
    ["total_eviction_exceeded_time", 0],
    ["current_eviction_exceeded_time", 0],
    ["keyspace_hits", stats.keyspaceHits],
    ["keyspace_misses", stats.keyspaceMisses],
    ["pubsub_channels", pubsub.count("channels")],
    ["pubsub_patterns", pubsub.count("patterns")],
    ["pubsubshard_channels", pubsub.count("shardChannels")],
    ["latest_fork_usec", 0],
    ["total_forks", stats.forks],
    ["migrate_cached_sockets", 0],
    ["slave_expires_tracked_keys", expiry.ownCount],
    ["active_defrag_hits", 0],
    ["active_defrag_misses", 0],
    ["active_defrag_key_hits", 0],
    ["active_defrag_key_misses", 0],
    ["total_active_defrag_time", 0],
    ["current_active_defrag_time", 0],
    ["tracking_total_keys", tracking.keys],
    ["tracking_total_items", tracking.items],
    ["tracking_total_prefixes", tracking.prefixes],
    ["unexpected_error_replies", 0],
    ["total_error_replies", stats.errorReplies],
    ["dump_payload_sanitizations", stats.payloadsChecked],
    ["total_reads_processed", stats.readsProcessed],
    ["total_writes_processed", stats.writesProcessed],
    ["io_threaded_reads_processed", 0],
    ["io_threaded_writes_processed", 0],
    ["io_threaded_freed_objects", 0, { valkey: "8.0.0" }],
    ["io_threaded_accept_processed", 0, { valkey: "8.0.0" }],
    ["io_threaded_poll_processed", 0, { valkey: "8.0.0" }],
    ["io_threaded_total_prefetch_batches", 0, { valkey: "8.0.0" }],
    ["io_threaded_total_prefetch_entries", 0, { valkey: "8.0.0" }],
    ["client_query_buffer_limit_disconnections", 0, { redis: "7.4.0", valkey: "8.0.0" }],
    ["client_output_buffer_limit_disconnections", stats.outputLimitDisconnections, { redis: "7.4.0", valkey: "8.0.0" }],
    ["reply_buffer_shrinks", 0],
    ["reply_buffer_expands", 0],
    ["eventloop_cycles", 0, "7.2.0"],
    ["eventloop_duration_sum", 0, "7.2.0"],
    ["eventloop_duration_cmd_sum", 0, "7.2.0"],
    ["instantaneous_eventloop_cycles_per_sec", 0, "7.2.0"],
    ["instantaneous_eventloop_duration_usec", 0, "7.2.0"],
    ["acl_access_denied_auth", users.denials.auth, "7.2.0"],
    ["acl_access_denied_cmd", users.denials.command, "7.2.0"],
    ["acl_access_denied_key", users.denials.key, "7.2.0"],
    ["acl_access_denied_channel", users.denials.channel, "7.2.0"],
    ...(compatibility === undefined
      ? []
      : [["cluster_incompatible_ops", stats.clusterIncompatibleOps] satisfies Field]),
  ];
}

/** A simulated server takes no time of its own. */
export function cpuFields(): readonly Field[] {
  return [
    ["used_cpu_sys", "0.000000"],
    ["used_cpu_user", "0.000000"],
    ["used_cpu_sys_children", "0.000000"],
    ["used_cpu_user_children", "0.000000"],
    ["used_cpu_sys_main_thread", "0.000000"],
    ["used_cpu_user_main_thread", "0.000000"],
  ];
}

export function commandFields({ stats }: Server): readonly Field[] {
  return [...stats.commands].map(([name, { calls, usec, rejected, failed }]) => {
    const perCall = (calls === 0 ? 0 : usec / calls).toFixed(2);
    return [
      `cmdstat_${name}`,
      `calls=${calls},usec=${usec},usec_per_call=${perCall},rejected_calls=${rejected},failed_calls=${failed}`,
    ];
  });
}

export function errorFields({ stats }: Server): readonly Field[] {
  return [...stats.errors]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([code, count]) => [`errorstat_${code}`, `count=${count}`]);
}

export function keyspaceFields({ databases, now, profile }: Server): readonly Field[] {
  const inUse = databases.filter(({ size }) => size > 0);
  return inUse.map(({ index, size, deadlines, fieldDeadlines }) => {
    const ttl = deadlines.averageTtl(now);
    const subexpiry = exists({ redis: "7.4.0" }, profile) ? `,subexpiry=${fieldDeadlines.size}` : "";
    return [`db${index}`, `keys=${size},expires=${deadlines.size},avg_ttl=${ttl}${subexpiry}`];
  });
}

/** What Redis 8 counts by powers of two: the lengths of strings, the elements of the rest, in its order of types. */
const SIZES = [
  ["string", "strings_sizes"],
  ["list", "lists_items"],
  ["set", "sets_items"],
  ["zset", "zsets_items"],
  ["hash", "hashes_items"],
] as const;

export function keysizeFields({ databases }: Server): readonly Field[] {
  return databases.flatMap((db) => SIZES.flatMap(([type, name]) => keysizeField(db, { type, name })));
}

function keysizeField(db: Database, { type, name }: { type: TypeName; name: Bytes }): Field[] {
  const counts = new Map<number, number>();
  for (const key of db.keys()) {
    const value = db.look(key)!;
    if (typeOf(value) !== type) continue;
    const { length } = value;
    const bin = length === 0 ? 0 : 2 ** Math.floor(Math.log2(length));
    counts.set(bin, (counts.get(bin) ?? 0) + 1);
  }
  const shown = [...counts].sort(([a], [b]) => a - b).map(([bin, count]) => `${bin}=${count}`);
  return shown.length === 0 ? [] : [[`db${db.index}_distrib_${name}`, shown.join(",")]];
}

export function moduleFields({ profile }: Server): readonly Field[] {
  return builtInModules(profile).map(({ name, version, options }) => [
    "module",
    `name=${name},ver=${version},api=1,filters=0,usedby=[],using=[],options=[${options.join("|")}]`,
  ]);
}

/** As many as there should be; they do nothing in a simulated server. */
export function threadFields({ config }: Server): readonly Field[] {
  const threads = Array.from({ length: config.number("io-threads") }, (_, number) => number);
  return threads.map((number) => [`io_thread_${number}`, "clients=0,reads=0,writes=0"]);
}

/** A simulated command takes no time, unless something makes it: a nanosecond is the least that is shown. */
export function latencyFields({ stats, config }: Server): readonly Field[] {
  if (!config.flag("latency-tracking")) return [];
  const percents = config.text("latency-tracking-info-percentiles").split(" ").filter(Boolean);
  return [...stats.commands]
    .filter(([, { latencies }]) => latencies.count > 0)
    .map(([name, { latencies }]) => {
      const shown = percents.map((percent) => `p${percent}=${latencies.percentile(Number(percent)).toFixed(3)}`);
      return [`latency_percentiles_usec_${name}`, shown.join(",")];
    });
}
