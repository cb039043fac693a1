// The door of the scenarios: failure stories, each with its naive way and its right way.
import { cacheStampede } from "./cache-stampede.ts";
import { evictedSessions } from "./evicted-sessions.ts";
import { failoverLosesWrites } from "./failover-loses-writes.ts";
import { lockExpires } from "./lock-expires.ts";
import { movedStormUnderLoad } from "./moved-storm.ts";
import { replicaLag } from "./replica-lag.ts";
import { restartLoading } from "./restart-loading.ts";
import type { Scenario } from "./scenario.ts";
import { splitBrainLosesWrites } from "./split-brain.ts";

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
  replicaLag,
  movedStormUnderLoad,
  splitBrainLosesWrites,
  cacheStampede,
  lockExpires,
  evictedSessions,
  restartLoading,
].map((scenario) => scenario as unknown as AnyScenario);
