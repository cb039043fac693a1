// Instances as SENTINEL MASTERS and its kin show them (sentinel.c: addReplySentinelRedisInstance).
import type { Bytes } from "../../kernel/bytes.ts";
import { Master, type Instance } from "./instance.ts";
import type { Sentinel } from "./sentinel.ts";

type Fact = readonly [name: Bytes, value: Bytes | number];

export function describe(sentinel: Sentinel, instance: Instance): readonly Fact[] {
  const { now } = sentinel;
  const { link, address, kind } = instance;
  return [
    ["name", instance.name],
    ["ip", address.host],
    ["port", address.port],
    ["runid", instance.runId],
    ["flags", flagsOf(instance)],
    ["link-pending-commands", link.pending],
    ["link-refcount", 1],
    ...(instance instanceof Master && instance.failoverInProgress
      ? [["failover-state", instance.failoverState] as const]
      : []),
    ["last-ping-sent", link.pingOwedSince === 0 ? 0 : now - link.pingOwedSince],
    ["last-ok-ping-reply", now - link.availableAt],
    ["last-ping-reply", now - link.pongAt],
    ...(instance.subjectivelyDownSince === undefined
      ? []
      : [["s-down-time", now - instance.subjectivelyDownSince] as const]),
    ...(instance instanceof Master && instance.objectivelyDownSince !== undefined
      ? [["o-down-time", now - instance.objectivelyDownSince] as const]
      : []),
    ["down-after-milliseconds", instance.downAfterMs],
    ...(kind === "sentinel" ? [] : informed(sentinel, instance)),
    ...(instance instanceof Master ? ofMaster(instance) : []),
    ...(kind === "slave" ? ofSlave(instance) : []),
    ...(kind === "sentinel" ? ofSentinel(sentinel, instance) : []),
  ];
}

function informed({ now }: Sentinel, instance: Instance): readonly Fact[] {
  return [
    ["info-refresh", instance.infoAt === 0 ? 0 : now - instance.infoAt],
    ["role-reported", instance.roleReported],
    ["role-reported-time", now - instance.roleReportedAt],
  ];
}

function ofMaster(master: Master): readonly Fact[] {
  return [
    ["config-epoch", master.configEpoch],
    ["num-slaves", master.slaves.size],
    ["num-other-sentinels", master.sentinels.size],
    ["quorum", master.quorum],
    ["failover-timeout", master.failoverTimeoutMs],
    ["parallel-syncs", master.parallelSyncs],
    ...(master.notificationScript === "" ? [] : [["notification-script", master.notificationScript] as const]),
    ...(master.clientReconfigScript === "" ? [] : [["client-reconfig-script", master.clientReconfigScript] as const]),
  ];
}

function ofSlave(slave: Instance): readonly Fact[] {
  return [
    ["master-link-down-time", slave.masterLinkDownMs],
    ["master-link-status", slave.masterLinkUp ? "ok" : "err"],
    ["master-host", slave.masterHost],
    ["master-port", slave.masterPort],
    ["slave-priority", slave.priority],
    ["slave-repl-offset", slave.offset],
    ["replica-announced", slave.announced ? 1 : 0],
  ];
}

function ofSentinel({ now }: Sentinel, other: Instance): readonly Fact[] {
  return [
    ["last-hello-message", now - other.lastHelloAt],
    ["voted-leader", other.leader ?? "?"],
    ["voted-leader-epoch", other.leaderEpoch],
  ];
}

function flagsOf(instance: Instance): Bytes {
  const flags = [
    instance.isSubjectivelyDown && "s_down",
    instance instanceof Master && instance.isObjectivelyDown && "o_down",
    instance.kind,
    instance.link.disconnected && "disconnected",
    instance.saysMasterDown && "master_down",
    instance instanceof Master && instance.failoverInProgress && "failover_in_progress",
    instance.promoted && "promoted",
    instance.reconfiguration === "sent" && "reconf_sent",
    instance.reconfiguration === "in-progress" && "reconf_inprog",
    instance.reconfiguration === "done" && "reconf_done",
    instance instanceof Master && instance.forced && "force_failover",
    instance instanceof Master && instance.rebootedAt !== undefined && "master_reboot",
  ];
  return flags.filter((flag) => flag !== false).join(",");
}

/** Of a master in INFO: `ok`, `sdown`, `odown`. */
export function statusOf(master: Master): Bytes {
  if (master.isObjectivelyDown) return "odown";
  return master.isSubjectivelyDown ? "sdown" : "ok";
}
