// A replica is behind its primary: somebody who writes and then reads from the replica does not find what was written.
import { primaryWithReplicas } from "../core/index.ts";
import { at, replicationLag, timeline } from "../faults/index.ts";
import { defineScenario, type ScenarioClient, type Stage } from "./scenario.ts";

interface Servers {
  readonly primary: ScenarioClient;
  readonly replica: ScenarioClient;
}

/** Reads what the session that asks has written. */
type Read = (servers: Servers, key: string) => Promise<string | null>;

/** Reads are spread over replicas. */
const fromReplica: Read = async ({ replica }, key) => (await replica.call("GET", key)) as string | null;

/** Who has just written reads where it was written. */
const fromPrimary: Read = async ({ primary }, key) => (await primary.call("GET", key)) as string | null;

interface Observation {
  readonly written: number;
  readonly read: number;
}

async function workload(stage: Stage, read: Read): Promise<readonly Observation[]> {
  const servers = {
    primary: await stage.connect({ server: "primary" }),
    replica: await stage.connect({ server: "replica-1" }),
  };
  const observations: Observation[] = [];
  for (let version = 1; version <= 30; version++) {
    await servers.primary.call("SET", "profile:ada", version);
    await stage.sleep(Math.floor(stage.random() * 100));
    const seen = Number(await read(servers, "profile:ada"));
    observations.push({ written: version, read: seen });
    if (seen < version) stage.note(`wrote version ${version} and read version ${seen}`);
  }
  return observations;
}

export const replicaLag = defineScenario({
  name: "replica-lag",
  title: "A replica is up to two seconds behind: reads do not find what was just written.",
  takes: {
    type: "({ primary, replica }, key) => Promise<string | null>",
    meaning: "It reads what the session that asks has written; `primary` and `replica` are clients.",
  },
  topology: primaryWithReplicas({ replicas: 1 }),
  timeline: () => timeline([at(0, replicationLag({ replica: "replica-1", delayMs: 1_000, jitterMs: 1_000 }))]),
  workload,
  oracle: (observations) =>
    observations
      .filter(({ written, read }) => read < written)
      .map(({ written, read }) => `version ${written} was written, and then version ${read} was read`),
  naive: fromReplica,
  right: fromPrimary,
  moral:
    "A replica answers from the past. A session that has written reads from the primary, at least for as long as replicas may lag; " +
    "everybody else may read from replicas.",
});
