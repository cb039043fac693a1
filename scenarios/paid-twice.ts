// A connection breaks in the middle of a reply, and the client sends the command once more: the customer pays twice.
import { standalone } from "../core/index.ts";
import { at, resetPeer, timeline } from "../faults/index.ts";
import { defineScenario, type ScenarioClient, type Stage } from "./scenario.ts";

interface Payment {
  readonly id: string;
  readonly amount: number;
}

/** Adds an amount to `balance`, and resolves when that is done. */
type Pay = (client: ScenarioClient, payment: Payment) => Promise<unknown>;

/** What the client sends again is done again. */
const increment: Pay = (client, { amount }) => client.call("INCRBY", "balance", amount);

/** A payment has a name, and the server remembers which it has seen. */
const incrementOnce: Pay = (client, { id, amount }) => {
  const script = `
    if redis.call("SET", KEYS[2], "", "NX", "EX", 86400) then return redis.call("INCRBY", KEYS[1], ARGV[1]) end
    return redis.call("GET", KEYS[1])`;
  return client.call("EVAL", script, 2, "balance", `paid:${id}`, amount);
};

interface Result {
  readonly asked: number;
  readonly balance: number;
}

async function workload(stage: Stage, pay: Pay): Promise<Result> {
  const client = await stage.connect();
  let asked = 0;
  for (let nth = 1; nth <= 20; nth++) {
    const amount = 1 + Math.floor(stage.random() * 50);
    asked += amount;
    const before = asked - amount;
    await pay(client, { id: String(nth), amount });
    const balance = Number(await client.call("GET", "balance"));
    if (balance > asked) stage.note(`payment ${nth} of ${amount} brings the balance from ${before} to ${balance}`);
    await stage.sleep(50);
  }
  return { asked, balance: Number(await client.call("GET", "balance")) };
}

export const paidTwice = defineScenario({
  name: "paid-twice",
  title: "A connection breaks in the middle of a reply, and the client sends the command once more.",
  takes: {
    type: "(client, { id, amount }) => Promise<unknown>",
    meaning: "It adds the amount to the number at `balance`; `id` names the payment.",
  },
  topology: standalone(),
  timeline: () =>
    timeline([at(0, resetPeer({ command: ["INCRBY", "EVAL", "EVALSHA", "FCALL", "EXEC"], nth: 13, when: "reply" }))]),
  workload,
  oracle: ({ asked, balance }) => (balance === asked ? [] : [`the balance is ${balance}, and ${asked} was paid`]),
  naive: increment,
  right: incrementOnce,
  moral:
    "A reply that does not come says nothing about the command. A client that sends it again is right to do so only where twice is " +
    "as good as once: with a name for each payment, kept in the same step as the payment itself.",
});
