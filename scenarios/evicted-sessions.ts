// Memory ends, and sessions are evicted along with cached pages: users are logged out though their time is not over.
import { standalone } from "../core/index.ts";
import { at, evictKeys, timeline } from "../faults/index.ts";
import { defineScenario, type ScenarioClient, type Stage } from "./scenario.ts";

/** Who is logged in, by session; undefined logs the user out. */
type ReadSession = (stage: Stage, client: ScenarioClient, session: string) => Promise<string | undefined>;

/** What is not in the cache is over. */
const cacheIsTheTruth: ReadSession = async (_stage, client, session) =>
  ((await client.call("GET", session)) as string | null) ?? undefined;

/** What is not in the cache is asked of the system of record, and stored again. */
const cacheIsACache: ReadSession = async (stage, client, session) => {
  const cached = (await client.call("GET", session)) as string | null;
  if (cached !== null) return cached;
  const recorded = await stage.origin.load(session);
  await client.call("SET", session, recorded, "EX", 1_800);
  return recorded;
};

const USERS = 20;

async function workload(stage: Stage, read: ReadSession): Promise<readonly string[]> {
  const client = await stage.connect();
  const sessions = Array.from({ length: USERS }, (_, at) => `session:${at}`);
  for (const session of sessions) await client.call("SET", session, `${session} as the origin has it`, "EX", 1_800);
  const loggedOut: string[] = [];
  for (let round = 0; round < 10; round++) {
    await stage.sleep(1_000);
    const session = sessions[Math.floor(stage.random() * USERS)]!;
    if ((await read(stage, client, session)) !== undefined) continue;
    loggedOut.push(session);
    stage.note(`${session} is logged out`);
  }
  return loggedOut;
}

export const evictedSessions = defineScenario({
  name: "evicted-sessions",
  title: "Memory ends, and sessions are evicted that had half an hour left.",
  takes: {
    type: "(stage, client, session) => Promise<string | undefined>",
    meaning:
      "It says who is logged in, by session; undefined logs the user out. `stage.origin.load(key)` is the system of record.",
  },
  topology: standalone(),
  timeline: () => timeline([at("4500ms", evictKeys({ keys: "session:*" }))]),
  workload,
  oracle: (loggedOut) => loggedOut.map((session) => `${session} was logged out without a reason`),
  naive: cacheIsTheTruth,
  right: cacheIsACache,
  moral:
    "With an allkeys policy every key may go at any time, whatever time it has left. What must not be lost is recorded elsewhere, or " +
    "lives in an instance of its own with noeviction, whose OOM errors somebody handles.",
});
