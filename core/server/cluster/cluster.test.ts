// Clusters in one world: who serves what, who takes whose place, and how slots move.
import { describe, expect, test } from "vitest";
import { toUint8Array } from "../../kernel/bytes.ts";
import { createDeployment } from "../../topology/deployment.ts";
import { cluster } from "../../topology/topology.ts";
import type { Server } from "../server.ts";
import { World } from "../world.ts";

function client(server: Server) {
  let received = "";
  const link = server.connect({
    peer: { write: (bytes) => void (received += bytes), close: () => void (received += "<closed>") },
  });
  return (line: string): string => {
    received = "";
    link.receive(toUint8Array(`${line}\r\n`));
    return received.replaceAll("\r\n", " ").trimEnd();
  };
}

function start({
  seed = 1,
  primaries = 3,
  replicasPerPrimary = 1,
  config = {},
}: { seed?: number; primaries?: number; replicasPerPrimary?: number; config?: Record<string, string> } = {}) {
  const world = new World({ seed });
  const { servers } = createDeployment(world, cluster({ primaries, replicasPerPrimary }), {
    config: { "cluster-node-timeout": "2000", "repl-diskless-sync-delay": "0", ...config },
  });
  const named = (name: string): Server => servers.get(name)!;
  return { world, servers, named, ask: (name: string, line: string) => client(named(name))(line) };
}

describe("what a node announces", () => {
  test("leads the others and its replicas to it", () => {
    const { world, named, ask } = start({ replicasPerPrimary: 1 });
    ask(
      "primary-1",
      "CONFIG SET cluster-announce-ip 10.0.0.1 cluster-announce-port 16379 cluster-announce-bus-port 26379",
    );
    world.advanceTo(world.now + 10_000);
    expect(ask("primary-2", "CLUSTER NODES")).toContain("10.0.0.1:16379@26379 master");
    expect(ask("primary-2", "CLUSTER INFO")).toContain("cluster_slots_ok:16384");
    expect(ask("replica-1", "INFO replication")).toContain("master_host:10.0.0.1");
    expect(ask("replica-1", "INFO replication")).toContain("master_link_status:up");
    expect(world.network.serverAt({ host: "10.0.0.1", port: 16_379 })).toBe(named("primary-1"));
  });

  test("leads nobody to it where another one really listens", () => {
    const { world, named, ask } = start();
    ask("primary-1", "CONFIG SET cluster-announce-port 7001");
    expect(world.network.serverAt({ host: "127.0.0.1", port: 7001 })).toBe(named("primary-2"));
  });
});

describe("a cluster", () => {
  test("serves each slot where it lies, and says where else", () => {
    const { world, ask } = start();
    expect(ask("primary-1", "SET a 1")).toBe("-MOVED 15495 127.0.0.1:7002");
    expect(ask("primary-3", "SET a 1")).toBe("+OK");
    expect(ask("primary-3", "MSET a 1 b 2")).toBe("-CROSSSLOT Keys in request don't hash to the same slot");
    world.advanceTo(world.now);
    expect(ask("replica-3", "GET a")).toBe("-MOVED 15495 127.0.0.1:7002");
    const reader = client(start().named("replica-3"));
    expect(reader("READONLY")).toBe("+OK");
    expect(reader("GET a")).toBe("$-1");
    expect(reader("SET a 1")).toBe("-MOVED 15495 127.0.0.1:7002");
  });

  test("is all of one mind", () => {
    const { ask, servers } = start();
    for (const name of servers.keys()) {
      expect(ask(name, "CLUSTER INFO")).toContain("cluster_state:ok cluster_slots_assigned:16384");
      expect(ask(name, "CLUSTER NODES").match(/connected/g)).toHaveLength(6);
    }
  });

  // What three real nodes sent in ten seconds with no one else on their machine: Redis 8.0.2 and Valkey 8.1.1.
  test.each([
    ["0", 10],
    ["2000", 11],
    ["500", 34],
    ["100", 100],
    ["1", 200],
  ])("pings as often as a real one with cluster-ping-interval %s", (interval, pings) => {
    const { world, ask } = start({
      replicasPerPrimary: 0,
      config: { "cluster-node-timeout": "15000", "cluster-ping-interval": interval },
    });
    const sent = (): number => Number(/messages_ping_sent:(\d+)/.exec(ask("primary-1", "CLUSTER INFO"))![1]);
    world.advanceTo(world.now + 10_000);
    const before = sent();
    world.advanceTo(world.now + 10_000);
    expect(Math.abs(sent() - before - pings)).toBeLessThanOrEqual(4);
  });

  test("goes on drawing a node a second when its own clock is set back", () => {
    const { world, named, ask } = start({ config: { "cluster-node-timeout": "15000" } });
    const sent = (): number => Number(/messages_ping_sent:(\d+)/.exec(ask("primary-1", "CLUSTER INFO"))![1]);
    world.advanceTo(world.now + 10_000);
    const before = sent();
    named("primary-1").clock.jump(-3_600_000);
    world.advanceTo(world.now + 100_000);
    expect(Math.abs(sent() - before - 100)).toBeLessThanOrEqual(5);
  });

  test("goes on when a primary dies: its replica is elected, and the old one follows when it comes back", () => {
    const { world, named, ask } = start();
    ask("primary-1", "SET b 1");
    world.advanceTo(world.now + 1_000);
    named("primary-1").lifecycle.crash();
    world.advanceTo(world.now + 3_000);
    expect(ask("primary-2", "GET foo")).toMatch(/CLUSTERDOWN|MOVED|\$-1/);
    world.advanceTo(world.now + 6_000);
    expect(ask("replica-1", "GET b")).toBe("$1 1");
    expect(ask("primary-3", "GET b")).toBe("-MOVED 3300 127.0.0.1:7003");
    named("primary-1").lifecycle.restart();
    world.advanceTo(world.now + 10_000);
    expect(ask("primary-1", "GET b")).toBe("-MOVED 3300 127.0.0.1:7003");
    expect(ask("primary-1", "ROLE")).toContain("slave");
    expect(ask("primary-2", "CLUSTER INFO")).toContain("cluster_state:ok");
  });

  test("stops serving where most primaries are out of sight, and serves again when they are back", () => {
    const { world, servers, ask } = start();
    const others = [...servers.keys()].filter((name) => name !== "primary-1");
    const mends = others.flatMap((name) => [
      world.network.cut("primary-1", name),
      world.network.cut(name, "primary-1"),
    ]);
    world.advanceTo(world.now + 10_000);
    expect(ask("primary-1", "GET b")).toBe("-CLUSTERDOWN The cluster is down");
    for (const mend of mends) mend();
    world.advanceTo(world.now + 20_000);
    expect(ask("primary-1", "CLUSTER INFO")).toContain("cluster_state:ok");
    expect(ask("primary-1", "ROLE")).toContain("slave");
  });

  test("hands over on command, losing nothing", () => {
    const { world, ask, named } = start();
    ask("primary-1", "SET b 1");
    expect(ask("replica-1", "CLUSTER FAILOVER")).toBe("+OK");
    world.advanceTo(world.now + 2_000);
    expect([named("primary-1").replication.isReplica, named("replica-1").replication.isReplica]).toEqual([true, false]);
    expect(ask("replica-1", "SET b 2")).toBe("+OK");
    expect(ask("primary-2", "GET b")).toBe("-MOVED 3300 127.0.0.1:7003");
  });

  test.each(["FORCE", "TAKEOVER"])("hands over by %s without the primary", (how) => {
    const { world, ask, named } = start();
    named("primary-1").lifecycle.freeze();
    expect(ask("replica-1", `CLUSTER FAILOVER ${how}`)).toBe("+OK");
    world.advanceTo(world.now + 2_000);
    expect(named("replica-1").replication.isReplica).toBe(false);
    expect(ask("primary-2", "GET b")).toBe("-MOVED 3300 127.0.0.1:7003");
  });

  test("moves a slot: ASK for what has gone, TRYAGAIN for a half, and nobody loses a key", () => {
    const { world, ask, named } = start();
    const [from, to] = [client(named("primary-1")), client(named("primary-2"))];
    const [fromId, toId] = ["primary-1", "primary-2"].map((name) => named(name).cluster!.myself.id);
    from("MSET {b}1 1 {b}2 2");
    expect(to(`CLUSTER SETSLOT 3300 IMPORTING ${fromId}`)).toBe("+OK");
    expect(from(`CLUSTER SETSLOT 3300 MIGRATING ${toId}`)).toBe("+OK");
    expect(from("GET {b}1")).toBe("$1 1");
    expect(from("GET {b}3")).toBe("-ASK 3300 127.0.0.1:7001");
    expect(to("GET {b}3")).toBe("-MOVED 3300 127.0.0.1:7000");
    from("MIGRATE 127.0.0.1 7001 {b}1 0 1000");
    world.advanceTo(world.now);
    expect(from("GET {b}1")).toBe("-ASK 3300 127.0.0.1:7001");
    expect(from("MGET {b}1 {b}2")).toBe("-TRYAGAIN Multiple keys request during rehashing of slot");
    expect(to("ASKING")).toBe("+OK");
    expect(to("GET {b}1")).toBe("$1 1");
    expect(to("GET {b}1")).toBe("-MOVED 3300 127.0.0.1:7000");
    from('MIGRATE 127.0.0.1 7001 "" 0 1000 KEYS {b}2');
    world.advanceTo(world.now);
    for (const side of [to, from]) expect(side(`CLUSTER SETSLOT 3300 NODE ${toId}`)).toBe("+OK");
    world.advanceTo(world.now + 2_000);
    expect(ask("primary-3", "GET {b}1")).toBe("-MOVED 3300 127.0.0.1:7001");
    expect(to("MGET {b}1 {b}2")).toBe("*2 $1 1 $1 2");
  });

  test("is made of nodes that meet", () => {
    const world = new World();
    const make = (port: number): Server =>
      world.createServer({
        name: `node-${port}`,
        address: { host: "127.0.0.1", port },
        config: { "cluster-enabled": "yes", "cluster-node-timeout": "2000" },
      });
    const nodes = [7000, 7001, 7002].map(make);
    const asks = nodes.map(client);
    asks[0]!("CLUSTER ADDSLOTSRANGE 0 8191");
    asks[1]!("CLUSTER ADDSLOTSRANGE 8192 16383");
    asks[0]!("CLUSTER MEET 127.0.0.1 7001");
    asks[2]!("CLUSTER MEET 127.0.0.1 7001");
    world.advanceTo(world.now + 10_000);
    for (const ask of asks) {
      expect(ask("CLUSTER INFO")).toContain("cluster_state:ok");
      expect(ask("CLUSTER INFO")).toContain("cluster_known_nodes:3");
    }
    expect(asks[2]!(`CLUSTER REPLICATE ${nodes[0]!.cluster!.myself.id}`)).toBe("+OK");
    world.advanceTo(world.now + 10_000);
    expect(asks[1]!("CLUSTER NODES")).toMatch(/7002@17002 slave/);
    expect(new Set(nodes.map(({ cluster: node }) => node!.myself.configEpoch)).size).toBeGreaterThan(1);
  });

  describe("whose primary has lost its last replica", () => {
    const orphaned = (config: Record<string, string> = {}) => {
      const stage = start({ replicasPerPrimary: 2, config });
      for (const name of ["replica-1", "replica-4"]) stage.named(name).lifecycle.crash();
      const followers = () => stage.ask("primary-2", "CLUSTER NODES").match(/7000@17000 .*/)![0]; // it is still a primary
      expect(followers()).toContain("master");
      const spared = () =>
        ["replica-2", "replica-3", "replica-5", "replica-6"].filter((name) =>
          stage.ask(name, "ROLE").includes("127.0.0.1 :7000"),
        );
      return { ...stage, spared };
    };

    test("gets one of those that another has to spare, after five seconds", () => {
      const { world, spared } = orphaned();
      world.advanceTo(world.now + 6_000);
      expect(spared()).toEqual([]);
      world.advanceTo(world.now + 6_000);
      expect(spared()).toHaveLength(1);
      world.advanceTo(world.now + 30_000);
      expect(spared()).toHaveLength(1);
    });

    test.each([{ "cluster-migration-barrier": "2" }, { "cluster-allow-replica-migration": "no" }])(
      "gets none with %j",
      (config) => {
        const { world, spared } = orphaned(config);
        world.advanceTo(world.now + 30_000);
        expect(spared()).toEqual([]);
      },
    );
  });

  test.each([
    ["yes", "slave"],
    ["no", "master"],
  ])("with cluster-allow-replica-migration %s, whoever gives its last slot away is a %s", (allowed, role) => {
    const { world, named, ask } = start({ config: { "cluster-allow-replica-migration": allowed } });
    const [from, to] = ["primary-1", "primary-2"].map((name) => named(name).cluster!);
    for (const slot of from!.myself.slots) {
      ask("primary-2", `CLUSTER SETSLOT ${slot} IMPORTING ${from!.myself.id}`);
      ask("primary-1", `CLUSTER SETSLOT ${slot} NODE ${to!.myself.id}`);
      ask("primary-2", `CLUSTER SETSLOT ${slot} NODE ${to!.myself.id}`);
    }
    world.advanceTo(world.now + 5_000);
    expect(ask("primary-1", "ROLE")).toContain(role);
    expect(ask("primary-3", "CLUSTER NODES")).toContain(`127.0.0.1:7000@17000 ${role}`);
  });

  test("lets whoever waits for keys of a slot on its way here wait, until it comes here no more", () => {
    const { world, named, ask } = start();
    const [from, to] = ["primary-1", "primary-2"].map((name) => named(name).cluster!.myself.id);
    ask("primary-2", `CLUSTER SETSLOT 3300 IMPORTING ${from}`);
    ask("primary-1", `CLUSTER SETSLOT 3300 MIGRATING ${to}`);
    let received = "";
    const link = named("primary-2").connect({ peer: { write: (bytes) => void (received += bytes), close() {} } });
    link.receive(toUint8Array("ASKING\r\nBLPOP {b}list 0\r\n"));
    ask("primary-2", `CLUSTER SETSLOT 3301 IMPORTING ${from}`);
    world.advanceTo(world.now + 2_000);
    expect(received).toBe("+OK\r\n");
    ask("primary-2", "CLUSTER SETSLOT 3300 STABLE");
    expect(received).toBe("+OK\r\n-MOVED 3300 127.0.0.1:7000\r\n");
  });

  test("hears in all of it what is published, and in a shard what is said to that", () => {
    const { world, named } = start();
    const subscribers = ["primary-1", "primary-2", "replica-1", "replica-2"].map((name) => {
      let received = "";
      const link = named(name).connect({ peer: { write: (bytes) => void (received += bytes), close() {} } });
      link.receive(toUint8Array("SUBSCRIBE news\r\nSSUBSCRIBE {b}news\r\n"));
      received = "";
      return () => received.replaceAll("\r\n", " ").trimEnd();
    });
    client(named("replica-3"))("PUBLISH news all");
    client(named("primary-1"))("SPUBLISH {b}news shard");
    world.advanceTo(world.now);
    const [everybody, shard] = ["*3 $7 message $4 news $3 all", "*3 $8 smessage $7 {b}news $5 shard"];
    expect(subscribers.map((got) => got())).toEqual([
      `${shard} ${everybody}`,
      everybody,
      `${everybody} ${shard}`,
      everybody,
    ]);
  });

  test("tells whoever listens to a shard channel when its slot goes", () => {
    const { world, named, ask } = start();
    const [from, to] = ["primary-1", "primary-2"].map((name) => named(name).cluster!.myself.id);
    const subscribers = ["primary-1", "replica-1"].map((name) => {
      let received = "";
      const link = named(name).connect({ peer: { write: (bytes) => void (received += bytes), close() {} } });
      link.receive(toUint8Array("SSUBSCRIBE {b}news\r\n"));
      received = "";
      return () => received.replaceAll("\r\n", " ").trimEnd();
    });
    ask("primary-2", `CLUSTER SETSLOT 3300 IMPORTING ${from}`);
    ask("primary-2", `CLUSTER SETSLOT 3300 NODE ${to}`);
    world.advanceTo(world.now + 2_000);
    const over = "*3 $12 sunsubscribe $7 {b}news :0";
    expect(subscribers.map((got) => got())).toEqual([over, over]);
  });

  test("does the same again from the same seed", () => {
    const run = (seed: number): string => {
      const { world, servers, named, ask } = start({ seed });
      const lines: string[] = [];
      named("primary-2").lifecycle.crash();
      for (let second = 0; second < 20; second++) {
        world.advanceTo(world.now + 500);
        for (const name of servers.keys())
          if (!named(name).lifecycle.crashed) lines.push(ask(name, "CLUSTER NODES"), ask(name, "GET a"));
      }
      return lines.join("\n");
    };
    expect(run(5)).toBe(run(5));
    expect(run(6)).not.toBe(run(5));
  });
});
