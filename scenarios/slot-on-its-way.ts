// A slot moves to another node, key by key: for seconds nobody answers for all of its keys at once.
import { cluster } from "../core/index.ts";
import { at, migrateSlot, timeline } from "../faults/index.ts";
import { defineScenario, type ScenarioClient, type Stage } from "./scenario.ts";

/** Reads all articles of a basket; they lie in one slot. */
type ReadBasket = (client: ScenarioClient, keys: readonly string[]) => Promise<readonly (string | null)[]>;

/** What cannot be read is not there. */
const allAtOnce: ReadBasket = async (client, keys) => {
  try {
    return (await client.call("MGET", ...keys)) as (string | null)[];
  } catch {
    return keys.map(() => null);
  }
};

/** TRYAGAIN says that the keys are on two nodes. Each of them is on one. */
const oneByOne: ReadBasket = async (client, keys) => {
  try {
    return (await client.call("MGET", ...keys)) as (string | null)[];
  } catch {
    return Promise.all(keys.map(async (key) => (await client.call("GET", key)) as string | null));
  }
};

/** The slot of `{basket:ada}`. */
const SLOT = 7486;
const ARTICLES = 20;

async function workload(stage: Stage, read: ReadBasket): Promise<readonly number[]> {
  const client = await stage.connect();
  const keys = Array.from({ length: ARTICLES }, (_, nth) => `{basket:ada}:${nth}`);
  for (const [nth, key] of keys.entries()) await client.call("SET", key, `article ${nth}`);
  const found: number[] = [];
  for (let nth = 0; nth < 12; nth++) {
    const articles = (await read(client, keys)).filter((article) => article !== null).length;
    if (articles < ARTICLES) stage.note(`the basket shows ${articles} of ${ARTICLES} articles`);
    found.push(articles);
    await stage.sleep(400 + Math.floor(stage.random() * 200));
  }
  return found;
}

export const slotOnItsWay = defineScenario({
  name: "slot-on-its-way",
  title: "A slot moves to another node, key by key, while somebody reads all of its keys.",
  takes: {
    type: "(client, keys) => Promise<readonly (string | null)[]>",
    meaning: "It reads the values of keys that lie in one slot. `client` is ioredis's client of a cluster.",
  },
  topology: cluster({ primaries: 3, replicasPerPrimary: 0 }),
  timeline: () => timeline([at("1s", migrateSlot({ slot: SLOT, stepMs: 250 }))]),
  workload,
  oracle: (found) =>
    found
      .filter((articles) => articles < ARTICLES)
      .map((articles) => `a full basket was shown with ${articles} of ${ARTICLES} articles`),
  naive: allAtOnce,
  right: oneByOne,
  moral:
    "While a slot moves, its keys are on two nodes, and a command for several of them is answered with TRYAGAIN. Clients try again for a " +
    "second or two; a big slot takes longer. An error is no empty reply: what can be read one by one is.",
});
