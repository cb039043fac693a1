// Many keys were stored in one go, with one time to live: they are over in one go.
import { standalone } from "../core/index.ts";
import { at, latency, timeline } from "../faults/index.ts";
import { defineScenario, type Stage } from "./scenario.ts";

/** How long a page is kept, in milliseconds. */
type Lifetime = (stage: Stage) => number;

const MEAN_MS = 60_000;

/** One time for all. */
const equal: Lifetime = () => MEAN_MS;

/** Somewhere around it. */
const spread: Lifetime = (stage) => MEAN_MS * (0.5 + stage.random());

const PAGES = 150;
/** What the system of record bears. */
const BEARABLE = 30;

async function workload(stage: Stage, lifetime: Lifetime): Promise<number> {
  const client = await stage.connect();
  const pages = Array.from({ length: PAGES }, (_, at) => `page:${at}`);
  const store = (page: string, value: string) =>
    client.call("SET", page, value, "PX", Math.max(1, Math.round(lifetime(stage))));
  await Promise.all(pages.map((page) => store(page, `${page} as the origin has it`)));
  let most = 0;
  for (let second = 0; second < 130; second++) {
    await stage.sleep(1_000);
    const found = (await client.call("MGET", ...pages)) as (string | null)[];
    const missing = pages.filter((_, at) => found[at] === null);
    await Promise.all(missing.map(async (page) => store(page, await stage.origin.load(page))));
    if (missing.length > BEARABLE) stage.note(`${missing.length} pages are loaded in one second`);
    most = Math.max(most, missing.length);
  }
  return most;
}

export const cacheAvalanche = defineScenario({
  name: "cache-avalanche",
  title: "A hundred and fifty pages were stored together, and expire together.",
  takes: { type: "(stage) => number", meaning: "How many milliseconds a page is kept; a minute on average." },
  topology: standalone(),
  timeline: () => timeline([at(0, latency({ delayMs: 1 }))]),
  workload,
  oracle: (most) => (most > BEARABLE ? [`the origin was asked for ${most} pages at once, and bears ${BEARABLE}`] : []),
  naive: equal,
  right: spread,
  moral:
    "What is stored together with one time to live is over together, and again a time to live later. A random part in it spreads " +
    "the loads, and keeps them spread.",
});
