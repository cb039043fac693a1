// A link swallows what is sent, and nobody closes the connection: whoever waits for a reply waits for ever.
import { standalone } from "../core/index.ts";
import { at, blackHole, timeline } from "../faults/index.ts";
import { defineScenario, type ScenarioClient, type Stage } from "./scenario.ts";

/** Reads a page: from the cache, or else from the system of record. */
type Read = (stage: Stage, client: ScenarioClient, key: string) => Promise<string>;

/** A broken connection will be an error. */
const waitForTheReply: Read = async (stage, client, key) =>
  ((await client.call("GET", key)) as string | null) ?? stage.origin.load(key);

/** The cache has a quarter of a second, and is a help, not a need. */
const withADeadline: Read = async (stage, client, key) => {
  const nothing = (): null => null;
  const cached = await Promise.race([client.call("GET", key).catch(nothing), stage.sleep(250).then(nothing)]);
  return (cached as string | null) ?? stage.origin.load(key);
};

const REQUESTS = 20;
const DEADLINE_MS = 1_000;

async function workload(stage: Stage, read: Read): Promise<readonly number[]> {
  const client = await stage.connect();
  for (let at = 0; at < 5; at++) await client.call("SET", `page:${at}`, `page:${at} as the origin has it`);
  const took: number[] = [];
  const requests: Promise<void>[] = [];
  for (let nth = 0; nth < REQUESTS; nth++) {
    const asked = stage.now();
    const answer = read(stage, client, `page:${Math.floor(stage.random() * 5)}`);
    requests.push(
      answer.then(() => {
        took.push(stage.now() - asked);
      }),
    );
    await stage.sleep(200);
  }
  await Promise.race([Promise.all(requests), stage.sleep(30_000)]);
  stage.note(`${took.length} of ${REQUESTS} requests are answered`);
  return took;
}

export const hungRequest = defineScenario({
  name: "hung-request",
  title: "A link swallows what is sent, and nobody closes the connection.",
  takes: {
    type: "(stage, client, key) => Promise<string>",
    meaning: "It reads a page through the cache, within a second; `stage.origin.load(key)` is the system of record.",
  },
  topology: standalone(),
  timeline: () => timeline([at("2s", blackHole())]),
  workload,
  oracle: (took) => [
    ...(took.length < REQUESTS ? [`${REQUESTS - took.length} requests were never answered`] : []),
    ...took.filter((ms) => ms > DEADLINE_MS).map((ms) => `a request took ${ms} ms`),
  ],
  naive: waitForTheReply,
  right: withADeadline,
  moral:
    "TCP does not notice that the other side is gone until it has sent in vain for minutes, and a client that waits sends nothing. " +
    "Every command needs a time by which it is given up, and somebody who knows what to do then.",
});
