// A primary is cut off from everybody but its applications: it goes on acknowledging writes, and loses them when the partition heals.
import { sentinel } from "../core/index.ts";
import { at, splitBrain, timeline } from "../faults/index.ts";
import { defineScenario, retrying, type ScenarioClient, type Stage } from "./scenario.ts";

interface Way {
  /** What an operator sets on the primary. */
  readonly setUp: (client: ScenarioClient) => Promise<unknown>;
  /** Resolves once the application may count the write as done. */
  readonly add: (client: ScenarioClient, member: string) => Promise<void>;
}

/** Whoever answers is believed. */
const anyPrimary: Way = {
  setUp: () => Promise.resolve(),
  add: async (client, member) => {
    await client.call("SADD", "paid", member);
  },
};

/** A primary without replicas refuses, and what no replica has is not done. */
const primaryWithFollowers: Way = {
  setUp: (client) => client.call("CONFIG", "SET", "min-replicas-to-write", 1, "min-replicas-max-lag", 2),
  add: async (client, member) => {
    await client.call("SADD", "paid", member);
    if (Number(await client.call("WAIT", 1, 200)) < 1) throw new Error("no replica has it yet");
  },
};

interface Result {
  readonly acknowledged: readonly string[];
  readonly members: ReadonlySet<string>;
  readonly refusals: number;
}

async function workload(stage: Stage, { setUp, add }: Way): Promise<Result> {
  // This application sits on the primary's side of the partition.
  const isolated = await stage.connect({ server: "primary" });
  await setUp(isolated);
  const acknowledged: string[] = [];
  let refusals = 0;
  for (let nth = 0; nth < 60; nth++) {
    const member = `payment:${nth}`;
    await add(isolated, member).then(
      () => acknowledged.push(member),
      (error: unknown) => {
        refusals++;
        if (refusals === 1) stage.note(`${member} is not done: ${String(error)}`);
      },
    );
    await stage.sleep(250);
  }
  await stage.sleep(60_000);
  const everybody = await stage.connect();
  const members = (await retrying(stage, () => everybody.call("SMEMBERS", "paid"), {
    forMs: 30_000,
    everyMs: 500,
  })) as string[];
  return { acknowledged, members: new Set(members), refusals };
}

export const splitBrainLosesWrites = defineScenario({
  name: "split-brain",
  title: "A primary is cut off with its applications, another takes its place, and the partition heals.",
  takes: {
    type: "{ setUp(client): Promise<unknown>, add(client, member): Promise<void> }",
    meaning:
      "`setUp` is what an operator sets on the primary; `add` adds a member to the set `paid`, and resolves once the application may count it as done.",
  },
  topology: sentinel({ replicas: 1, downAfterMs: 2_000, failoverTimeoutMs: 10_000 }),
  timeline: () => timeline([at("1s", splitBrain({ primary: "primary" }), { for: "20s" })]),
  workload,
  oracle: ({ acknowledged, members }) =>
    acknowledged.filter((member) => !members.has(member)).map((member) => `${member} was acknowledged and is gone`),
  naive: anyPrimary,
  right: primaryWithFollowers,
  moral:
    "A primary that has lost its replicas does not know that it is no longer the primary. With min-replicas-to-write it stops " +
    "taking writes after min-replicas-max-lag seconds; what it took until then is safe only where WAIT says so.",
});
