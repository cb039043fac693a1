// Two of three primaries die: the cluster answers nobody, and every feature is switched off at once.
import { cluster } from "../core/index.ts";
import { at, crash, timeline } from "../faults/index.ts";
import { defineScenario, type ScenarioClient, type Stage } from "./scenario.ts";

/** Makes a question: whether a feature is on. */
type Flags = (stage: Stage, client: ScenarioClient) => (name: string) => Promise<boolean>;

/** A lookup may take so long. */
const DEADLINE_MS = 200;

async function ask(stage: Stage, client: ScenarioClient, name: string): Promise<boolean> {
  const late = stage.sleep(DEADLINE_MS).then(() => {
    throw new Error("the flags are away");
  });
  return (await Promise.race([client.call("GET", `flag:${name}`), late])) === "on";
}

/** What cannot be asked is off. */
const offWithoutAnswer: Flags = (stage, client) => async (name) => ask(stage, client, name).catch(() => false);

/** What cannot be asked is as it was, for a while that somebody has decided on. */
const lastKnown: Flags = (stage, client) => {
  const known = new Map<string, { readonly on: boolean; readonly at: number }>();
  return async (name) => {
    try {
      const on = await ask(stage, client, name);
      known.set(name, { on, at: stage.now() });
      return on;
    } catch (error) {
      const last = known.get(name);
      if (last === undefined || stage.now() - last.at > 600_000) throw error;
      return last.on;
    }
  };
};

interface Answer {
  readonly name: string;
  readonly on: boolean;
  readonly tookMs: number;
}

async function workload(stage: Stage, flags: Flags): Promise<readonly Answer[]> {
  const client = await stage.connect();
  const names = ["checkout", "search", "invoices"];
  for (const name of names) await client.call("SET", `flag:${name}`, "on");
  const isOn = flags(stage, client);
  const answers: Answer[] = [];
  for (let round = 0; round < 12; round++) {
    for (const name of names) {
      const asked = stage.now();
      const on = await isOn(name);
      if (!on && answers.every((earlier) => earlier.on || earlier.name !== name)) stage.note(`${name} is switched off`);
      answers.push({ name, on, tookMs: stage.now() - asked });
    }
    await stage.sleep(400 + Math.floor(stage.random() * 200));
  }
  return answers;
}

export const halfACluster = defineScenario({
  name: "half-a-cluster",
  title: "Two of three primaries die, and with them what says which features are on.",
  takes: {
    type: "(stage, client) => (name) => Promise<boolean>",
    meaning:
      "It makes a question that is asked often: whether the key `flag:NAME` is `on`. `client` is ioredis's client of a cluster.",
  },
  topology: cluster({ primaries: 3, replicasPerPrimary: 0 }),
  config: { "cluster-node-timeout": "1000" },
  timeline: () => timeline([at("3s", crash({ server: "primary-2" })), at("3s", crash({ server: "primary-3" }))]),
  workload,
  oracle: (answers) => [
    ...new Set(answers.filter(({ on }) => !on).map(({ name }) => `${name} was switched off by nobody`)),
    ...(answers.some(({ tookMs }) => tookMs > 2 * DEADLINE_MS) ? ["somebody waited for an answer"] : []),
  ],
  naive: offWithoutAnswer,
  right: lastKnown,
  moral:
    "A cluster without a majority of its primaries answers nobody, not even for the slots that are there. What changes seldom and is " +
    "asked often has a copy where it is used, and an age that it may reach.",
});
