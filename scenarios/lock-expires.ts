// A lock runs out while its holder stands still: two work at once, and the one who is late overwrites what the other did.
import { standalone } from "../core/index.ts";
import { at, processPause, timeline } from "../faults/index.ts";
import { defineScenario, type ScenarioClient, type Stage } from "./scenario.ts";

/** What the lock protects: it keeps what it is told, and may be told a token that only grows. */
interface Resource {
  readonly writes: { readonly worker: string; readonly order: number }[];
  /** The greatest token that was presented. */
  token: number;
}

interface Way {
  /** Gives the order in which the lock was taken; undefined when somebody else has it. */
  readonly acquire: (client: ScenarioClient, worker: string) => Promise<number | undefined>;
  /** Writes to the resource; false when the resource refuses. */
  readonly write: (resource: Resource, entry: { readonly worker: string; readonly order: number }) => boolean;
  readonly release: (client: ScenarioClient, worker: string) => Promise<void>;
}

const LOCK_MS = 10_000;

async function take(client: ScenarioClient, worker: string): Promise<number | undefined> {
  if ((await client.call("SET", "lock:report", worker, "NX", "PX", LOCK_MS)) !== "OK") return undefined;
  return Number(await client.call("INCR", "lock:report:order"));
}

/** Who had the lock writes, whenever that is; and deletes it, whoever has it then. */
const trustTheLock: Way = {
  acquire: take,
  write(resource, entry) {
    resource.writes.push(entry);
    return true;
  },
  release: async (client) => {
    await client.call("DEL", "lock:report");
  },
};

/** The resource refuses whoever comes with an older token than it has seen; a lock is released by its holder only. */
const fencing: Way = {
  acquire: take,
  write(resource, entry) {
    if (entry.order < resource.token) return false;
    resource.token = entry.order;
    resource.writes.push(entry);
    return true;
  },
  release: async (client, worker) => {
    const script = "if redis.call('GET', KEYS[1]) == ARGV[1] then return redis.call('DEL', KEYS[1]) end return 0";
    await client.call("EVAL", script, 1, "lock:report", worker);
  },
};

async function workload(stage: Stage, way: Way): Promise<Resource> {
  const resource: Resource = { writes: [], token: 0 };
  const work = async (worker: string): Promise<void> => {
    const client = await stage.connect();
    let order = await way.acquire(client, worker);
    while (order === undefined) {
      await stage.sleep(200 + Math.floor(stage.random() * 100));
      order = await way.acquire(client, worker);
    }
    stage.note(`${worker} has the lock`);
    await stage.point("holding the lock");
    const written = way.write(resource, { worker, order });
    stage.note(`${worker} ${written ? "writes" : "is refused by the resource"}`);
    await way.release(client, worker);
  };
  await Promise.all([work("worker-1"), work("worker-2")]);
  return resource;
}

export const lockExpires = defineScenario({
  name: "lock-expires",
  title: "A holder stands still for fifteen seconds, and its lock runs out after ten.",
  takes: {
    type: "{ acquire(client, worker): Promise<number | undefined>, write(resource, { worker, order }): boolean, release(client, worker): Promise<void> }",
    meaning:
      "`acquire` gives the order in which the lock was taken, or nothing; `write` pushes an entry to `resource.writes`, where `resource.token` may remember the greatest order, or refuses with false.",
  },
  topology: standalone(),
  timeline: () => timeline([at(0, processPause({ point: "holding the lock", forMs: 15_000, nth: 1 }))]),
  workload,
  oracle: ({ writes }) =>
    writes
      .filter(({ order }, at) => at > 0 && order < writes[at - 1]!.order)
      .map(({ worker }) => `${worker} wrote after somebody who took the lock later`),
  naive: trustTheLock,
  right: fencing,
  moral:
    "A lock that runs out cannot stop its former holder. What it protects must: it refuses every token that is older than one that it " +
    "has seen. And a lock is deleted only by whoever still holds it.",
});
