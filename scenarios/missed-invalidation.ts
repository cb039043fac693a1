// A subscriber loses its link for some seconds: what was published meanwhile never reaches it, and it goes on with what it knows.
import { standalone } from "../core/index.ts";
import { at, blackHole, timeline } from "../faults/index.ts";
import { defineScenario, type ScenarioClient, type Stage } from "./scenario.ts";

/** A copy in the application's own memory of what lies at keys, which are published on `changed` when they change. */
type LocalCache = (client: ScenarioClient, subscriber: ScenarioClient) => Promise<(key: string) => Promise<string>>;

async function readThrough(copies: Map<string, string>, client: ScenarioClient, key: string): Promise<string> {
  const value = copies.get(key) ?? String(await client.call("GET", key));
  copies.set(key, value);
  return value;
}

/** Messages come. */
const trustMessages: LocalCache = async (client, subscriber) => {
  const copies = new Map<string, string>();
  subscriber.on("message", (_channel, key) => copies.delete(key));
  await subscriber.subscribe("changed");
  return (key) => readThrough(copies, client, key);
};

/** Whoever was away knows nothing. */
const flushOnReconnect: LocalCache = async (client, subscriber) => {
  const copies = new Map<string, string>();
  subscriber.on("message", (_channel, key) => copies.delete(key));
  subscriber.on("close", () => copies.clear());
  subscriber.on("ready", () => copies.clear());
  await subscriber.subscribe("changed");
  return (key) => readThrough(copies, client, key);
};

/** How long an old price may be shown. */
const BEARABLE_MS = 5_000;

/** For how long an old price was shown. */
async function workload(stage: Stage, cache: LocalCache): Promise<number> {
  const [writer, client, subscriber] = [await stage.connect(), await stage.connect(), await stage.connect()];
  await subscriber.call("CLIENT", "SETNAME", "subscriber");
  const read = await cache(client, subscriber);
  let price = 0;
  let changedAt = 0;
  let oldForMs = 0;
  for (let nth = 0; nth < 60; nth++) {
    if (nth % 10 === 0 && nth < 30) {
      price++;
      changedAt = stage.now();
      await writer.call("SET", "price", price);
      await writer.call("PUBLISH", "changed", "price");
    }
    await stage.sleep(200 + Math.floor(stage.random() * 100));
    const shown = Number(await read("price"));
    if (shown === price) continue;
    if (oldForMs === 0) stage.note(`the price is ${price}, and ${shown} is shown`);
    oldForMs = stage.now() - changedAt;
  }
  stage.note(`an old price was shown for ${oldForMs} ms`);
  return oldForMs;
}

export const missedInvalidation = defineScenario({
  name: "missed-invalidation",
  title: "A subscriber loses its link while a key changes.",
  takes: {
    type: "(client, subscriber) => Promise<(key: string) => Promise<string>>",
    meaning:
      "It makes a read that keeps copies in memory; keys are published on `changed` when they change. Both are ioredis clients.",
  },
  topology: standalone(),
  timeline: () => timeline([at("4s", blackHole({ client: "subscriber", closeAfterMs: 2_000 }))]),
  workload,
  oracle: (oldForMs) => (oldForMs > BEARABLE_MS ? [`an old price was shown for ${oldForMs} ms`] : []),
  naive: trustMessages,
  right: flushOnReconnect,
  moral:
    "Pub/sub forgets what nobody hears, and a client that subscribes again does not learn that it was away. Copies live no longer than " +
    "the connection on which their end would be told.",
});
