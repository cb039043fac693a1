// A hot key expires while hundreds read it, and every one of them asks the database.
import { standalone } from "../core/index.ts";
import { at, stampede, timeline } from "../faults/index.ts";
import { defineScenario, type ScenarioClient, type Stage } from "./scenario.ts";

type ReadThrough = (stage: Stage, client: ScenarioClient, key: string) => Promise<string>;

/** Whoever finds nothing loads. */
const getLoadSet: ReadThrough = async (stage, client, key) => {
  const cached = (await client.call("GET", key)) as string | null;
  if (cached !== null) return cached;
  const value = await stage.origin.load(key);
  await client.call("SET", key, value, "PX", 60_000);
  return value;
};

/** Whoever gets the lease loads; the others wait for what it stores. */
const singleFlight: ReadThrough = async (stage, client, key) => {
  for (;;) {
    const cached = (await client.call("GET", key)) as string | null;
    if (cached !== null) return cached;
    const lease = await client.call("SET", `lease:${key}`, "1", "NX", "PX", 5_000);
    if (lease === "OK") {
      // It may have been stored between the look and the lease.
      const stored = (await client.call("GET", key)) as string | null;
      const value = stored ?? (await stage.origin.load(key));
      if (stored === null) await client.call("SET", key, value, "PX", 60_000);
      await client.call("DEL", `lease:${key}`);
      return value;
    }
    await stage.sleep(20);
  }
};

const READERS = 100;

interface Result {
  readonly loads: number;
  readonly answers: readonly string[];
}

async function workload(stage: Stage, read: ReadThrough): Promise<Result> {
  const client = await stage.connect();
  await client.call("SET", "page:home", "page:home as the origin has it", "PX", 60_000);
  await stage.sleep(1_000);
  const answers = await Promise.all(
    Array.from({ length: READERS }, async () => {
      await stage.sleep(Math.floor(stage.random() * 5));
      return read(stage, client, "page:home");
    }),
  );
  stage.note(`${READERS} readers made ${stage.origin.loads("page:home")} loads`);
  return { loads: stage.origin.loads("page:home"), answers };
}

export const cacheStampede = defineScenario({
  name: "cache-stampede",
  title: "A hot key expires under a hundred readers.",
  takes: {
    type: "(stage, client, key) => Promise<string>",
    meaning: "It reads through the cache: `stage.origin.load(key)` is the system of record behind it.",
  },
  topology: standalone(),
  timeline: () => timeline([at("500ms", stampede({ key: "page:*", windowMs: 20 }))]),
  workload,
  oracle: ({ loads, answers }) => [
    ...(loads > 1 ? [`the origin was asked ${loads} times for one page`] : []),
    ...(answers.some((answer) => answer !== "page:home as the origin has it") ? ["somebody got a wrong page"] : []),
  ],
  naive: getLoadSet,
  right: singleFlight,
  moral:
    "Between the expiry of a key and the first store everybody finds nothing. One loads, under a lease that runs out by itself, and " +
    "the others wait for what it stores.",
});
