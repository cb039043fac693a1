// A server starts again and reads its data for seconds: it answers LOADING, and an application takes that for an empty leaderboard.
import { standalone } from "../core/index.ts";
import { at, restart, timeline } from "../faults/index.ts";
import { defineScenario, retrying, type ScenarioClient, type Stage } from "./scenario.ts";

/** Adds points to a player's score. */
type AddPoints = (stage: Stage, client: ScenarioClient, player: string, points: number) => Promise<void>;

/** What cannot be done is left out. */
const ignoreErrors: AddPoints = async (_stage, client, player, points) => {
  await client.call("ZINCRBY", "scores", points, player).catch(() => {});
};

/** LOADING goes by, and so does a broken connection: the points wait. */
const waitForTheServer: AddPoints = async (stage, client, player, points) => {
  await retrying(stage, () => client.call("ZINCRBY", "scores", points, player), { forMs: 30_000, everyMs: 250 });
};

const PLAYERS = ["ada", "grace", "barbara"] as const;

interface Result {
  readonly expected: ReadonlyMap<string, number>;
  readonly stored: ReadonlyMap<string, number>;
}

async function workload(stage: Stage, add: AddPoints): Promise<Result> {
  const client = await stage.connect({ failFast: true });
  const expected = new Map<string, number>(PLAYERS.map((player) => [player, 0]));
  for (let round = 0; round < 30; round++) {
    const player = PLAYERS[Math.floor(stage.random() * PLAYERS.length)]!;
    expected.set(player, expected.get(player)! + 10);
    await add(stage, client, player, 10);
    await stage.sleep(200);
  }
  const stored = new Map<string, number>();
  for (const player of PLAYERS) {
    const score = await retrying(stage, () => client.call("ZSCORE", "scores", player), { forMs: 30_000, everyMs: 500 });
    stored.set(player, Number(score ?? 0));
  }
  return { expected, stored };
}

export const restartLoading = defineScenario({
  name: "restart-loading",
  title: "A server starts again, and reads its data for three seconds.",
  takes: {
    type: "(stage, client, player, points) => Promise<void>",
    meaning: "It adds points to a player's score in the sorted set of the story.",
  },
  topology: standalone(),
  timeline: () => timeline([at("1s", restart({ keepsData: true, loadingMs: 3_000 }))]),
  workload,
  oracle: ({ expected, stored }) =>
    [...expected]
      .filter(([player, points]) => stored.get(player) !== points)
      .map(([player, points]) => `${player} has ${stored.get(player) ?? 0} points and earned ${points}`),
  naive: ignoreErrors,
  right: waitForTheServer,
  moral:
    "LOADING, like a refused connection, says: later. An error is no empty reply. What was to be done waits, for a while that somebody " +
    "has decided on, and is reported when that while is over.",
});
