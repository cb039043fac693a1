// What each fault of clusters does: what clients are told, by the nodes themselves.
import { describe, expect, test } from "vitest";
import { cluster } from "../core/index.ts";
import { start } from "./fixtures/stage.ts";
import {
  askStorm,
  clusterDown,
  every,
  failover,
  failoverLosingWrites,
  migrateSlot,
  movedStorm,
  staleView,
  timeline,
  unassignSlot,
} from "./index.ts";

const SLOT = 3300; // that of {b}, at primary-1

function startCluster({ seed = 1, config = {} } = {}) {
  const stage = start({
    seed,
    topology: cluster({ primaries: 3, replicasPerPrimary: 1 }),
    config: { "cluster-node-timeout": "2000", ...config },
  });
  return { ...stage, ask: (name: string, line: string) => stage.connect(stage.named(name)).ask(line) };
}

describe("migrateSlot", () => {
  test("takes one step after the other, each of which clients see", () => {
    const { world, faults, ask } = startCluster();
    ask("primary-1", "MSET {b}1 1 {b}2 2");
    faults.inject(migrateSlot({ slot: SLOT, to: "primary-2", stepMs: 100 }));
    const seen = [];
    for (let at = 0; at < 7; at++) {
      seen.push([ask("primary-1", "GET {b}1"), ask("primary-1", "GET {b}2"), ask("primary-1", "MGET {b}1 {b}2")]);
      world.advanceTo(world.now + 100);
    }
    const [here, ask7001] = ["$1 1", "-ASK 3300 127.0.0.1:7001"];
    const both = "*2 $1 1 $1 2";
    const moved = "-MOVED 3300 127.0.0.1:7001";
    expect(seen).toEqual([
      [here, "$1 2", both],
      [here, "$1 2", both],
      [ask7001, "$1 2", "-TRYAGAIN Multiple keys request during rehashing of slot"],
      [ask7001, ask7001, ask7001],
      [moved, moved, moved],
      [moved, moved, moved],
      [moved, moved, moved],
    ]);
    expect(ask("primary-2", "MGET {b}1 {b}2")).toBe(both);
  });

  test("goes on where the step before has ended, as a timeline tells it", () => {
    const { world, faults, ask } = startCluster();
    ask("primary-1", "SET {b}1 1");
    const stop = timeline([every("1s", migrateSlot({ slot: SLOT, to: "primary-2", steps: 1 }))]).play(world, faults);
    const seen = Array.from({ length: 5 }, () => {
      world.advanceTo(world.now + 1_000);
      return ask("primary-1", "GET {b}1");
    });
    stop();
    const moved = "-MOVED 3300 127.0.0.1:7001";
    expect(seen).toEqual(["$1 1", "$1 1", "-ASK 3300 127.0.0.1:7001", moved, moved]);
  });

  test("stops where whoever moves the slot dies, and finishes when it is taken out", () => {
    const { world, faults, ask } = startCluster();
    const guard = faults.inject(migrateSlot({ slot: SLOT, steps: 2 }));
    world.advanceTo(world.now + 60_000);
    expect(ask("primary-1", "GET {b}1")).toBe("-ASK 3300 127.0.0.1:7001");
    guard.uninstall();
    world.advanceTo(world.now);
    expect(ask("primary-1", "GET {b}1")).toBe("-MOVED 3300 127.0.0.1:7001");
  });

  test("does nothing with a slot that is where it should go", () => {
    const { faults } = startCluster();
    expect(faults.inject(migrateSlot({ slot: SLOT, to: "primary-1" })).fired).toBe(0);
    expect(() => migrateSlot({ slot: 16_384 })).toThrow("from 0 to 16383");
  });
});

describe("movedStorm", () => {
  test("moves so many slots with their keys, over a time, and nobody is told to ask", () => {
    const { world, faults, servers, ask } = startCluster();
    const owned = () => [...servers.values()].slice(0, 3).map((node) => node.cluster!.myself.slots.size);
    ask("primary-1", "SET {b}1 1");
    faults.inject(movedStorm({ slots: 16_384, overMs: 1_000 }));
    expect(owned()).not.toEqual([5461, 5462, 5461]);
    const answers = new Set<string>();
    for (let at = 0; at < 10; at++) {
      answers.add(ask("primary-1", "GET {b}1"));
      world.advanceTo(world.now + 100);
    }
    expect(answers).toEqual(new Set(["$1 1", "-MOVED 3300 127.0.0.1:7001"]));
    expect(ask("primary-2", "GET {b}1")).toBe("$1 1");
    world.advanceTo(world.now + 5_000);
    expect(ask("primary-3", "GET {b}1")).toBe("-MOVED 3300 127.0.0.1:7001");
    expect(owned()).toEqual([5461, 5461, 5462]);
  });

  test("moves the same slots again from the same seed", () => {
    const moved = (seed: number) => {
      const { world, faults, named } = startCluster({ seed });
      faults.inject(movedStorm({ slots: 10 }));
      world.advanceTo(world.now);
      return [...named("primary-2").cluster!.myself.slots].join(" ");
    };
    expect(moved(1)).toBe(moved(1));
    expect(moved(1)).not.toBe(moved(2));
  });
});

test("askStorm: whoever asks the owner is sent on, each time anew, until it is taken out", () => {
  const { world, faults, ask, connect, named } = startCluster();
  ask("primary-1", "SET {b}1 1");
  const guard = faults.inject(askStorm({ slots: 16_384 }));
  for (let at = 0; at < 3; at++) {
    expect(ask("primary-1", "GET {b}1")).toBe("-ASK 3300 127.0.0.1:7001");
    expect(ask("primary-2", "GET {b}1")).toBe("-MOVED 3300 127.0.0.1:7000");
    world.advanceTo(world.now + 10_000);
  }
  const client = connect(named("primary-2"));
  expect([client.ask("ASKING"), client.ask("GET {b}1")]).toEqual(["+OK", "$1 1"]);
  guard.uninstall();
  world.advanceTo(world.now);
  expect(ask("primary-1", "GET {b}1")).toBe("-MOVED 3300 127.0.0.1:7001");
});

describe("unassignSlot", () => {
  test("takes the whole cluster down, which wants every slot to be served", () => {
    const { world, faults, ask } = startCluster();
    ask("primary-1", "SET {b}1 1");
    const guard = faults.inject(unassignSlot({ slot: SLOT }));
    expect(ask("primary-1", "GET {b}1")).toBe("-CLUSTERDOWN Hash slot not served");
    expect(ask("primary-3", "GET a")).toBe("-CLUSTERDOWN The cluster is down");
    guard.uninstall();
    world.advanceTo(world.now + 3_000);
    expect(ask("primary-3", "GET {b}1")).toBe("-MOVED 3300 127.0.0.1:7000");
  });

  test("or this slot alone", () => {
    const { world, faults, ask } = startCluster({ config: { "cluster-require-full-coverage": "no" } });
    ask("primary-1", "SET {b}1 1");
    const guard = faults.inject(unassignSlot({ slot: SLOT }));
    world.advanceTo(world.now + 5_000);
    expect(ask("primary-2", "GET {b}1")).toBe("-CLUSTERDOWN Hash slot not served");
    expect(ask("primary-3", "GET a")).toBe("$-1");
    guard.uninstall();
    expect(ask("primary-1", "GET {b}1")).toBe("$1 1");
  });
});

test("staleView: a node sends clients where a slot was, and shows the cluster as it was", () => {
  const { world, faults, ask } = startCluster();
  const guard = faults.inject(staleView({ server: "primary-3" }));
  const before = ask("primary-3", "CLUSTER SLOTS");
  faults.inject(migrateSlot({ slot: SLOT, to: "primary-2" }));
  world.advanceTo(world.now + 60_000);
  expect(ask("primary-1", "GET {b}1")).toBe("-MOVED 3300 127.0.0.1:7001");
  expect(ask("primary-3", "GET {b}1")).toBe("-MOVED 3300 127.0.0.1:7000");
  expect(ask("primary-3", "CLUSTER SLOTS")).toBe(before);
  expect(ask("primary-3", "GET a")).toBe("$-1");
  guard.uninstall();
  world.advanceTo(world.now + 5_000);
  expect(ask("primary-3", "GET {b}1")).toBe("-MOVED 3300 127.0.0.1:7001");
});

test("clusterDown: every node refuses at once, for as long as it lasts, and serves again a while later", () => {
  const { world, faults, servers, ask } = startCluster();
  const guard = faults.inject(clusterDown());
  const answers = () => new Set([...servers.keys()].map((name) => ask(name, "GET {b}1")));
  expect(answers()).toEqual(new Set(["-CLUSTERDOWN The cluster is down"]));
  expect(ask("primary-1", "PING")).toBe("+PONG");
  world.advanceTo(world.now + 60_000);
  expect(answers()).toEqual(new Set(["-CLUSTERDOWN The cluster is down"]));
  guard.uninstall();
  world.advanceTo(world.now + 10_000);
  expect(answers()).toContain("$-1");
});

test("failover: a replica takes its primary's place by CLUSTER FAILOVER", () => {
  const { world, faults, ask } = startCluster();
  ask("primary-1", "SET {b}1 1");
  faults.inject(failover({ to: "replica-1" }));
  world.advanceTo(world.now + 3_000);
  expect([ask("replica-1", "GET {b}1"), ask("primary-1", "GET {b}1")]).toEqual(["$1 1", "-MOVED 3300 127.0.0.1:7003"]);
});

test("failoverLosingWrites: the nodes elect a replica that lacks what was acknowledged", () => {
  const { world, faults, ask } = startCluster();
  ask("primary-1", "SET {b}kept 1");
  world.advanceTo(world.now + 1_000);
  faults.inject(failoverLosingWrites({ writes: 1, primary: "primary-1" }));
  expect(ask("primary-1", "SET {b}lost 1")).toBe("+OK");
  world.advanceTo(world.now + 15_000);
  expect([ask("replica-1", "GET {b}kept"), ask("replica-1", "GET {b}lost")]).toEqual(["$1 1", "$-1"]);
});
