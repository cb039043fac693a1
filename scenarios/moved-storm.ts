// Five thousand slots move under load, and a client that asks for the whole map at each MOVED adds a storm of its own.
import { cluster } from "../core/index.ts";
import { at, latency, movedStorm, timeline } from "../faults/index.ts";
import { defineScenario, type ScenarioClient, type Stage } from "./scenario.ts";

/** What a client knows of the cluster: which node serves which slot, `127.0.0.1:7000`. */
interface View {
  readonly owners: Map<number, string>;
  /** Asks a node for all of it: CLUSTER SLOTS. */
  refresh(): Promise<void>;
}

interface Moved {
  readonly slot: number;
  readonly to: string;
}

/** What a client does about a MOVED before it tries again. It is made once for each view. */
type Way = (stage: Stage, view: View) => (moved: Moved) => Promise<void>;

/** The view was wrong, so it is thrown away. */
const refreshEachTime: Way = (_stage, view) => () => view.refresh();

/** MOVED says where the slot is; the whole map is asked for once a second at most, by one for all. */
const coalesce: Way = (stage, view) => {
  let underWay = false;
  const refreshSoon = async (): Promise<void> => {
    underWay = true;
    await stage.sleep(1_000);
    underWay = false;
    await view.refresh();
  };
  return async ({ slot, to }) => {
    view.owners.set(slot, to);
    // Where it fails, the next MOVED asks again.
    if (!underWay) refreshSoon().catch(() => {});
  };
};

const WORKERS = 10;
/** Of each worker; it writes a part of them at once, as a page is made of fragments. */
const KEYS = 40;
const AT_ONCE = 15;
const ROUNDS = 10;
/** Between two writes of a worker, on average. */
const PAUSE_MS = 200;
/** One map for the start, one a second while slots move, one behind them. */
const MOST_REFRESHES = 5;
const MOST_REDIRECTIONS = 16;

class Client {
  readonly view: View;
  refreshes = 0;
  redirections = 0;
  readonly #nodes: ReadonlyMap<string, ScenarioClient>;
  readonly #react: (moved: Moved) => Promise<void>;

  constructor(stage: Stage, way: Way, nodes: ReadonlyMap<string, ScenarioClient>) {
    this.#nodes = nodes;
    this.view = { owners: new Map(), refresh: () => this.#refresh() };
    this.#react = way(stage, this.view);
  }

  async call(slot: number, command: string, ...args: readonly string[]): Promise<unknown> {
    for (let redirections = 0; ; redirections++) {
      const node = this.#nodes.get(this.view.owners.get(slot) ?? "")!;
      try {
        return await node.call(command, ...args);
      } catch (error) {
        const [, , to] = /^MOVED (\d+) (\S+)/.exec((error as Error).message) ?? [];
        if (to === undefined || redirections === MOST_REDIRECTIONS) throw error;
        this.redirections++;
        await this.#react({ slot, to });
      }
    }
  }

  async #refresh(): Promise<void> {
    this.refreshes++;
    const [node] = this.#nodes.values();
    const rows = (await node!.call("CLUSTER", "SLOTS")) as readonly [number, number, [string, number]][];
    for (const [first, last, [host, port]] of rows) {
      for (let slot = first; slot <= last; slot++) this.view.owners.set(slot, `${host}:${port}`);
    }
  }
}

interface Result {
  readonly refreshes: number;
  readonly lost: readonly string[];
}

async function workload(stage: Stage, way: Way): Promise<Result> {
  const nodes = new Map<string, ScenarioClient>();
  for (const nth of [1, 2, 3]) nodes.set(`127.0.0.1:${6999 + nth}`, await stage.connect({ server: `primary-${nth}` }));
  const client = new Client(stage, way, nodes);
  await client.view.refresh();
  const keys = Array.from({ length: WORKERS * KEYS }, (_, nth) => `fragment:${nth}`);
  const [anyNode] = nodes.values();
  const slots = (await Promise.all(keys.map((key) => anyNode!.call("CLUSTER", "KEYSLOT", key)))) as readonly number[];
  const acknowledged = keys.map(() => "");
  const write = async (nth: number, value: string): Promise<void> => {
    await client.call(slots[nth]!, "SET", keys[nth]!, value);
    acknowledged[nth] = value;
  };
  const work = async (worker: number): Promise<void> => {
    for (let round = 0; round < ROUNDS; round++) {
      await stage.sleep(Math.floor(stage.random() * 2 * PAUSE_MS));
      const first = Math.floor(stage.random() * (KEYS - AT_ONCE));
      const fragments = Array.from({ length: AT_ONCE }, (_, at) => worker * KEYS + first + at);
      await Promise.all(fragments.map((nth) => write(nth, `round ${round}`)));
    }
  };
  await Promise.all(keys.map((_, nth) => write(nth, "first")));
  await Promise.all(Array.from({ length: WORKERS }, (_, worker) => work(worker)));
  stage.note(`${client.redirections} redirections led to ${client.refreshes} requests for the whole map`);
  const found = await Promise.all(keys.map((key, nth) => client.call(slots[nth]!, "GET", key)));
  return { refreshes: client.refreshes, lost: keys.filter((_, nth) => found[nth] !== acknowledged[nth]) };
}

export const movedStormUnderLoad = defineScenario({
  name: "moved-storm",
  title: "Five thousand slots move from node to node while clients write.",
  takes: {
    type: "(stage, view) => (moved: { slot, to }) => Promise<void>",
    meaning:
      "What a client does about a MOVED before it tries again, made once for each view: `view.owners` is a Map from slots to nodes such as `127.0.0.1:7000`, `view.refresh()` asks a node for all of it.",
  },
  topology: cluster({ primaries: 3, replicasPerPrimary: 0 }),
  timeline: () => timeline([at(0, latency({ delayMs: 20 })), at("500ms", movedStorm({ slots: 5_000, overMs: 2_000 }))]),
  workload,
  oracle: ({ refreshes, lost }) => [
    ...(refreshes > MOST_REFRESHES
      ? [`the whole map was asked for ${refreshes} times, where ${MOST_REFRESHES} are enough`]
      : []),
    ...lost.map((key) => `${key} is not what was written last`),
  ],
  naive: refreshEachTime,
  right: coalesce,
  moral:
    "A MOVED names the slot and its new owner: that is enough to go on. The map of all slots is large, and each client that asks for it at " +
    "each error multiplies the load of a cluster that is busy moving. One request a second, shared by all who met an error, is enough.",
});
