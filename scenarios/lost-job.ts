// A worker's connection breaks when the queue has given it a job: the job is on neither side.
import { standalone } from "../core/index.ts";
import { at, replyLost, timeline } from "../faults/index.ts";
import { defineScenario, type ScenarioClient, type Stage } from "./scenario.ts";

interface Worker {
  /** The next job of the list `jobs`, or nothing within a second or so. */
  readonly take: (client: ScenarioClient) => Promise<string | undefined>;
  /** The job was carried out. */
  readonly finish: (client: ScenarioClient, job: string) => Promise<void>;
  /** Called now and then: what somebody took and did not finish. */
  readonly recover: (client: ScenarioClient) => Promise<void>;
}

/** What left the list is with the worker. */
const pop: Worker = {
  async take(client) {
    const popped = (await client.call("BRPOP", "jobs", 1)) as [string, string] | null;
    return popped?.[1];
  },
  finish: () => Promise.resolve(),
  recover: () => Promise.resolve(),
};

/** A job that was taken lies in another list until it is carried out; a reaper puts back what lies there for long. */
const moveAndAcknowledge: Worker = {
  take: async (client) =>
    ((await client.call("BLMOVE", "jobs", "taken", "RIGHT", "LEFT", 1)) as string | null) ?? undefined,
  async finish(client, job) {
    await client.call("LREM", "taken", 1, job);
  },
  async recover(client) {
    while ((await client.call("LMOVE", "taken", "jobs", "RIGHT", "RIGHT")) !== null);
  },
};

const JOBS = 12;

async function workload(stage: Stage, { take, finish, recover }: Worker): Promise<ReadonlySet<string>> {
  const client = await stage.connect();
  for (let nth = 1; nth <= JOBS; nth++) await client.call("LPUSH", "jobs", `job:${nth}`);
  const done = new Set<string>();
  const workUntil = async (end: number): Promise<void> => {
    while (stage.now() < end) {
      const job = await take(client);
      if (job === undefined) continue;
      await stage.sleep(Math.floor(stage.random() * 100));
      done.add(job);
      await finish(client, job);
    }
  };
  await workUntil(stage.now() + 5_000);
  stage.note(`${done.size} of ${JOBS} jobs are done, and the reaper comes by`);
  await recover(client);
  await workUntil(stage.now() + 5_000);
  return done;
}

export const lostJob = defineScenario({
  name: "lost-job",
  title: "A worker's connection breaks when the queue has given it a job.",
  takes: {
    type: "{ take(client): Promise<string | undefined>, finish(client, job): Promise<void>, recover(client): Promise<void> }",
    meaning:
      "`take` gives the next job of the list `jobs`, or nothing within a second; `finish` says that it was carried out; `recover` is called now and then.",
  },
  topology: standalone(),
  timeline: () =>
    timeline([
      at(0, replyLost({ command: ["BRPOP", "BLPOP", "BLMOVE", "BRPOPLPUSH", "RPOP", "LPOP", "LMOVE"], nth: 5 })),
    ]),
  workload,
  oracle: (done) =>
    Array.from({ length: JOBS }, (_, at) => `job:${at + 1}`)
      .filter((job) => !done.has(job))
      .map((job) => `nobody carried out ${job}`),
  naive: pop,
  right: moveAndAcknowledge,
  moral:
    "BRPOP hands a job over and forgets it, whether or not the reply arrives. BLMOVE keeps it in a second list until the worker says " +
    "that it is done. A job may then be carried out twice, which is the lesser evil.",
});
