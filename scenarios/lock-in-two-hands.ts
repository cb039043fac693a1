// A primary dies before its replicas have heard of a lock: one of them gives it to somebody else.
import { sentinel } from "../core/index.ts";
import { at, crash, partition, timeline } from "../faults/index.ts";
import { defineScenario, retrying, type ScenarioClient, type Stage } from "./scenario.ts";

/** Takes `lock:report` for a minute; false when somebody else has it, or when nobody can be sure. */
type Acquire = (client: ScenarioClient, holder: string) => Promise<boolean>;

/** The server said OK. */
const setIfFree: Acquire = async (client, holder) =>
  (await client.call("SET", "lock:report", holder, "NX", "PX", 60_000)) === "OK";

/** A lock that only one server knows of is none: it is given back. Who answered WAIT may be another server than took the SET. */
const setAndReplicate: Acquire = async (client, holder) => {
  if (!(await setIfFree(client, holder))) return false;
  const replicas = Number(await client.call("WAIT", 1, 200));
  const isMine = (await client.call("GET", "lock:report")) === holder;
  if (isMine && replicas >= 1) return true;
  if (isMine) await client.call("DEL", "lock:report");
  return false;
};

/** Who held the lock from when on; nobody gives it back. */
async function workload(stage: Stage, acquire: Acquire): Promise<readonly string[]> {
  const holders: string[] = [];
  const work = async (worker: string): Promise<void> => {
    const client = await stage.connect();
    const end = stage.now() + 30_000;
    while (stage.now() < end) {
      const acquired = await retrying(stage, () => acquire(client, worker), { forMs: 30_000, everyMs: 250 });
      if (acquired) {
        stage.note(`${worker} has the lock`);
        holders.push(worker);
        return;
      }
      await stage.sleep(300 + Math.floor(stage.random() * 200));
    }
  };
  await Promise.all([work("worker-1"), work("worker-2")]);
  return holders;
}

export const lockInTwoHands = defineScenario({
  name: "lock-in-two-hands",
  title: "A primary dies before its replicas have heard of a lock.",
  takes: {
    type: "(client, holder) => Promise<boolean>",
    meaning: "It takes `lock:report` for a minute; false when somebody else has it, or when nobody can be sure.",
  },
  topology: sentinel({ replicas: 2, downAfterMs: 2_000, failoverTimeoutMs: 10_000 }),
  timeline: () =>
    timeline([
      at(0, partition({ from: "primary", to: ["replica-1", "replica-2"] })),
      at("1s", crash({ server: "primary" })),
    ]),
  workload,
  oracle: (holders) => [
    ...(holders.length > 1 ? [`${holders.join(" and ")} held one lock within a minute`] : []),
    ...(holders.length === 0 ? ["nobody got the lock"] : []),
  ],
  naive: setIfFree,
  right: setAndReplicate,
  moral:
    "A lock on one primary is as safe as its replication, which is asynchronous. WAIT tells whether a replica that may take over " +
    "knows of it; but a client that sends it again, after a failover, asks a server that never saw the SET, and is told that all is " +
    "well. So the lock is looked at once more. That narrows the gap and does not close it: what a lock protects needs a token that " +
    "only grows.",
});
