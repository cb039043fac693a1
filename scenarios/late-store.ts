// A reader stands still between reading the database and storing in the cache: it stores what is over by then.
import { standalone } from "../core/index.ts";
import { at, processPause, timeline } from "../faults/index.ts";
import { defineScenario, type ScenarioClient, type Stage } from "./scenario.ts";

/** What the system of record holds; its versions grow. */
interface Row {
  readonly version: number;
  readonly value: string;
}

/** Stores a row that was read some time ago at `profile`. */
type Store = (client: ScenarioClient, row: Row) => Promise<unknown>;

/** What comes last is the newest. */
const overwrite: Store = (client, row) => client.call("SET", "profile", JSON.stringify(row), "PX", 600_000);

/** What is there and newer stays. */
const storeIfNewer: Store = (client, row) => {
  const script = `
    local stored = redis.call("GET", KEYS[1])
    if stored and cjson.decode(stored).version >= tonumber(ARGV[1]) then return 0 end
    redis.call("SET", KEYS[1], ARGV[2], "PX", 600000)
    return 1`;
  return client.call("EVAL", script, 1, "profile", row.version, JSON.stringify(row));
};

interface Result {
  readonly recorded: Row;
  readonly cached: Row;
}

async function workload(stage: Stage, store: Store): Promise<Result> {
  let recorded: Row = { version: 1, value: "ada" };
  const client = await stage.connect();
  const fill = async (): Promise<void> => {
    const row = recorded;
    await stage.point("between the database and the cache");
    await store(client, row);
    stage.note(`version ${row.version} is stored`);
  };
  const readers = [fill()];
  for (let version = 2; version <= 5; version++) {
    await stage.sleep(100 + Math.floor(stage.random() * 100));
    recorded = { version, value: `ada, ${version} times married` };
    readers.push(fill());
  }
  await Promise.all(readers);
  return { recorded, cached: JSON.parse((await client.call("GET", "profile")) as string) as Row };
}

export const lateStore = defineScenario({
  name: "late-store",
  title: "A reader stands still between the database and the cache.",
  takes: {
    type: "(client, { version, value }) => Promise<unknown>",
    meaning: "It stores a row as JSON at `profile`; the row was read some time ago, and versions grow.",
  },
  topology: standalone(),
  timeline: () =>
    timeline([at(0, processPause({ point: "between the database and the cache", forMs: 5_000, nth: 2 }))]),
  workload,
  oracle: ({ recorded, cached }) =>
    cached.version === recorded.version
      ? []
      : [`the cache has version ${cached.version} for ten minutes, and the database version ${recorded.version}`],
  naive: overwrite,
  right: storeIfNewer,
  moral:
    "The order in which a cache is written is not the order in which the database was read. A version makes the two the same: the " +
    "older one is refused, in the same step that looks.",
});
