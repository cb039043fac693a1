// INFO persistence: what of the data is on the disk, and since when (server.c: genRedisInfoString, persistence section).
import type { AppendOnlyFile } from "../append-only/append-only-file.ts";
import type { Server } from "../server.ts";
import { usedMemory, type Field } from "./fields.ts";

/** There is no module that would begin a process. */
export function persistenceFields(server: Server): readonly Field[] {
  const { lifecycle, effects, snapshots, appendOnly, config, stats } = server;
  const { progress, lastLoad } = snapshots;
  const { rewrite } = appendOnly;
  return [
    ["loading", lifecycle.loading ? 1 : 0],
    ["async_loading", 0],
    ["current_cow_peak", 0],
    ["current_cow_size", 0],
    ["current_cow_size_age", 0],
    ["current_fork_perc", "0.00"],
    ["current_save_keys_processed", 0],
    ["current_save_keys_total", (progress ?? rewrite.progress)?.keys ?? 0],
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
    ["aof_enabled", appendOnly.state === "off" || lifecycle.loading ? 0 : 1],
    ["aof_rewrite_in_progress", rewrite.underWay ? 1 : 0],
    ["aof_rewrite_scheduled", rewrite.scheduled ? 1 : 0],
    ["aof_last_rewrite_time_sec", rewrite.lastDurationSeconds],
    ["aof_current_rewrite_time_sec", rewrite.progress?.seconds ?? -1],
    ["aof_last_bgrewrite_status", rewrite.succeeded ? "ok" : "err"],
    ["aof_rewrites", stats.aofRewrites],
    ["aof_rewrites_consecutive_failures", stats.aofRewriteFailures],
    ["aof_last_write_status", appendOnly.written.failed ? "err" : "ok"],
    ["aof_last_cow_size", 0],
    ["module_fork_in_progress", 0],
    ["module_fork_last_cow_size", 0],
    ...(config.flag("appendonly") ? appendOnlyFields(appendOnly) : []),
    ...(lifecycle.loading ? loadingFields(server) : []),
  ];
}

/** Data that are there all at once count as if they came evenly. */
function loadingFields(server: Server): readonly Field[] {
  const { lifecycle, snapshots, appendOnly, now } = server;
  const { since, durationMs } = lifecycle.loads;
  const used = usedMemory(server);
  const totalBytes = appendOnly.sizeBytes || snapshots.lastLoad.sizeBytes || used;
  const loadedBytes = Math.floor((totalBytes * (now - since)) / durationMs);
  const elapsedSeconds = Math.floor(now / 1000) - Math.floor(since / 1000);
  // Without enough to go by, a second is as good as anything.
  const etaSeconds = elapsedSeconds === 0 ? 1 : (elapsedSeconds * (totalBytes - loadedBytes)) / loadedBytes;
  return [
    ["loading_start_time", Math.floor(since / 1000)],
    ["loading_total_bytes", totalBytes],
    ["loading_rdb_used_mem", used],
    ["loading_loaded_bytes", loadedBytes],
    ["loading_loaded_perc", ((100 * loadedBytes) / totalBytes).toFixed(2)],
    ["loading_eta_seconds", Math.floor(etaSeconds)],
  ];
}

/** What is synced is synced at once. */
function appendOnlyFields({ sizeBytes, baseSizeBytes, written }: AppendOnlyFile): readonly Field[] {
  return [
    ["aof_current_size", sizeBytes],
    ["aof_base_size", baseSizeBytes],
    ["aof_pending_rewrite", 0],
    ["aof_buffer_length", written.bufferedBytes],
    ["aof_pending_bio_fsync", 0],
    ["aof_delayed_fsync", 0],
  ];
}
