// INFO replication: what a server is to others (server.c: genRedisInfoString, replication section).
import type { Replication } from "../replication/replication.ts";
import type { PrimaryLink } from "../replication/primary-link.ts";
import type { Server } from "../server.ts";
import type { Field } from "./fields.ts";

export function replicationFields(server: Server): readonly Field[] {
  const { replication, config, profile } = server;
  const { primary, history } = replication;
  const { backlog } = history;
  const replicas = replication.replicas.infos();
  const type = profile.family === "valkey" ? ",type=replica" : "";
  const waiting = replicas.filter(({ online }) => !online).length;
  return [
    ["role", primary === undefined ? "master" : "slave"],
    ...(primary === undefined ? [] : followingFields(server, primary)),
    ["connected_slaves", replicas.length],
    ...(config.number("min-replicas-to-write") > 0 && config.number("min-replicas-max-lag") > 0
      ? [["min_slaves_good_slaves", replication.replicas.near] as const]
      : []),
    ...replicas.map(
      ({ host, port, state, offset, lagSeconds }, at) =>
        [`slave${at}`, `ip=${host},port=${port},state=${state},offset=${offset},lag=${lagSeconds}${type}`] as const,
    ),
    ["replicas_waiting_psync", waiting, { valkey: "8.0.0" }],
    ["master_failover_state", replication.failover.state],
    ["master_replid", history.id],
    ["master_replid2", history.secondId],
    ["master_repl_offset", replication.offset],
    ["second_repl_offset", history.secondOffset],
    ["repl_backlog_active", backlog === undefined ? 0 : 1],
    ["repl_backlog_size", config.number("repl-backlog-size")],
    ["repl_backlog_first_byte_offset", backlog?.firstOffset ?? 0],
    ["repl_backlog_histlen", backlog?.length ?? 0],
  ];
}

function followingFields({ replication, config, steadyNow }: Server, primary: PrimaryLink): readonly Field[] {
  const up = replication.linkIsUp;
  const seconds = (since: number): number => Math.floor((steadyNow - since) / 1000);
  return [
    ["master_host", primary.address.host],
    ["master_port", primary.address.port],
    ["master_link_status", up ? "up" : "down"],
    ["master_last_io_seconds_ago", up ? seconds(primary.lastInteractionAt) : -1],
    ["master_sync_in_progress", primary.transferring ? 1 : 0],
    ["slave_read_repl_offset", offsetOf(replication)],
    ["slave_repl_offset", offsetOf(replication)],
    ["replica_full_sync_buffer_size", 0, { redis: "8.0.0" }],
    ["replica_full_sync_buffer_peak", 0, { redis: "8.0.0" }],
    ["replicas_repl_buffer_size", 0, { valkey: "8.0.0" }],
    ["replicas_repl_buffer_peak", 0, { valkey: "8.0.0" }],
    ...(primary.transferring
      ? ([
          ["master_sync_total_bytes", -1],
          ["master_sync_read_bytes", 0],
          ["master_sync_left_bytes", -1],
          ["master_sync_perc", "-0.00"],
          ["master_sync_last_io_seconds_ago", seconds(primary.lastInteractionAt)],
        ] as const)
      : []),
    ...(up ? [] : [["master_link_down_since_seconds", seconds(replication.downSince)] as const]),
    ["slave_priority", config.number("replica-priority")],
    ["slave_read_only", config.flag("replica-read-only") ? 1 : 0],
    ["replica_announced", config.flag("replica-announced") ? 1 : 0],
  ];
}

/** The offset of the stream that is followed, or was. */
function offsetOf({ offset }: Replication): number {
  return offset;
}
