// The door of the scenarios: failure stories, each with its naive way and its right way.
import { cacheAvalanche } from "./cache-avalanche.ts";
import { cacheStampede } from "./cache-stampede.ts";
import { cutOffReader } from "./cut-off-reader.ts";
import { evictedSessions } from "./evicted-sessions.ts";
import { failoverLosesWrites } from "./failover-loses-writes.ts";
import { forgottenLock } from "./forgotten-lock.ts";
import { halfACluster } from "./half-a-cluster.ts";
import { hungRequest } from "./hung-request.ts";
import { lateStore } from "./late-store.ts";
import { limiterAway } from "./limiter-away.ts";
import { lockExpires } from "./lock-expires.ts";
import { lockInTwoHands } from "./lock-in-two-hands.ts";
import { lockedOut } from "./locked-out.ts";
import { lostJob } from "./lost-job.ts";
import { lostUpdate } from "./lost-update.ts";
import { missedInvalidation } from "./missed-invalidation.ts";
import { movedStormUnderLoad } from "./moved-storm.ts";
import { paidTwice } from "./paid-twice.ts";
import { powerLoss } from "./power-loss.ts";
import { reconnectHerd } from "./reconnect-herd.ts";
import { replicaLag } from "./replica-lag.ts";
import { restartLoading } from "./restart-loading.ts";
import type { Scenario } from "./scenario.ts";
import { slotOnItsWay } from "./slot-on-its-way.ts";
import { slowOrigin } from "./slow-origin.ts";
import { splitBrainLosesWrites } from "./split-brain.ts";
import { stuckEntry } from "./stuck-entry.ts";
import { windowEdge } from "./window-edge.ts";

export {
  defineScenario,
  retrying,
  type ConnectOptions,
  type Origin,
  type Scenario,
  type ScenarioClient,
  type Stage,
} from "./scenario.ts";

/** A story whose implementation nobody here looks into. */
export type AnyScenario = Scenario<unknown, unknown>;

/** Every story, in the order of the catalogue. */
export const scenarios: readonly AnyScenario[] = [
  failoverLosesWrites,
  splitBrainLosesWrites,
  replicaLag,
  movedStormUnderLoad,
  slotOnItsWay,
  halfACluster,
  cacheStampede,
  cacheAvalanche,
  slowOrigin,
  lateStore,
  lockExpires,
  lockInTwoHands,
  forgottenLock,
  windowEdge,
  lockedOut,
  limiterAway,
  lostJob,
  stuckEntry,
  missedInvalidation,
  cutOffReader,
  lostUpdate,
  paidTwice,
  evictedSessions,
  powerLoss,
  restartLoading,
  reconnectHerd,
  hungRequest,
].map((scenario) => scenario as unknown as AnyScenario);
