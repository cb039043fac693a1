/** A small comparison of propagation on every run, always the same. `npm run differential -- --propagation` compares more. */
import { expect, test } from "vitest";
import { openWire } from "../differential/wire.ts";
import { findServers } from "../servers/servers.ts";
import { realMakers } from "../targets/makers.ts";
import { replicateBeside } from "./beside.ts";
import { comparePropagation } from "./compare.ts";
import { linkConfig, openLink } from "./link.ts";

const seed = Number(process.env["REDOUBLE_FUZZ_SEED"] ?? 1);
const servers = findServers({ lay: false });
const reals = realMakers(servers);

test.runIf(reals.length === 0)("no real server lies here, so none was followed", () => {
  expect(reals).toEqual([]);
});

if (reals.length > 0) {
  test.each(reals)("Redouble and $description propagate five hundred commands alike", async (real) => {
    const { commands, propagated, transactions, names } = await comparePropagation(real, { commands: 500, seed });
    expect(commands).toBeGreaterThanOrEqual(500);
    // An idle link would agree with an idle engine.
    expect(propagated).toBeGreaterThan(100);
    expect(transactions).toBeGreaterThan(0);
    expect(names.size).toBeGreaterThan(20);
  });

  const roles = reals.flatMap((real) => (["primary", "replica"] as const).map((ours) => ({ real, ours })));
  test.each(roles.map(({ real, ours }) => ({ real, ours, description: real.description })))(
    "Redouble as $ours and $description hold the same data, though their link breaks",
    async ({ real, ours }) => {
      const { commands, partialSyncs, fullSyncs } = await replicateBeside({
        profile: real.profile,
        program: servers.programs.get(real.profile)!,
        ours,
        commands: 1500,
        breaks: 1,
        seed,
      });
      expect(commands).toBeGreaterThanOrEqual(1500);
      expect(fullSyncs).toBe(1);
      // A FLUSHALL that comes while a real primary waits for its child costs it the child, and the link once more.
      expect(ours === "primary" ? [1] : [1, 2]).toContain(partialSyncs);
    },
  );

  const payloads = [
    { payload: "counted", config: ["repl-diskless-sync", "no"] as const },
    { payload: "delimited", config: ["repl-diskless-sync", "yes"] as const },
  ];
  test.each(reals.flatMap((real) => payloads.map((each) => ({ ...each, real, description: real.description }))))(
    "a replica of $description gets past a $payload payload, and then what is written",
    async ({ real, config }) => {
      const target = real.make([...linkConfig, config]);
      await target.start();
      try {
        const before = await openWire(target);
        await before.ask([["SET", "before", "\r\n*1\r\n".repeat(100)]]);
        const link = await openLink(target);
        await before.ask([
          ["SELECT", "2"],
          ["MULTI"],
          ["SET", "a", "1", "EX", "10"],
          ["DEL", "a"],
          ["EXEC"],
          ["SET", "b", "2"],
        ]);
        const units = await link.until(([first]) => first?.argv[1] === "b", target.patienceMs);
        expect(link.payload).toBe(config[1] === "no" ? "counted" : "delimited");
        expect(units.map((unit) => unit.map(({ db, argv }) => `${db} ${argv[0] ?? ""} ${argv.length}`))).toEqual([
          ["2 SET 5", "2 DEL 2"],
        ]);
        link.close();
        before.close();
      } finally {
        await target.stop();
      }
    },
  );
}
