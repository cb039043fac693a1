// Two read, reckon and write: who writes last wins, and what the other did is gone.
import { standalone } from "../core/index.ts";
import { at, processPause, timeline } from "../faults/index.ts";
import { defineScenario, type ScenarioClient, type Stage } from "./scenario.ts";

/** Moves an amount from one account to another. The client is the teller's own. */
type Transfer = (
  stage: Stage,
  client: ScenarioClient,
  transfer: { from: string; to: string; amount: number },
) => Promise<void>;

async function balances(client: ScenarioClient, ...accounts: readonly string[]): Promise<readonly number[]> {
  return ((await client.call("MGET", ...accounts)) as string[]).map(Number);
}

/** What was read is still true. */
const readAndWrite: Transfer = async (stage, client, { from, to, amount }) => {
  const [source, target] = await balances(client, from, to);
  await stage.point("between reading and writing");
  await client.call("MSET", from, source! - amount, to, target! + amount);
};

/** What was read must still be true when it is written, or it is read again. */
const watched: Transfer = async (stage, client, { from, to, amount }) => {
  for (;;) {
    await client.call("WATCH", from, to);
    const [source, target] = await balances(client, from, to);
    await stage.point("between reading and writing");
    await client.call("MULTI");
    await client.call("MSET", from, source! - amount, to, target! + amount);
    if ((await client.call("EXEC")) !== null) return;
    stage.note(`somebody else was at ${from} or ${to}: once more`);
  }
};

const ACCOUNTS = ["account:ada", "account:grace", "account:barbara"] as const;
const EACH = 1_000;

interface Account {
  readonly name: string;
  readonly balance: number;
  /** After every transfer. */
  readonly expected: number;
}

async function workload(stage: Stage, transfer: Transfer): Promise<readonly Account[]> {
  const expected = new Map<string, number>(ACCOUNTS.map((account) => [account, EACH]));
  const first = await stage.connect();
  for (const account of ACCOUNTS) await first.call("SET", account, EACH);
  const tell = async (): Promise<void> => {
    const client = await stage.connect();
    for (let nth = 0; nth < 10; nth++) {
      const at = Math.floor(stage.random() * ACCOUNTS.length);
      const [from, to] = [ACCOUNTS[at]!, ACCOUNTS[(at + 1) % ACCOUNTS.length]!];
      const amount = 1 + Math.floor(stage.random() * 100);
      expected.set(from, expected.get(from)! - amount);
      expected.set(to, expected.get(to)! + amount);
      await transfer(stage, client, { from, to, amount });
      await stage.sleep(Math.floor(stage.random() * 30));
    }
  };
  await Promise.all([tell(), tell()]);
  const found = await balances(first, ...ACCOUNTS);
  return ACCOUNTS.map((name, at) => ({ name, balance: found[at]!, expected: expected.get(name)! }));
}

export const lostUpdate = defineScenario({
  name: "lost-update",
  title: "Two tellers read, reckon and write; one of them stands still in between.",
  takes: {
    type: "(stage, client, { from, to, amount }) => Promise<void>",
    meaning: 'It moves an amount from one key to another, and stops at `stage.point("between reading and writing")`.',
  },
  topology: standalone(),
  timeline: () => timeline([at(0, processPause({ point: "between reading and writing", forMs: 400, nth: 4 }))]),
  workload,
  oracle: (accounts) =>
    accounts
      .filter(({ balance, expected }) => balance !== expected)
      .map(({ name, balance, expected }) => `${name} has ${balance}, and should have ${expected}`),
  naive: readAndWrite,
  right: watched,
  moral:
    "Redis runs one command at a time, not one client. WATCH makes EXEC fail where a key has changed since it was read; the nil is an " +
    "answer that means: read again.",
});
