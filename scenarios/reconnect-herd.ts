// A server comes back, and sixty clients that lost it together find it together.
import { standalone } from "../core/index.ts";
import { at, down, timeline } from "../faults/index.ts";
import { defineScenario, type Stage } from "./scenario.ts";

/** How many milliseconds a client waits before it connects for the nth time in a row, counted from 1. */
type Delay = (stage: Stage, nth: number) => number;

/** A little longer each time. */
const inStep: Delay = (_stage, nth) => Math.min(50 * nth, 2_000);

/** Twice as long each time at the most, and by chance. */
const fullJitter: Delay = (stage, nth) => stage.random() * Math.min(50 * 2 ** nth, 3_000);

const CLIENTS = 60;
const WINDOW_MS = 100;
/** What the server bears: each of them logs in, asks, and fills its caches. */
const BEARABLE = 20;

interface Result {
  readonly most: number;
  readonly connected: number;
}

async function workload(stage: Stage, delay: Delay): Promise<Result> {
  const readyAt: number[] = [];
  let counts = false;
  const connect = async (): Promise<void> => {
    const client = await stage.connect({ retryDelayMs: (nth) => delay(stage, nth) });
    client.on("ready", () => {
      if (counts) readyAt.push(stage.now());
    });
  };
  await Promise.all(Array.from({ length: CLIENTS }, connect));
  counts = true;
  await stage.sleep(20_000);
  const most = Math.max(
    ...readyAt.map((from) => readyAt.filter((at) => at >= from && at < from + WINDOW_MS).length),
    0,
  );
  stage.note(`${most} of ${CLIENTS} clients come back within ${WINDOW_MS} ms`);
  return { most, connected: readyAt.length };
}

export const reconnectHerd = defineScenario({
  name: "reconnect-herd",
  title: "A server comes back after ten seconds, and sixty clients with it.",
  takes: {
    type: "(stage, nth) => number",
    meaning:
      "How many milliseconds a client waits before it connects for the nth time in a row: ioredis's `retryStrategy`.",
  },
  topology: standalone(),
  timeline: () => timeline([at("1s", down(), { for: "10s" })]),
  workload,
  oracle: ({ most, connected }) => [
    ...(most > BEARABLE ? [`${most} clients connected within ${WINDOW_MS} ms, and the server bears ${BEARABLE}`] : []),
    ...(connected < CLIENTS ? [`${CLIENTS - connected} clients did not come back`] : []),
  ],
  naive: inStep,
  right: fullJitter,
  moral:
    "Clients that lose a server in the same moment and wait by the same rule come back in the same moment. Chance in the delay, all of " +
    "it, spreads them over the longest delay that somebody may have.",
});
