// What each fault of replication does to a primary and its replicas.
import { describe, expect, test } from "vitest";
import { standalone } from "../core/index.ts";
import { start } from "./fixtures/stage.ts";
import {
  divergentReplica,
  failover,
  failoverLosingWrites,
  fullResync,
  replicationLag,
  replicationStop,
  splitBrain,
} from "./index.ts";

describe("replication", () => {
  test("replicationLag: a replica is behind by so much", () => {
    const { world, replica, faults, connect } = start();
    faults.inject(replicationLag({ replica: "replica-1", delayMs: 200 }));
    connect().send("SET k v");
    world.advanceTo(world.now + 199);
    expect(replica.databases[0]!.size).toBe(0);
    world.advanceTo(world.now + 1);
    expect(replica.databases[0]!.size).toBe(1);
  });

  test("replicationStop: it gets nothing, and everything afterwards", () => {
    const { world, replica, faults, connect } = start();
    const guard = faults.inject(replicationStop({ replica: "replica-1" }));
    connect().send("SET k v");
    world.advanceTo(world.now + 5_000);
    expect(replica.databases[0]!.size).toBe(0);
    guard.uninstall();
    world.advanceTo(world.now + 1_000);
    expect(replica.databases[0]!.size).toBe(1);
  });

  test("fullResync: it is sent everything again", () => {
    const { world, server, faults } = start();
    const before = server.stats.fullSyncs;
    faults.inject(fullResync({ replica: "replica-1" }));
    world.advanceTo(world.now + 10_000);
    expect(server.stats.fullSyncs).toBe(before + 1);
  });

  test("failover: the replica takes over, and nothing is lost", () => {
    const { world, server, replica, faults, connect } = start();
    connect().send("SET k v");
    faults.inject(failover());
    world.advanceTo(world.now + 2_000);
    expect([server.replication.isReplica, replica.replication.isReplica]).toEqual([true, false]);
    expect(replica.databases[0]!.size).toBe(1);
  });

  test("failoverLosingWrites: so many acknowledged writes are gone", () => {
    const { world, server, replica, faults, connect } = start();
    const client = connect();
    client.send("SET kept v");
    world.advanceTo(world.now);
    faults.inject(failoverLosingWrites({ writes: 2 }));
    client.send("SET lost:1 v");
    client.send("SET lost:2 v");
    world.advanceTo(world.now);
    expect([client.got(), client.closed, server.lifecycle.crashed]).toEqual(["+OK +OK +OK", ["end"], true]);
    expect([replica.replication.isReplica, replica.databases[0]!.keys()]).toEqual([false, ["kept"]]);
  });

  test("splitBrain: the primary serves on, and its replicas do not hear it", () => {
    const { world, replica, faults, connect } = start();
    const guard = faults.inject(splitBrain());
    const client = connect();
    client.send("SET k v");
    world.advanceTo(world.now + 1_000);
    expect([client.got(), replica.databases[0]!.size]).toEqual(["+OK", 0]);
    guard.uninstall();
    world.advanceTo(world.now + 1_000);
    expect(replica.databases[0]!.size).toBe(1);
  });

  test("splitBrain and failoverLosingWrites have nothing to do where a server is alone", () => {
    const { server, faults, connect } = start({ topology: standalone() });
    const guards = [faults.inject(splitBrain()), faults.inject(failoverLosingWrites({ writes: 1 }))];
    const client = connect();
    expect(client.ask("SET k v")).toBe("+OK");
    expect(guards.map(({ fired }) => fired)).toEqual([0, 0]);
    expect(server.listens).toBe(true);
  });

  test("divergentReplica: it lacks keys, says that it has everything, and has them when all is sent again", () => {
    const { world, server, replica, faults, connect } = start({ config: { "repl-diskless-sync-delay": "0" } });
    const client = connect();
    client.send("MSET a 1 b 2");
    world.advanceTo(world.now + 1_000);
    const guard = faults.inject(divergentReplica({ replica: "replica-1", keys: "a*" }));
    expect([replica.databases[0]!.keys(), replica.replication.offset]).toEqual([["b"], server.replication.offset]);
    client.send("SET c 3");
    expect(client.ask("WAIT 1 0")).toBe("");
    world.advanceTo(world.now + 1_000);
    expect(client.got()).toBe(":1");
    guard.uninstall();
    world.advanceTo(world.now + 5_000);
    expect(replica.databases[0]!.keys().toSorted()).toEqual(["a", "b", "c"]);
  });
});
