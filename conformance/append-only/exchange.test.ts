/** Files cross between Redouble and the real servers that lie here, both ways, on every run. */
import { expect, test } from "vitest";
import { findServers } from "../servers/servers.ts";
import { realMakers, simulatedMakers } from "../targets/makers.ts";
import { exchange } from "./exchange.ts";

const seed = Number(process.env["REDOUBLE_FUZZ_SEED"] ?? 1);
const reals = realMakers(findServers({ lay: false }));

test.runIf(reals.length === 0)("no real server lies here, so no file crossed", () => {
  expect(reals).toEqual([]);
});

if (reals.length > 0) {
  const ways = reals.flatMap((real) =>
    (["rdb", "commands"] as const).flatMap((base) =>
      (["writes", "reads"] as const).map((ours) => ({ real, base, ours, description: real.description })),
    ),
  );
  test.each(ways)("Redouble $ours a file with a base of $base, and $description has the same data", async (way) => {
    const { real, base, ours } = way;
    const own = simulatedMakers().find(({ profile }) => profile === real.profile)!;
    const [writer, reader] = ours === "writes" ? [own, real] : [real, own];
    const { commands, sizeBytes, digest } = await exchange({ writer, reader, base, commands: 600, seed });
    expect(commands).toBeGreaterThanOrEqual(600);
    // Empty files would agree with empty servers.
    expect(sizeBytes).toBeGreaterThan(2_000);
    expect(digest).not.toMatch(/^0+$/);
  });
}
