// The primary dies with writes that its replica never saw; Sentinels promote the replica, and the writes are gone.
import { sentinel } from "../core/index.ts";
import { at, crash, partition, timeline } from "../faults/index.ts";
import { defineScenario, retrying, type ScenarioClient, type Stage } from "./scenario.ts";

/** Writes, and resolves once the application may tell its user that it is done; it throws where it may not. */
type Write = (client: ScenarioClient, key: string, value: string) => Promise<void>;

/** OK is taken for safe. */
const bareSet: Write = async (client, key, value) => {
  await client.call("SET", key, value);
};

/** Safe is what a replica has. */
const setThenWait: Write = async (client, key, value) => {
  await client.call("SET", key, value);
  if (Number(await client.call("WAIT", 1, 200)) < 1) throw new Error("no replica has it yet");
};

const WRITES = 40;
const EVERY_MS = 100;

interface Result {
  readonly acknowledged: readonly string[];
  /** Keys that are there in the end. */
  readonly found: ReadonlySet<string>;
}

async function workload(stage: Stage, write: Write): Promise<Result> {
  const client = await stage.connect();
  const acknowledged: string[] = [];
  for (let nth = 0; nth < WRITES; nth++) {
    const key = `order:${nth}`;
    await write(client, key, "paid").then(
      () => acknowledged.push(key),
      () => stage.note(`${key} is reported as not done`),
    );
    await stage.sleep(EVERY_MS);
  }
  await stage.sleep(15_000);
  const found = await retrying(stage, () => existing(client, acknowledged), { forMs: 30_000, everyMs: 500 });
  return { acknowledged, found };
}

async function existing(client: ScenarioClient, keys: readonly string[]): Promise<ReadonlySet<string>> {
  const values = (await client.call("MGET", "nothing", ...keys)) as (string | null)[];
  return new Set(keys.filter((_, at) => values[at + 1] !== null));
}

export const failoverLosesWrites = defineScenario({
  name: "failover-loses-writes",
  title: "The primary dies with writes that its replica never saw.",
  takes: {
    type: "(client, key, value) => Promise<void>",
    meaning:
      "It writes, and resolves once the application may tell its user that it is done; it throws where it may not.",
  },
  topology: sentinel({ replicas: 1, downAfterMs: 2_000, failoverTimeoutMs: 10_000 }),
  timeline: () =>
    timeline([at("1s", partition({ from: "primary", to: "replica-1" })), at("2s", crash({ server: "primary" }))]),
  workload,
  oracle: ({ acknowledged, found }) =>
    acknowledged.filter((key) => !found.has(key)).map((key) => `${key} was acknowledged and is gone`),
  naive: bareSet,
  right: setThenWait,
  moral:
    "Replication is asynchronous: OK says that the primary has a write, and nobody else. Whoever tells a user that something is " +
    "done waits until a replica has it (WAIT), and reports what no replica took as not done.",
});
