// A lock is kept by three of five servers; one of the three starts again without its data, and gives it to somebody else.
import { independent } from "../core/index.ts";
import { at, down, restart, timeline } from "../faults/index.ts";
import { defineScenario, type ScenarioClient, type Stage } from "./scenario.ts";

/** Takes `lock:report` on one server for half a minute; false where somebody else has it there. An error counts as that. */
type Take = (client: ScenarioClient, holder: string) => Promise<boolean>;

const LOCK_MS = 30_000;

/** Whoever answers has always been there. */
const anyServer: Take = async (client, holder) =>
  (await client.call("SET", "lock:report", holder, "NX", "PX", LOCK_MS)) === "OK";

/** A server that has not been up for as long as a lock lives may have forgotten one. */
const oldServers: Take = async (client, holder) => {
  const info = String(await client.call("INFO", "server"));
  const uptimeMs = 1000 * Number(/uptime_in_seconds:(\d+)/.exec(info)?.[1]);
  return uptimeMs > LOCK_MS && anyServer(client, holder);
};

const SERVERS = 5;

async function acquire(clients: readonly ScenarioClient[], holder: string, take: Take): Promise<boolean> {
  const votes = await Promise.all(clients.map((client) => take(client, holder).catch(() => false)));
  if (votes.filter(Boolean).length > SERVERS / 2) return true;
  const script = `if redis.call("GET", KEYS[1]) == ARGV[1] then return redis.call("DEL", KEYS[1]) end return 0`;
  const release = (client: ScenarioClient) => client.call("EVAL", script, 1, "lock:report", holder).catch(() => 0);
  await Promise.all(clients.map(release));
  return false;
}

/** When whom got it; nobody gives it back. */
async function workload(
  stage: Stage,
  take: Take,
): Promise<readonly { readonly holder: string; readonly at: number }[]> {
  const acquired: { holder: string; at: number }[] = [];
  const names = Array.from({ length: SERVERS }, (_, nth) => `server-${nth + 1}`);
  await stage.sleep(60_000); // the servers have been there for long
  const work = async (holder: string): Promise<void> => {
    const clients = await Promise.all(names.map((server) => stage.connect({ server, failFast: true })));
    const end = stage.now() + 50_000;
    await stage.sleep(1_000 + Math.floor(stage.random() * 500));
    while (stage.now() < end) {
      if (await acquire(clients, holder, take)) {
        stage.note(`${holder} has the lock`);
        acquired.push({ holder, at: stage.now() });
        return;
      }
      await stage.sleep(400 + Math.floor(stage.random() * 200));
    }
  };
  await Promise.all([work("worker-1"), work("worker-2")]);
  return acquired;
}

export const forgottenLock = defineScenario({
  name: "forgotten-lock",
  title: "One of five lock servers starts again without its data, while a lock is held by three.",
  takes: {
    type: "(client, holder) => Promise<boolean>",
    meaning: "It takes `lock:report` for thirty seconds on one of five servers; a lock is held by whoever has three.",
  },
  topology: independent({ servers: SERVERS }),
  timeline: () =>
    timeline([
      at("60500ms", down({ server: "server-4" }), { for: "4s" }),
      at("60500ms", down({ server: "server-5" }), { for: "4s" }),
      at("64s", restart({ server: "server-3" })),
    ]),
  workload,
  oracle: (acquired) =>
    acquired.length < 2
      ? ["somebody never got the lock"]
      : acquired
          .filter(({ at }, nth) => nth > 0 && at - acquired[nth - 1]!.at < LOCK_MS)
          .map(({ holder }) => `${holder} got a lock that somebody else held`),
  naive: anyServer,
  right: oldServers,
  moral:
    "A majority is as good as the memory of its members. A server that starts again without its data has forgotten the lock that it gave, " +
    "and must have no vote until every lock from before is over.",
});
