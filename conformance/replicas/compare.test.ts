/** A small comparison on every run, always the same. `npm run differential` compares more. */
import { expect, test } from "vitest";
import { findServers } from "../servers/servers.ts";
import { compareReplicas } from "./compare.ts";

const seed = Number(process.env["REDOUBLE_FUZZ_SEED"] ?? 1);
const programs = [...findServers({ lay: false }).programs].map(([profile, program]) => ({ profile, program }));

test.runIf(programs.length === 0)("no real server lies here, so no replicas of it were asked", () => {
  expect(programs).toEqual([]);
});

test.each(programs)(
  "a primary and two replicas of Redouble and of $profile answer clients alike, while they change roles",
  async ({ profile, program }) => {
    const { commands, kinds } = await compareReplicas({ profile, program, commands: 250, seed });
    expect(commands).toBe(250);
    for (const kind of ["answered", "ERR", "READONLY"]) expect(kinds.get(kind) ?? 0).toBeGreaterThan(0);
  },
);
