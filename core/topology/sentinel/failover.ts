// The failover of a master, step by step (sentinel.c: sentinelFailoverStateMachine).
import { leaderOf } from "./election.ts";
import type { Instance, Master } from "./instance.ts";
import { sendSlaveOf } from "./reconfigure.ts";
import type { Sentinel } from "./sentinel.ts";
import { MOST_DESYNCHRONIZATION_MS } from "./timing.ts";

/** A master that is down for enough Sentinels is failed over, unless that was tried not long ago. */
export function startFailoverIfNeeded(sentinel: Sentinel, master: Master): boolean {
  if (!master.isObjectivelyDown || master.failoverInProgress) return false;
  if (sentinel.now - master.failoverStartedAt < 2 * master.failoverTimeoutMs) return false;
  startFailover(sentinel, master);
  return true;
}

export function startFailover(sentinel: Sentinel, master: Master): void {
  master.changeFailoverState("wait_start", sentinel.now);
  master.failoverEpoch = sentinel.currentEpoch + 1;
  sentinel.newEpoch(master, master.failoverEpoch);
  sentinel.event("+try-failover", master);
  master.failoverStartedAt = sentinel.now + sentinel.server.random.int(0, MOST_DESYNCHRONIZATION_MS - 1);
}

export function runFailover(sentinel: Sentinel, master: Master): void {
  switch (master.failoverState) {
    case "wait_start":
      return waitStart(sentinel, master);
    case "select_slave":
      return select(sentinel, master);
    case "send_slaveof_noone":
      return promote(sentinel, master);
    case "wait_promotion":
      if (sentinel.now - master.failoverStateChangedAt > master.failoverTimeoutMs) {
        sentinel.event("-failover-abort-slave-timeout", master);
        abort(master);
      }
      return;
    case "reconf_slaves":
      return reconfigure(sentinel, master);
    case "none":
    case "update_config":
  }
}

/** SENTINEL FAILOVER begins without asking anybody. */
function waitStart(sentinel: Sentinel, master: Master): void {
  const leads = leaderOf(sentinel, master, master.failoverEpoch) === sentinel.id;
  if (!leads && !master.forced) {
    const patienceMs = Math.min(sentinel.timing["election-timeout"], master.failoverTimeoutMs);
    if (sentinel.now - master.failoverStartedAt > patienceMs) {
      sentinel.event("-failover-abort-not-elected", master);
      abort(master);
    }
    return;
  }
  sentinel.event("+elected-leader", master);
  if (sentinel.failureSimulated === "crash-after-election") {
    sentinel.server.lifecycle.crash();
    return;
  }
  master.changeFailoverState("select_slave", sentinel.now);
  sentinel.event("+failover-state-select-slave", master);
}

function select(sentinel: Sentinel, master: Master): void {
  const slave = bestSlave(sentinel, master);
  if (slave === undefined) {
    sentinel.event("-failover-abort-no-good-slave", master);
    abort(master);
    return;
  }
  sentinel.event("+selected-slave", slave);
  slave.promoted = true;
  master.promotedSlave = slave;
  master.changeFailoverState("send_slaveof_noone", sentinel.now);
  sentinel.event("+failover-state-send-slaveof-noone", slave);
}

/** The replica that may be promoted: near, lately heard of, then by priority, offset and run id (sentinelSelectSlave). */
export function bestSlave(sentinel: Sentinel, master: Master): Instance | undefined {
  const { now, timing } = sentinel;
  const downMs = master.subjectivelyDownSince === undefined ? 0 : now - master.subjectivelyDownSince;
  const mostLinkDownMs = downMs + 10 * master.downAfterMs;
  const mostInfoAgeMs = master.isSubjectivelyDown ? 5 * timing["ping-period"] : 3 * timing["info-period"];
  const fit = [...master.slaves.values()].filter(
    (slave) =>
      !slave.isSubjectivelyDown &&
      !slave.link.disconnected &&
      now - slave.link.availableAt <= 5 * timing["ping-period"] &&
      slave.priority !== 0 &&
      now - slave.infoAt <= mostInfoAgeMs &&
      slave.masterLinkDownMs <= mostLinkDownMs,
  );
  return fit.sort(
    (a, b) => a.priority - b.priority || b.offset - a.offset || compare(a.runId.toLowerCase(), b.runId.toLowerCase()),
  )[0];
}

function compare(a: string, b: string): number {
  if (a === b) return 0;
  if (a === "") return 1;
  return b === "" || a < b ? -1 : 1;
}

function promote(sentinel: Sentinel, master: Master): void {
  const slave = master.promotedSlave!;
  if (slave.link.disconnected) {
    if (sentinel.now - master.failoverStateChangedAt > master.failoverTimeoutMs) {
      sentinel.event("-failover-abort-slave-timeout", master);
      abort(master);
    }
    return;
  }
  if (!sendSlaveOf(slave, undefined)) return;
  sentinel.event("+failover-state-wait-promotion", slave);
  master.changeFailoverState("wait_promotion", sentinel.now);
}

/** The other replicas follow the new primary, a few at a time (sentinelFailoverReconfNextSlave). */
function reconfigure(sentinel: Sentinel, master: Master): void {
  const { now } = sentinel;
  const slaves = [...master.slaves.values()];
  let underWay = slaves.filter((each) => ["sent", "in-progress"].includes(each.reconfiguration)).length;
  for (const slave of slaves) {
    if (underWay >= master.parallelSyncs) break;
    if (slave.promoted || slave.reconfiguration === "done") continue;
    if (
      slave.reconfiguration === "sent" &&
      now - slave.reconfigurationSentAt > sentinel.timing["slave-reconf-timeout"]
    ) {
      sentinel.event("-slave-reconf-sent-timeout", slave);
      slave.reconfiguration = "done";
    }
    if (slave.reconfiguration !== "none" || slave.link.disconnected) continue;
    if (!sendSlaveOf(slave, master.promotedSlave!.address)) continue;
    slave.reconfiguration = "sent";
    slave.reconfigurationSentAt = now;
    sentinel.event("+slave-reconf-sent", slave);
    underWay++;
  }
  detectEnd(sentinel, master);
}

/** It ends when every replica that is up follows, or when that takes too long (sentinelFailoverDetectEnd). */
function detectEnd(sentinel: Sentinel, master: Master): void {
  const { promotedSlave } = master;
  if (promotedSlave === undefined || promotedSlave.isSubjectivelyDown) return;
  const late = [...master.slaves.values()].filter(
    (slave) => !slave.promoted && slave.reconfiguration !== "done" && !slave.isSubjectivelyDown,
  );
  const timedOut = sentinel.now - master.failoverStateChangedAt > master.failoverTimeoutMs;
  if (late.length > 0 && !timedOut) return;
  if (timedOut) sentinel.event("+failover-end-for-timeout", master);
  sentinel.event("+failover-end", master);
  master.changeFailoverState("update_config", sentinel.now);
  if (!timedOut) return;
  for (const slave of master.slaves.values()) {
    if (slave.promoted || slave.reconfiguration !== "none" || slave.link.disconnected) continue;
    // It is told to follow by a connection that the switch, in the same turn, closes before anything is sent.
    if (slave.link.hasCommands) sentinel.event("+slave-reconf-sent-be", slave);
  }
}

/** Back to watching; the next attempt comes after twice the failover timeout. */
export function abort(master: Master): void {
  master.forced = false;
  master.changeFailoverState("none", 0);
  if (master.promotedSlave !== undefined) master.promotedSlave.promoted = false;
  master.promotedSlave = undefined;
}
