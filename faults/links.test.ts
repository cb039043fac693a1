// What each fault of links does to a connection.
import { describe, expect, test } from "vitest";
import { start } from "./fixtures/stage.ts";
import {
  bandwidth,
  blackHole,
  down,
  hold,
  latency,
  limitData,
  partition,
  resetPeer,
  slicer,
  slowClose,
} from "./index.ts";

describe("latency", () => {
  test("delays replies, keeps their order, and fires once a chunk", () => {
    const { world, faults, connect } = start();
    const guard = faults.inject(latency({ delayMs: 10 }));
    const client = connect();
    client.send("ECHO a");
    client.send("ECHO b");
    world.advanceTo(world.now + 9);
    expect(client.got()).toBe("");
    world.advanceTo(world.now + 1);
    expect([client.got(), guard.fired]).toEqual(["$1 a $1 b", 2]);
  });

  test("up delays the request: the command runs late", () => {
    const { world, server, faults, connect } = start();
    faults.inject(latency({ delayMs: 10, direction: "up" }));
    connect().send("SET k v");
    expect(server.databases[0]!.size).toBe(0);
    world.advanceTo(world.now + 10);
    expect(server.databases[0]!.size).toBe(1);
  });

  test("jitter follows the seed", () => {
    const arrivals = (seed: number): number[] => {
      const { world, faults, connect } = start({ seed });
      faults.inject(latency({ delayMs: 10, jitterMs: 10 }));
      return Array.from({ length: 5 }, () => {
        const client = connect();
        client.send("PING");
        return world.nextDeadline()! - world.now;
      });
    };
    expect(arrivals(1)).toEqual(arrivals(1));
    expect(arrivals(1)).not.toEqual(arrivals(2));
  });
});

describe("resetPeer", () => {
  test("before: the command does not run", () => {
    const { server, faults, connect } = start();
    faults.inject(resetPeer({ command: "SET" }));
    const client = connect();
    client.send("SET k v");
    expect([client.got(), client.closed, server.databases[0]!.size]).toEqual(["", ["reset"], 0]);
  });

  test("in the middle of a reply: it ran, and a part arrives", () => {
    const { server, faults, connect } = start();
    faults.inject(resetPeer({ command: "SET", when: "reply", afterBytes: 2 }));
    const client = connect();
    client.send("SET k v");
    expect([client.got(), client.closed, server.databases[0]!.size]).toEqual(["+O", ["reset"], 1]);
  });
});

describe("links", () => {
  test("blackHole: nothing arrives, and the connection stays deaf", () => {
    const { faults, connect } = start();
    const client = connect();
    const guard = faults.inject(blackHole({ direction: "down" }));
    client.send("PING");
    guard.uninstall();
    client.send("PING");
    expect([client.got(), client.closed]).toEqual(["", []]);
    const other = connect();
    other.send("PING");
    expect(other.got()).toBe("+PONG");
  });

  test("slicer: a reply arrives in pieces", () => {
    const { world, faults, connect } = start();
    faults.inject(slicer({ sizeBytes: 3, delayMs: 10 }));
    const client = connect();
    client.send("PING");
    expect(client.got()).toBe("+PO");
    world.advanceTo(world.now + 20);
    expect(client.got()).toBe("NG");
  });

  test("bandwidth: bytes take their time, one after the other", () => {
    const { world, faults, connect } = start();
    faults.inject(bandwidth({ bytesPerSecond: 7_000 }));
    const client = connect();
    client.send("PING");
    client.send("PING");
    world.advanceTo(world.now + 1);
    expect(client.got()).toBe("+PONG");
    world.advanceTo(world.now + 1);
    expect(client.got()).toBe("+PONG");
  });

  test("limitData: the connection ends in the middle of a byte too many", () => {
    const { faults, connect } = start();
    faults.inject(limitData({ sizeBytes: 10 }));
    const client = connect();
    client.send("PING");
    client.send("PING");
    expect([client.got(), client.closed]).toEqual(["+PONG +PO", ["reset"]]);
  });

  test("slowClose: the end comes late", () => {
    const { world, faults, connect } = start();
    faults.inject(slowClose({ delayMs: 50 }));
    const client = connect();
    client.send("QUIT");
    world.advanceTo(world.now + 49);
    expect([client.got(), client.closed]).toEqual(["+OK", []]);
    world.advanceTo(world.now + 1);
    expect(client.closed).toEqual(["end"]);
  });

  test("down: connections break", () => {
    const { server, faults, connect } = start();
    const client = connect();
    const guard = faults.inject(down());
    expect([client.closed, server.listens]).toEqual([["reset"], false]);
    guard.uninstall();
    expect(server.listens).toBe(true);
  });

  test("partition: nobody hears the other, and what was under way arrives when it heals", () => {
    const { server, faults, connect } = start();
    const client = connect();
    const guard = faults.inject(partition({ from: "application", to: "primary" }));
    client.send("SET k v");
    expect([client.got(), server.databases[0]!.size]).toEqual(["", 0]);
    guard.uninstall();
    expect([client.got(), server.databases[0]!.size]).toEqual(["+OK", 1]);
  });

  test("a one-way partition swallows nothing that goes the other way", () => {
    const { server, faults, connect } = start();
    const client = connect();
    faults.inject(partition({ from: "primary", to: "application", oneWay: true }));
    client.send("SET k v");
    expect([client.got(), server.databases[0]!.size]).toEqual(["", 1]);
  });

  test("a partition names processes that there are", () => {
    const { faults } = start();
    expect(() => faults.inject(partition({ from: "nobody", to: "primary" }))).toThrow(/there is no "nobody"/);
  });

  test("hold: replies wait, and arrive together", () => {
    const { faults, connect } = start();
    const client = connect();
    const guard = faults.inject(hold({ direction: "down" }));
    client.send("PING");
    client.send("ECHO a");
    expect(client.got()).toBe("");
    guard.uninstall();
    expect(client.got()).toBe("+PONG $1 a");
  });

  test("blackHole: a connection that it has met may end after a while", () => {
    const { world, faults, connect } = start();
    faults.inject(blackHole({ direction: "up", closeAfterMs: 1_000 }));
    const [met, other] = [connect(), connect()];
    met.send("SET k v");
    world.advanceTo(world.now + 1_000);
    expect([met.got(), met.closed, other.closed]).toEqual(["", ["end"], []]);
  });
});
