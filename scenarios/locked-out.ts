// A connection breaks between INCR and EXPIRE: the counter of a rate limiter never ends, and its user is locked out for good.
import { standalone } from "../core/index.ts";
import { at, resetPeer, timeline } from "../faults/index.ts";
import { defineScenario, type ScenarioClient, type Stage } from "./scenario.ts";

/** Whether a user may go on: five requests in ten seconds. Counts in `limit:USER`. */
type Allow = (client: ScenarioClient, user: string) => Promise<boolean>;

const LIMIT = 5;
const WINDOW_SECONDS = 10;

/** Two commands, and what comes between them. */
const countThenExpire: Allow = async (client, user) => {
  const count = Number(await client.call("INCR", `limit:${user}`));
  if (count === 1) await client.call("EXPIRE", `limit:${user}`, WINDOW_SECONDS);
  return count <= LIMIT;
};

/** One command, which happens or does not. */
const countWithAnEnd: Allow = async (client, user) => {
  const script = `
    local count = redis.call("INCR", KEYS[1])
    if count == 1 then redis.call("EXPIRE", KEYS[1], ARGV[1]) end
    return count`;
  return Number(await client.call("EVAL", script, 1, `limit:${user}`, WINDOW_SECONDS)) <= LIMIT;
};

async function workload(stage: Stage, allow: Allow): Promise<readonly string[]> {
  const client = await stage.connect({ failFast: true });
  const users = ["ada", "grace", "barbara"];
  for (let nth = 0; nth < 12; nth++) {
    const user = users[nth % users.length]!;
    await allow(client, user).catch(() => stage.note(`a request of ${user} is not counted`));
    await stage.sleep(500 + Math.floor(stage.random() * 200));
  }
  await stage.sleep(60_000);
  const lockedOut: string[] = [];
  for (const user of users) {
    for (let nth = 0; nth < LIMIT; nth++) {
      if (await allow(client, user)) continue;
      lockedOut.push(user);
      stage.note(`${user} comes back after a minute and is refused`);
      break;
    }
  }
  return lockedOut;
}

export const lockedOut = defineScenario({
  name: "locked-out",
  title: "A connection breaks between INCR and EXPIRE, and a counter never ends.",
  takes: {
    type: "(client, user) => Promise<boolean>",
    meaning: "Whether a user may go on: five requests in ten seconds, counted at `limit:USER`.",
  },
  topology: standalone(),
  timeline: () => timeline([at(0, resetPeer({ key: "limit:*", nth: 2 }))]),
  workload,
  oracle: (users) => users.map((user) => `${user} is locked out for good`),
  naive: countThenExpire,
  right: countWithAnEnd,
  moral:
    "Between two commands anything may happen, and a counter without a time to live counts for ever. What belongs together goes " +
    "in one script, or in one transaction.",
});
