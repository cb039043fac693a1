// INFO persistence: what of the data is on the disk, and since when (server.c: genRedisInfoString, persistence section).
import type { Server } from "../server.ts";
import type { Field } from "./fields.ts";

/** There is no append-only file, and no module that would begin a process. */
export function persistenceFields({ lifecycle, effects, snapshots, stats }: Server): readonly Field[] {
  const { progress, lastLoad } = snapshots;
  return [
    ["loading", lifecycle.loading ? 1 : 0],
    ["async_loading", 0],
    ["current_cow_peak", 0],
    ["current_cow_size", 0],
    ["current_cow_size_age", 0],
    ["current_fork_perc", "0.00"],
    ["current_save_keys_processed", 0],
    ["current_save_keys_total", progress?.keys ?? 0],
    ["rdb_changes_since_last_save", effects.dirty],
    ["rdb_bgsave_in_progress", progress === undefined ? 0 : 1],
    ["rdb_last_save_time", Math.floor(snapshots.lastSaveAt / 1000)],
    ["rdb_last_bgsave_status", snapshots.succeeded ? "ok" : "err"],
    ["rdb_last_bgsave_time_sec", snapshots.lastDurationSeconds],
    ["rdb_current_bgsave_time_sec", progress?.seconds ?? -1],
    ["rdb_saves", stats.rdbSaves],
    ["rdb_last_cow_size", 0],
    ["rdb_last_load_keys_expired", lastLoad.expired.length],
    ["rdb_last_load_keys_loaded", lastLoad.loaded],
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
