// What INFO tells a Sentinel, and what it does about it (sentinel.c: sentinelRefreshInstanceInfo).
import type { Bytes } from "../../kernel/bytes.ts";
import { Master, type Instance, type Role } from "./instance.ts";
import { hurryHellos } from "./hello.ts";
import { sendSlaveOf } from "./reconfigure.ts";
import type { Sentinel } from "./sentinel.ts";

export function refreshFromInfo(sentinel: Sentinel, instance: Instance, info: Bytes): void {
  instance.info = info;
  instance.masterLinkDownMs = 0;
  let role: Role | undefined;
  for (const line of info.split("\r\n")) {
    const colon = line.indexOf(":");
    if (colon < 0) continue;
    const [name, value] = [line.slice(0, colon), line.slice(colon + 1)];
    if (name === "run_id") learnRunId(sentinel, instance, value);
    else if (name === "role") role = value === "master" ? "master" : "slave";
    else if (instance instanceof Master && /^slave\d+$/.test(name)) learnSlave(sentinel, instance, value);
    else if (instance.kind === "slave") learnOfSlave(sentinel, instance, name, value);
    else if (name === "master_link_down_since_seconds") instance.masterLinkDownMs = 1000 * Number(value);
  }
  instance.infoAt = sentinel.now;
  if (role === undefined) return;
  if (role !== instance.roleReported) changeRole(sentinel, instance, role);
  if (sentinel.inTilt || instance.kind !== "slave") return;
  if (role === "master") reportedMaster(sentinel, instance);
  else reportedSlave(sentinel, instance);
}

function learnRunId(sentinel: Sentinel, instance: Instance, runId: Bytes): void {
  if (instance.runId !== "" && instance.runId !== runId) {
    sentinel.event("+reboot", instance);
    if (instance instanceof Master && instance.rebootDownAfterMs !== 0) instance.rebootedAt = sentinel.now;
  }
  instance.runId = runId;
}

/** `ip=127.0.0.1,port=6380,state=online,...` */
function learnSlave(sentinel: Sentinel, master: Master, line: Bytes): void {
  const facts = new Map(line.split(",").map((fact) => fact.split("=", 2) as [Bytes, Bytes]));
  const [host, port] = [facts.get("ip"), Number(facts.get("port"))];
  if (host === undefined || !(port > 0) || master.slaves.has(`${host}:${port}`)) return;
  sentinel.event("+slave", sentinel.createSlave(master, { host, port }));
}

function learnOfSlave(sentinel: Sentinel, slave: Instance, name: Bytes, value: Bytes): void {
  switch (name) {
    case "master_link_down_since_seconds":
      slave.masterLinkDownMs = 1000 * Number(value);
      return;
    case "master_host":
      if (slave.masterHost === value) return;
      slave.masterHost = value;
      slave.configurationChangedAt = sentinel.now;
      return;
    case "master_port":
      if (slave.masterPort === Number(value)) return;
      slave.masterPort = Number(value);
      slave.configurationChangedAt = sentinel.now;
      return;
    case "master_link_status":
      slave.masterLinkUp = value === "up";
      return;
    case "slave_priority":
      slave.priority = Number(value);
      return;
    case "slave_repl_offset":
      slave.offset = Number(value);
      return;
    case "replica_announced":
      slave.announced = value === "1";
  }
}

function changeRole(sentinel: Sentinel, instance: Instance, role: Role): void {
  instance.roleReportedAt = sentinel.now;
  instance.roleReported = role;
  if (role === "slave") instance.configurationChangedAt = sentinel.now;
  const expected = instance.kind === role;
  sentinel.event(expected ? "+role-change" : "-role-change", instance, `new reported role is ${role}`);
}

/** A replica that says it is a primary: it was promoted, or it comes back from where it was one. */
function reportedMaster(sentinel: Sentinel, slave: Instance): void {
  const master = slave.master!;
  if (slave.promoted && master.failoverInProgress && master.failoverState === "wait_promotion") {
    master.configEpoch = master.failoverEpoch;
    master.changeFailoverState("reconf_slaves", sentinel.now);
    sentinel.event("+promoted-slave", slave);
    if (sentinel.failureSimulated === "crash-after-promotion") {
      sentinel.server.lifecycle.crash();
      return;
    }
    sentinel.event("+failover-state-reconf-slaves", master);
    sentinel.reconfigureClients(master, "leader", master.address, slave.address);
    hurryHellos(sentinel, master);
    return;
  }
  const waitMs = 4 * sentinel.timing["publish-period"];
  const settled = sentinel.now - slave.roleReportedAt > waitMs;
  if (!slave.promoted && looksSane(sentinel, master) && isUpFor(sentinel, slave, waitMs) && settled) {
    if (sendSlaveOf(slave, master.address)) sentinel.event("+convert-to-slave", slave);
  }
}

function reportedSlave(sentinel: Sentinel, slave: Instance): void {
  const master = slave.master!;
  const follows = slave.masterHost === master.address.host && slave.masterPort === master.address.port;
  const waitMs = master.failoverTimeoutMs;
  const settled = sentinel.now - slave.configurationChangedAt > waitMs;
  if (!follows && looksSane(sentinel, master) && isUpFor(sentinel, slave, waitMs) && settled) {
    if (sendSlaveOf(slave, master.address)) sentinel.event("+fix-slave-config", slave);
  }
  const { promotedSlave } = master;
  const turned =
    promotedSlave !== undefined &&
    slave.masterHost === promotedSlave.address.host &&
    slave.masterPort === promotedSlave.address.port;
  if (slave.reconfiguration === "sent" && turned) {
    slave.reconfiguration = "in-progress";
    sentinel.event("+slave-reconf-inprog", slave);
  }
  if (slave.reconfiguration === "in-progress" && slave.masterLinkUp) {
    slave.reconfiguration = "done";
    sentinel.event("+slave-reconf-done", slave);
  }
}

/** A master that is up, says that it is one, and has said so lately (sentinelMasterLooksSane). */
function looksSane(sentinel: Sentinel, master: Master): boolean {
  return (
    master.roleReported === "master" &&
    !master.isSubjectivelyDown &&
    !master.isObjectivelyDown &&
    sentinel.now - master.infoAt < 2 * sentinel.timing["info-period"]
  );
}

/** It has not been down within a time (sentinelRedisInstanceNoDownFor). */
function isUpFor(sentinel: Sentinel, { lastDownAt }: Instance, waitMs: number): boolean {
  return lastDownAt === undefined || sentinel.now - lastDownAt > waitMs;
}
