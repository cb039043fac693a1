// A subscriber reads too slowly, and the server cuts it off: what it had not read is gone.
import { standalone } from "../core/index.ts";
import { at, outputOverrun, timeline } from "../faults/index.ts";
import { defineScenario, type ScenarioClient, type Stage } from "./scenario.ts";

interface Feed {
  /** Tells everybody who follows of some events. */
  readonly tell: (client: ScenarioClient, events: readonly string[]) => Promise<void>;
  /** Follows, until `isOver` says so; every event is to reach `see`. */
  readonly follow: (client: ScenarioClient, see: (event: string) => void, isOver: () => boolean) => Promise<void>;
}

/** Whoever listens hears. */
const publish: Feed = {
  async tell(client, events) {
    const script = `for _, event in ipairs(ARGV) do redis.call("PUBLISH", "feed", event) end`;
    await client.call("EVAL", script, 0, ...events);
  },
  async follow(client, see) {
    client.on("message", (_channel, event) => see(event));
    await client.subscribe("feed");
  },
};

/** What is told lies in a stream, and whoever follows knows how far it has read. */
const append: Feed = {
  async tell(client, events) {
    const script = `for _, event in ipairs(ARGV) do redis.call("XADD", KEYS[1], "MAXLEN", "~", 1000, "*", "event", event) end`;
    await client.call("EVAL", script, 1, "feed", ...events);
  },
  async follow(client, see, isOver) {
    for (let last = "0"; !isOver();) {
      const entries = (await client.call("XRANGE", "feed", `(${last}`, "+", "COUNT", 10)) as [string, string[]][];
      for (const [id, [, event]] of entries) {
        see(event!);
        last = id;
      }
      if (entries.length === 0) await client.call("XREAD", "BLOCK", 200, "STREAMS", "feed", last);
    }
  },
};

const EVENTS = 100;
const SIZE_BYTES = 2_000;

async function workload(stage: Stage, { tell, follow }: Feed): Promise<readonly string[]> {
  const [teller, follower] = [await stage.connect(), await stage.connect()];
  const seen: string[] = [];
  let over = false;
  const following = follow(
    follower,
    (event) => seen.push(event.split(" ")[0]!),
    () => over,
  );
  await stage.sleep(100);
  for (let told = 0; told < EVENTS;) {
    const burst = Math.min(EVENTS - told, 5 + Math.floor(stage.random() * 15));
    const events = Array.from({ length: burst }, (_, nth) => `${told + nth} ${"x".repeat(SIZE_BYTES)}`);
    await tell(teller, events);
    told += burst;
    await stage.sleep(500);
  }
  await stage.sleep(2_000);
  over = true;
  await following;
  stage.note(`${new Set(seen).size} of ${EVENTS} events were seen`);
  return seen;
}

export const cutOffReader = defineScenario({
  name: "cut-off-reader",
  title: "A subscriber reads too slowly, and the server cuts it off.",
  takes: {
    type: "{ tell(client, events): Promise<void>, follow(client, see, isOver): Promise<void> }",
    meaning:
      "`tell` tells everybody who follows of some events; `follow` calls `see(event)` for each of them until `isOver()`.",
  },
  topology: standalone(),
  timeline: () => timeline([at(0, outputOverrun({ of: "pubsub" }))]),
  workload,
  oracle: (seen) =>
    Array.from({ length: EVENTS }, (_, nth) => String(nth))
      .filter((event) => !seen.includes(event))
      .map((event) => `event ${event} was never seen`),
  naive: publish,
  right: append,
  moral:
    "What a subscriber has not read waits in the server, as far as client-output-buffer-limit allows; beyond it the connection ends, and " +
    "what waited is lost without a word. In a stream events wait for their readers, who know how far they have come.",
});
