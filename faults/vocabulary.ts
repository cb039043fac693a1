// The vocabulary: every fault by its name, and faults read back from text. A new fault is one line here.
import { askStorm } from "./ask-storm.ts";
import { bandwidth } from "./bandwidth.ts";
import { blackHole } from "./black-hole.ts";
import { busyScript } from "./busy-script.ts";
import { clockDrift } from "./clock-drift.ts";
import { clockJump } from "./clock-jump.ts";
import { clockSkew } from "./clock-skew.ts";
import { clusterDown } from "./cluster-down.ts";
import { crash } from "./crash.ts";
import { demote } from "./demote.ts";
import { diskFull } from "./disk-full.ts";
import { divergentReplica } from "./divergent-replica.ts";
import { down } from "./down.ts";
import { errorReply } from "./error-reply.ts";
import { evictKeys } from "./evict-keys.ts";
import { expireKeys } from "./expire-keys.ts";
import { failover } from "./failover.ts";
import { failoverLosingWrites } from "./failover-losing-writes.ts";
import { fullResync } from "./full-resync.ts";
import { hold } from "./hold.ts";
import { latency } from "./latency.ts";
import { limitData } from "./limit-data.ts";
import { lockExpiry } from "./lock-expiry.ts";
import { maxClients } from "./max-clients.ts";
import { migrateSlot } from "./migrate-slot.ts";
import { movedStorm } from "./moved-storm.ts";
import { oom } from "./oom.ts";
import { outputOverrun } from "./output-overrun.ts";
import { partition } from "./partition.ts";
import { pause } from "./pause.ts";
import { processPause } from "./process-pause.ts";
import { replicationLag } from "./replication-lag.ts";
import { replicationStop } from "./replication-stop.ts";
import { replyLost } from "./reply-lost.ts";
import { resetPeer } from "./reset-peer.ts";
import { restart } from "./restart.ts";
import { shutdown } from "./shutdown.ts";
import { scriptFlush } from "./script-flush.ts";
import { slicer } from "./slicer.ts";
import { slowClose } from "./slow-close.ts";
import { slowCommand } from "./slow-command.ts";
import { splitBrain } from "./split-brain.ts";
import { staleView } from "./stale-view.ts";
import { stampede } from "./stampede.ts";
import { thunderingHerd } from "./thundering-herd.ts";
import { unassignSlot } from "./unassign-slot.ts";
import type { Fault } from "./fault.ts";
import { faultNames, isFaultName, type FaultName } from "./options.ts";

const makers: Readonly<Record<FaultName, (options: never) => Fault>> = {
  askStorm,
  bandwidth,
  blackHole,
  busyScript,
  clockDrift,
  clockJump,
  clockSkew,
  clusterDown,
  crash,
  demote,
  diskFull,
  divergentReplica,
  down,
  errorReply,
  evictKeys,
  expireKeys,
  failover,
  failoverLosingWrites,
  fullResync,
  hold,
  latency,
  limitData,
  lockExpiry,
  maxClients,
  migrateSlot,
  movedStorm,
  oom,
  outputOverrun,
  partition,
  pause,
  processPause,
  replicationLag,
  replicationStop,
  replyLost,
  resetPeer,
  restart,
  shutdown,
  scriptFlush,
  slicer,
  slowClose,
  slowCommand,
  splitBrain,
  staleView,
  stampede,
  thunderingHerd,
  unassignSlot,
};

/** Makes a fault from its name and options that come from outside. Throws a TypeError that says what does not fit. */
export function faultFrom(name: string, options: Readonly<Record<string, unknown>> = {}): Fault {
  if (!isFaultName(name)) throw new TypeError(`no fault is called '${name}'; there are ${faultNames.join(", ")}`);
  return makers[name](options as never);
}

/** Reads what `printFault` wrote: `latency({"delayMs":5})`. */
export function parseFault(text: string): Fault {
  const [, name, json] = /^\s*(\w+)\s*(?:\((.*)\))?\s*$/s.exec(text) ?? [];
  if (name === undefined) throw new TypeError(`not a fault: ${text}; write it as latency({"delayMs":5})`);
  let options: unknown;
  try {
    options = json?.trim() ? JSON.parse(json) : {};
  } catch {
    throw new TypeError(`the options of ${name} are not JSON: ${json}`);
  }
  if (typeof options !== "object" || options === null || Array.isArray(options)) {
    throw new TypeError(`the options of ${name} are a JSON object`);
  }
  return faultFrom(name, { ...options });
}
