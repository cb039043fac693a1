// A machine loses its power: with `appendfsync everysec` the writes of the last second are acknowledged and gone.
import { standalone } from "../core/index.ts";
import { at, crash, timeline } from "../faults/index.ts";
import { defineScenario, retrying, type ScenarioClient, type Stage } from "./scenario.ts";

/** Keeps an order in Redis, from where the database gets it later. It is confirmed when this is done, and not where it throws. */
type KeepOrder = (stage: Stage, client: ScenarioClient, order: string) => Promise<void>;

/** What the server has acknowledged it will not lose. */
const trustTheReply: KeepOrder = async (_stage, client, order) => {
  await client.call("HSET", "orders", order, "placed");
};

/** It is safe when the disk has it. Both go over one connection, or neither: another one has written nothing to wait for. */
const waitForTheDisk: KeepOrder = async (_stage, client, order) => {
  const [, [synced]] = (await Promise.all([
    client.call("HSET", "orders", order, "placed"),
    client.call("WAITAOF", 1, 0, 2_000),
  ])) as [unknown, [number, number]];
  if (synced !== 1) throw new Error(`${order} is on no disk yet`);
};

const CUSTOMERS = 4;
const OPEN_FOR_MS = 6_000;

interface Result {
  readonly confirmed: readonly string[];
  readonly stored: ReadonlySet<string>;
}

async function workload(stage: Stage, keep: KeepOrder): Promise<Result> {
  const confirmed: string[] = [];
  const until = stage.now() + OPEN_FOR_MS;
  const shop = async (customer: number): Promise<void> => {
    const client = await stage.connect({ failFast: true });
    for (let nth = 1; stage.now() < until; nth++) {
      const order = `${customer}/${nth}`;
      // Whose order fails is told so, and may order again.
      await keep(stage, client, order).then(
        () => confirmed.push(order),
        () => {},
      );
      await stage.sleep(50 + Math.floor(stage.random() * 100));
    }
  };
  await Promise.all(Array.from({ length: CUSTOMERS }, (_, customer) => shop(customer + 1)));
  const worker = await stage.connect();
  const found = await retrying(stage, () => worker.call("HKEYS", "orders"), { forMs: 30_000, everyMs: 500 });
  stage.note(`${confirmed.length} orders were confirmed`);
  return { confirmed, stored: new Set(found as string[]) };
}

export const powerLoss = defineScenario({
  name: "power-loss",
  title: "A machine loses its power with orders that its disk does not have.",
  takes: {
    type: "(stage, client, order) => Promise<void>",
    meaning: "It keeps an order in the hash `orders`; when it is done the customer is told that the order is placed.",
  },
  topology: standalone(),
  config: { appendonly: "yes" },
  timeline: () => timeline([at("3500ms", crash({ power: true }), { for: "1s" })]),
  workload,
  oracle: ({ confirmed, stored }) =>
    confirmed.filter((order) => !stored.has(order)).map((order) => `order ${order} was confirmed, and is gone`),
  naive: trustTheReply,
  right: waitForTheDisk,
  moral:
    "OK says that the server has it, not that its disk does: with `appendfsync everysec` a second may lie between them, and a machine that " +
    "loses its power keeps what was synced. WAITAOF waits for that, on the connection that wrote: on another one, as after a reconnect, " +
    "there is nothing to wait for, and it answers at once.",
});
