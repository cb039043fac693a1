/** A small comparison on every run, always the same. `npm run differential` compares more. */
import { expect, test } from "vitest";
import { findServers } from "../servers/servers.ts";
import { realMakers, simulatedMakers } from "../targets/makers.ts";
import { compareScripts } from "../lua/compare.ts";
import { compareUsers } from "../access/compare.ts";
import { cross } from "./crossing.ts";
import { compare } from "./machine.ts";

const seed = Number(process.env["REDOUBLE_FUZZ_SEED"] ?? 1);

const pairs = realMakers(findServers({ lay: false })).flatMap((real) =>
  simulatedMakers()
    .filter(({ profile }) => profile === real.profile)
    .map((simulated) => ({ simulated, real, description: real.description })),
);

test.runIf(pairs.length === 0)("no real server lies here, so none was asked", () => {
  expect(pairs).toEqual([]);
});

if (pairs.length > 0) {
  test.each(pairs)(
    "Redouble and $description answer and store a thousand commands of three clients alike",
    async (pair) => {
      const { commands, late, published } = await compare(pair, { commands: 1_000, clients: 3, seed });
      expect(commands).toBeGreaterThanOrEqual(1_000);
      // Clients that never wait for one another would agree too easily.
      expect(late).toBeGreaterThan(10);
      expect(published).toBeGreaterThan(200);
    },
  );

  test.each(pairs)("Redouble and $description run scripts alike", async (pair) => {
    const { expressions, written } = await compareScripts(pair, { expressions: 60, seed });
    expect({ expressions, written }).toEqual({ expressions: 60, written: 100 });
  });

  test.each(pairs)("Redouble and $description take the same rules of users for the same", async (pair) => {
    const { users, errors } = await compareUsers(pair, { users: 50, seed });
    expect(users).toBe(50);
    expect(errors).toBeGreaterThan(0);
  });

  test.each(pairs)("forty values cross between Redouble and $description", async (pair) => {
    const { values } = await cross(pair, { values: 40, seed });
    expect([...values.values()].reduce((sum, count) => sum + count, 0)).toBe(40);
  });
}
