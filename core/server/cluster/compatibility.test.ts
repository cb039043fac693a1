// What cases cannot say of `cluster-compatibility-sample-ratio`, since chance decides on a real server: how often it looks.
import { expect, test } from "vitest";
import { toUint8Array } from "../../kernel/bytes.ts";
import { World } from "../world.ts";

/** How many of a thousand requests for keys of two slots are counted. */
function counted(percent: number, { seed }: { readonly seed: number }): number {
  const server = new World({ seed }).createServer({
    config: { "cluster-compatibility-sample-ratio": String(percent) },
  });
  const link = server.connect({ peer: { write: () => {}, close: () => {} } });
  for (let i = 0; i < 1000; i++) link.receive(toUint8Array("MGET a b\r\n"));
  return server.stats.clusterIncompatibleOps;
}

test("of many requests as many are looked at as the ratio says", () => {
  expect(counted(0, { seed: 1 })).toBe(0);
  expect(counted(100, { seed: 1 })).toBe(1000);
  expect(Math.abs(counted(50, { seed: 1 }) - 500)).toBeLessThan(60);
  expect(Math.abs(counted(5, { seed: 1 }) - 50)).toBeLessThan(30);
});

test("the seed decides which", () => {
  expect(counted(50, { seed: 7 })).toBe(counted(50, { seed: 7 }));
});
