// What stands behind a cache takes five seconds: whoever comes when the page has expired waits that long.
import { standalone } from "../core/index.ts";
import { at, latency, timeline } from "../faults/index.ts";
import { defineScenario, type ScenarioClient, type Stage } from "./scenario.ts";

type Load = () => Promise<string>;

/** Reads a page through the cache. */
type Read = (stage: Stage, client: ScenarioClient, load: Load) => Promise<string>;

const FRESH_MS = 10_000;
const KEPT_MS = 60_000;

/** What has expired is loaded by whoever needs it. */
const waitForTheOrigin: Read = async (_stage, client, load) => {
  const cached = (await client.call("GET", "page")) as string | null;
  if (cached !== null) return cached;
  const page = await load();
  await client.call("SET", "page", page, "PX", FRESH_MS);
  return page;
};

/** What is not fresh is shown, and one of its readers loads it again behind that. */
const staleWhileRevalidate: Read = async (_stage, client, load) => {
  const refresh = async (): Promise<string> => {
    const page = await load();
    await client.call("SET", "page", page, "PX", KEPT_MS);
    await client.call("SET", "page:fresh", "1", "PX", FRESH_MS);
    return page;
  };
  const [page, fresh] = (await client.call("MGET", "page", "page:fresh")) as [string | null, string | null];
  if (page === null) return refresh();
  if (fresh === null && (await client.call("SET", "page:lease", "1", "NX", "PX", 8_000)) === "OK") void refresh();
  return page;
};

const ORIGIN_MS = 5_000;
const DEADLINE_MS = 500;
const OLDEST_MS = 20_000;

interface Answer {
  readonly tookMs: number;
  /** Of the page that was shown. */
  readonly ageMs: number;
}

async function workload(stage: Stage, read: Read): Promise<readonly Answer[]> {
  const client = await stage.connect();
  const load = async (): Promise<string> => {
    await stage.sleep(ORIGIN_MS);
    return String(stage.now());
  };
  await read(stage, client, load); // the first one waits
  const answers: Answer[] = [];
  for (let nth = 0; nth < 60; nth++) {
    await stage.sleep(400 + Math.floor(stage.random() * 200));
    const asked = stage.now();
    const page = await read(stage, client, load);
    const answer = { tookMs: stage.now() - asked, ageMs: stage.now() - Number(page) };
    if (answer.tookMs > DEADLINE_MS) stage.note(`a reader waits ${answer.tookMs} ms`);
    answers.push(answer);
  }
  return answers;
}

export const slowOrigin = defineScenario({
  name: "slow-origin",
  title: "What stands behind a cache takes five seconds to answer.",
  takes: {
    type: "(stage, client, load) => Promise<string>",
    meaning:
      "It reads a page that may be twenty seconds old through the cache; `load()` asks the system of record, which takes five.",
  },
  topology: standalone(),
  timeline: () => timeline([at(0, latency({ delayMs: 1, jitterMs: 2 }))]),
  workload,
  oracle: (answers) => [
    ...answers.filter(({ tookMs }) => tookMs > DEADLINE_MS).map(({ tookMs }) => `a reader waited ${tookMs} ms`),
    ...answers.filter(({ ageMs }) => ageMs > OLDEST_MS).map(({ ageMs }) => `a page was shown that was ${ageMs} ms old`),
  ],
  naive: waitForTheOrigin,
  right: staleWhileRevalidate,
  moral:
    "A time to live says when a value is to be loaded again, not when it becomes useless. Two times tell them apart: until the first it is " +
    "fresh, until the second it is shown while somebody loads it, and nobody waits.",
});
