/** Real Sentinels fail over servers of ours, ours real ones: told in the same words and order as where both are real. */
import { expect, test } from "vitest";
import { findServers } from "../servers/servers.ts";
import { failOverBeside, recordedEvents } from "./beside.ts";

const programs = [...findServers({ lay: false }).programs];

test.runIf(programs.length === 0)("no real server lies here, so no Sentinel either", () => {
  expect(programs).toEqual([]);
});

const pairs = programs.flatMap(([profile, program]) =>
  (["servers", "sentinels"] as const).map((ours) => ({ profile, program, ours })),
);

if (pairs.length > 0) {
  test.each(pairs)(
    "$profile: the $ours are ours, the others real; the primary dies, and clients carry on",
    async (pair) => {
      const { events, read } = await failOverBeside(pair);
      expect(events).toEqual(recordedEvents(pair.profile));
      expect(read).toEqual({ ioredis: "after", nodeRedis: "after" });
    },
  );
}
