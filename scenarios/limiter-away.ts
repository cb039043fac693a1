// The server of a rate limiter is away for half a minute: every request waits for it, or is refused.
import { standalone } from "../core/index.ts";
import { at, down, timeline } from "../faults/index.ts";
import { defineScenario, type ScenarioClient, type Stage } from "./scenario.ts";

/** Whether a request may go on: a hundred a minute, counted at `limit`. */
type Allow = (stage: Stage, client: ScenarioClient) => Promise<boolean>;

const LIMIT = 100;

async function count(client: ScenarioClient): Promise<boolean> {
  const script = `
    local count = redis.call("INCR", KEYS[1])
    if count == 1 then redis.call("EXPIRE", KEYS[1], 60) end
    return count`;
  return Number(await client.call("EVAL", script, 1, "limit")) <= LIMIT;
}

/** The limiter will be back. */
const waitForTheLimiter: Allow = (_stage, client) => count(client);

/** The limiter has a tenth of a second. A limit that cannot be counted is not kept: that was decided before. */
const openWithoutAnswer: Allow = (stage, client) =>
  Promise.race([count(client).catch(() => true), stage.sleep(100).then(() => true)]);

const REQUESTS = 60;
const DEADLINE_MS = 500;

interface Answer {
  readonly tookMs: number;
  readonly allowed: boolean;
}

async function workload(stage: Stage, allow: Allow): Promise<readonly Answer[]> {
  const client = await stage.connect();
  const answers: Answer[] = [];
  const requests: Promise<void>[] = [];
  for (let nth = 0; nth < REQUESTS; nth++) {
    const asked = stage.now();
    const request = allow(stage, client).then(
      (allowed) => allowed,
      () => false,
    );
    requests.push(
      request.then((allowed) => {
        answers.push({ tookMs: stage.now() - asked, allowed });
      }),
    );
    await stage.sleep(400 + Math.floor(stage.random() * 200));
  }
  await Promise.all(requests);
  const slowest = Math.max(...answers.map(({ tookMs }) => tookMs));
  stage.note(
    `${answers.filter(({ allowed }) => !allowed).length} requests are refused, and the slowest takes ${slowest} ms`,
  );
  return answers;
}

export const limiterAway = defineScenario({
  name: "limiter-away",
  title: "The server of a rate limiter is away for twenty seconds.",
  takes: {
    type: "(stage, client) => Promise<boolean>",
    meaning: "Whether a request may go on: a hundred a minute, counted at `limit`.",
  },
  topology: standalone(),
  timeline: () => timeline([at("5s", down(), { for: "20s" })]),
  workload,
  oracle: (answers) => [
    ...answers
      .filter(({ tookMs }) => tookMs > DEADLINE_MS)
      .map(({ tookMs }) => `a request waited ${tookMs} ms for the limiter`),
    ...answers.filter(({ allowed }) => !allowed).map(() => "a request was refused that was within the limit"),
  ],
  naive: waitForTheLimiter,
  right: openWithoutAnswer,
  moral:
    "A client that waits for its server makes everybody wait who only wanted to be counted. A limiter has a deadline, and a policy for " +
    "when it is not there, open or closed, that somebody has chosen.",
});
