// The door of the faults: everything that can go wrong, by name.
export { printFault, type Fault, type FaultContext, type FaultHooks, type FaultOptions } from "./fault.ts";
export { Injector, type FaultGuard } from "./injector.ts";
export type { Selector } from "./selector.ts";
export { exampleFaults } from "./examples.ts";
export { faultNames, selectorPartsOf, type FaultName } from "./options.ts";
export { faultFrom, parseFault } from "./vocabulary.ts";
export { errorReply, type ErrorReplyOptions } from "./error-reply.ts";
export { latency, type LatencyOptions } from "./latency.ts";
export { replyLost, type ReplyLostOptions } from "./reply-lost.ts";
export { resetPeer, type ResetPeerOptions } from "./reset-peer.ts";
export { askStorm, type AskStormOptions } from "./ask-storm.ts";
export { bandwidth, type BandwidthOptions } from "./bandwidth.ts";
export { blackHole, type BlackHoleOptions } from "./black-hole.ts";
export { busyScript, type BusyScriptOptions } from "./busy-script.ts";
export { clockDrift, type ClockDriftOptions } from "./clock-drift.ts";
export { clockJump, type ClockJumpOptions } from "./clock-jump.ts";
export { clockSkew, type ClockSkewOptions } from "./clock-skew.ts";
export { clusterDown, type ClusterDownOptions } from "./cluster-down.ts";
export { crash, type CrashOptions } from "./crash.ts";
export { demote, type DemoteOptions } from "./demote.ts";
export { diskFull, type DiskFullOptions } from "./disk-full.ts";
export { divergentReplica, type DivergentReplicaOptions } from "./divergent-replica.ts";
export { down, type DownOptions } from "./down.ts";
export { evictKeys, type EvictKeysOptions } from "./evict-keys.ts";
export { expireKeys, type ExpireKeysOptions } from "./expire-keys.ts";
export { failover, type FailoverOptions } from "./failover.ts";
export { failoverLosingWrites, type FailoverLosingWritesOptions } from "./failover-losing-writes.ts";
export { fullResync, type FullResyncOptions } from "./full-resync.ts";
export { hold, type HoldOptions } from "./hold.ts";
export { limitData, type LimitDataOptions } from "./limit-data.ts";
export { lockExpiry, type LockExpiryOptions } from "./lock-expiry.ts";
export { maxClients, type MaxClientsOptions } from "./max-clients.ts";
export { migrateSlot, type MigrateSlotOptions } from "./migrate-slot.ts";
export { movedStorm, type MovedStormOptions } from "./moved-storm.ts";
export { oom, type OomOptions } from "./oom.ts";
export { outputOverrun, type OutputOverrunOptions } from "./output-overrun.ts";
export { partition, type PartitionOptions } from "./partition.ts";
export { pause, type PauseOptions } from "./pause.ts";
export { processPause, type ProcessPauseOptions } from "./process-pause.ts";
export { replicationLag, type ReplicationLagOptions } from "./replication-lag.ts";
export { replicationStop, type ReplicationStopOptions } from "./replication-stop.ts";
export { restart, type RestartOptions } from "./restart.ts";
export { shutdown, type ShutdownOptions } from "./shutdown.ts";
export { scriptFlush, type ScriptFlushOptions } from "./script-flush.ts";
export { slicer, type SlicerOptions } from "./slicer.ts";
export { slowClose, type SlowCloseOptions } from "./slow-close.ts";
export { slowCommand, type SlowCommandOptions } from "./slow-command.ts";
export { splitBrain, type SplitBrainOptions } from "./split-brain.ts";
export { staleView, type StaleViewOptions } from "./stale-view.ts";
export { stampede, type StampedeOptions } from "./stampede.ts";
export { thunderingHerd, type ThunderingHerdOptions } from "./thundering-herd.ts";
export { unassignSlot, type UnassignSlotOptions } from "./unassign-slot.ts";
export {
  at,
  command,
  every,
  parseTimeline,
  timeline,
  when,
  type Cue,
  type Step,
  type StepOptions,
  Timeline,
} from "./timeline.ts";
