/** Real servers are held to what was recorded from them, where they can be had. */
import { describe, expect, test } from "vitest";
import { expectNoDifference } from "./runner/expect-no-difference.ts";
import { findServers } from "./servers/servers.ts";
import { realMakers } from "./targets/makers.ts";

/** Thousands of cases, and half a dozen processes for some of them, take their time. */
const PATIENCE_MS = 600_000;

describe("real servers answer as recorded", () => {
  const makers = realMakers(findServers({ lay: false }));

  test.runIf(makers.length === 0)("no real server lies here, so none was asked", () => {
    expect(makers).toEqual([]);
  });

  if (makers.length > 0) {
    test.each(makers)("$profile, $description", async (maker) => await expectNoDifference(maker, "one"), PATIENCE_MS);
    test.each(makers)(
      "deployments of $profile",
      async (maker) => await expectNoDifference(maker, "several"),
      PATIENCE_MS,
    );
  }
});
