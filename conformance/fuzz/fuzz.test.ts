/** A small hunt on every run, always the same unless REDOUBLE_FUZZ_SEED says otherwise. `npm run fuzz` hunts longer. */
import { expect, test } from "vitest";
import { findServers } from "../servers/servers.ts";
import { realMakers, simulatedMakers } from "../targets/makers.ts";
import { hunt, huntBeside } from "./fuzz.ts";

const seed = Number(process.env["REDOUBLE_FUZZ_SEED"] ?? 1);

test("Redouble survives fifty thousand frames of every kind", async () => {
  const { frames } = await hunt(simulatedMakers(), { frames: 50_000, seed });
  expect(frames).toBeGreaterThanOrEqual(50_000);
});

const pairs = realMakers(findServers({ lay: false })).flatMap((real) =>
  simulatedMakers()
    .filter(({ profile }) => profile === real.profile)
    .map((simulated) => ({ simulated, real, description: real.description })),
);

test.runIf(pairs.length === 0)("no real server lies here, so none was asked", () => {
  expect(pairs).toEqual([]);
});

if (pairs.length > 0)
  test.each(pairs)("Redouble and $description answer a thousand frames alike", async (pair) => {
    const { frames } = await huntBeside(pair, { frames: 1_000, seed });
    expect(frames).toBeGreaterThanOrEqual(1_000);
  });
