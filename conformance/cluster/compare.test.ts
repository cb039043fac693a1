/** A small comparison on every run, always the same. `npm run differential` compares more. */
import { expect, test } from "vitest";
import { findServers } from "../servers/servers.ts";
import { compareClusters } from "./compare.ts";

const seed = Number(process.env["REDOUBLE_FUZZ_SEED"] ?? 1);
const programs = [...findServers({ lay: false }).programs].map(([profile, program]) => ({ profile, program }));

test.runIf(programs.length === 0)("no real server lies here, so no cluster of them was asked", () => {
  expect(programs).toEqual([]);
});

test.each(programs)(
  "six nodes of Redouble and of $profile answer clients alike, while slots move and nodes change places",
  async ({ profile, program }) => {
    const { commands, kinds } = await compareClusters({ profile, program, commands: 250, seed });
    expect(commands).toBe(250);
    // Clients whose keys never move would agree too easily.
    for (const kind of ["answered", "MOVED", "ASK", "CROSSSLOT"]) expect(kinds.get(kind) ?? 0).toBeGreaterThan(0);
  },
);
