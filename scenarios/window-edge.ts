// A rate limiter counts by the clock's minutes: twice as many as it allows come through where two of them meet.
import { standalone } from "../core/index.ts";
import { at, latency, timeline } from "../faults/index.ts";
import { defineScenario, type ScenarioClient, type Stage } from "./scenario.ts";

/** Whether a request at a time may go on: ten in any ten seconds. */
type Allow = (client: ScenarioClient, nowMs: number) => Promise<boolean>;

const LIMIT = 10;
const WINDOW_MS = 10_000;

/** A counter for each window of the clock. */
const fixedWindow: Allow = async (client, nowMs) => {
  const key = `limit:${Math.floor(nowMs / WINDOW_MS)}`;
  const script = `
    local count = redis.call("INCR", KEYS[1])
    if count == 1 then redis.call("PEXPIRE", KEYS[1], ARGV[1]) end
    return count`;
  return Number(await client.call("EVAL", script, 1, key, WINDOW_MS)) <= LIMIT;
};

/** Each request has a time, and those of the last ten seconds count. The time is the server's, and one for all. */
const slidingLog: Allow = async (client) => {
  const script = `
    local time = redis.call("TIME")
    local now = time[1] * 1000 + math.floor(time[2] / 1000)
    redis.call("ZREMRANGEBYSCORE", KEYS[1], "-inf", now - ARGV[1])
    if redis.call("ZCARD", KEYS[1]) >= tonumber(ARGV[2]) then return 0 end
    redis.call("ZADD", KEYS[1], now, time[1] .. "." .. time[2] .. ":" .. redis.call("INCR", KEYS[2]))
    redis.call("PEXPIRE", KEYS[1], ARGV[1])
    return 1`;
  return (await client.call("EVAL", script, 2, "limit:log", "limit:order", WINDOW_MS, LIMIT)) === 1;
};

async function workload(stage: Stage, allow: Allow): Promise<readonly number[]> {
  const client = await stage.connect();
  const allowed: number[] = [];
  const edge = Math.ceil(stage.now() / WINDOW_MS) * WINDOW_MS + 2 * WINDOW_MS;
  await stage.sleep(edge - 1_000 - stage.now());
  for (let nth = 0; nth < 40; nth++) {
    const asked = stage.now();
    if (await allow(client, asked)) allowed.push(asked);
    await stage.sleep(40 + Math.floor(stage.random() * 20));
  }
  stage.note(`${allowed.length} of 40 requests in two seconds are let through`);
  return allowed;
}

export const windowEdge = defineScenario({
  name: "window-edge",
  title: "Forty requests come where two windows of a rate limiter meet.",
  takes: {
    type: "(client, nowMs) => Promise<boolean>",
    meaning: "Whether a request may go on: ten in any ten seconds. `nowMs` is the application's time.",
  },
  topology: standalone(),
  timeline: () => timeline([at(0, latency({ delayMs: 2, jitterMs: 4 }))]),
  workload,
  oracle: (allowed) => {
    const most = Math.max(...allowed.map((from) => allowed.filter((at) => at >= from && at < from + WINDOW_MS).length));
    return most > LIMIT ? [`${most} requests were let through within ten seconds`] : [];
  },
  naive: fixedWindow,
  right: slidingLog,
  moral:
    "A counter per window allows twice its limit around the edge of two windows. A log of the last requests allows what it says, " +
    "for a little more memory; looking and adding are one step.",
});
