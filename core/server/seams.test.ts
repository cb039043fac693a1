// The seams that no command of today reaches by itself: waiting for keys, effects of a unit, links that delay, servers that stall.
import { asString } from "../commands/values.ts";
import { describe, expect, test } from "vitest";
import { arg } from "../commands/args.ts";
import { defineCommand } from "../commands/command.ts";
import { key } from "../commands/keys.ts";
import { stringBytes } from "../types/string-value.ts";
import { toUint8Array } from "../kernel/bytes.ts";
import type { EffectObserver, PropagatedCommand } from "./effects.ts";
import type { Server } from "./server.ts";
import type { ServerOptions } from "./server-options.ts";
import { World } from "./world.ts";

/** Waits for a key and takes it away: the shape of every blocking pop. */
const take = defineCommand({
  name: "TAKE",
  group: "generic",
  since: "1.0.0",
  arity: 3,
  summary: "Waits for a key and takes it.",
  complexity: "O(1)",
  flags: ["write", "blocking"],
  keys: [key.at(1, "RW", "ACCESS", "DELETE")],
  args: [arg.key("key"), arg.integer("timeout")],
  run({ db, reply, propagate, mayBlock, block }, { key: name, timeout }) {
    const serve = (): boolean => {
      const value = asString(db.peek(name));
      if (value === undefined) return false;
      reply.bulk(stringBytes(value));
      db.delete(name);
      propagate("DEL", name);
      return true;
    };
    if (serve()) return;
    if (mayBlock)
      block({
        keys: [name],
        type: "string",
        timeoutMs: Number(timeout),
        retry: serve,
        timedOut: () => reply.nullArray(),
      });
    else reply.nullArray();
  },
});

function start(options: ServerOptions = {}) {
  const world = new World();
  const server = world.createServer({ extraCommands: [take], ...options });
  return { world, server, client: () => connect(server) };
}

function connect(server: Server) {
  let received = "";
  const closed: string[] = [];
  const link = server.connect({
    peer: {
      write: (bytes) => {
        received += bytes;
      },
      close: (reason) => closed.push(reason),
    },
  });
  return {
    link,
    closed,
    send: (...lines: string[]) => link.receive(toUint8Array(lines.map((line) => `${line}\r\n`).join(""))),
    got: () => {
      const text = received.replaceAll("\r\n", " ").trim();
      received = "";
      return text;
    },
  };
}

function record(server: Server): PropagatedCommand[][] {
  const units: PropagatedCommand[][] = [];
  const observer: EffectObserver = { onPropagate: (commands) => units.push([...commands]) };
  server.effects.observe(observer);
  return units;
}

describe("waiting for keys", () => {
  test("first blocked, first served, and one value serves one client", () => {
    const { client } = start();
    const [a, b, writer] = [client(), client(), client()];
    a.send("TAKE k 0");
    b.send("TAKE k 0");
    expect([a.got(), b.got()]).toEqual(["", ""]);
    writer.send("SET k one");
    expect([a.got(), b.got(), writer.got()]).toEqual(["$3 one", "", "+OK"]);
    writer.send("SET k two", "EXISTS k");
    expect([b.got(), writer.got()]).toEqual(["$3 two", "+OK :0"]);
  });

  test("what a client sent while it waited runs afterwards, in order", () => {
    const { client } = start();
    const [a, writer] = [client(), client()];
    a.send("TAKE k 0", "PING", "GET k");
    writer.send("SET k v");
    expect(a.got()).toBe("$1 v +PONG $-1");
  });

  test("the timeout is on the server's clock: a wait is over one millisecond after its time", () => {
    const { world, client } = start();
    const a = client();
    a.send("TAKE k 100");
    world.advanceTo(world.now + 100);
    expect(a.got()).toBe("");
    world.advanceTo(world.now + 1);
    expect(a.got()).toBe("*-1");
    expect(world.nextDeadline()).toBeUndefined();
  });

  test("a client that vanishes takes nothing with it", () => {
    const { client } = start();
    const [a, writer] = [client(), client()];
    a.send("TAKE k 0");
    a.link.end();
    writer.send("SET k v", "GET k");
    expect(writer.got()).toBe("+OK $1 v");
  });

  test("inside MULTI nothing waits, and a written key is served after EXEC", () => {
    const { client } = start();
    const [a, b] = [client(), client()];
    b.send("MULTI", "TAKE k 0", "EXEC");
    expect(b.got()).toBe("+OK +QUEUED *1 *-1");
    a.send("TAKE k 0");
    b.send("MULTI", "SET k one", "SET k two", "EXEC");
    expect(b.got()).toBe("+OK +QUEUED +QUEUED *2 +OK +OK");
    expect(a.got()).toBe("$3 two");
  });
});

describe("effects", () => {
  test("a unit propagates once: commands as replicas must see them", () => {
    const { world, server, client } = start();
    const units = record(server);
    const a = client();
    a.send("SET k v EX 10", "GET k", "MULTI", "SET a 1", "INCRBYFLOAT a 0.5", "EXEC", "GETDEL a", "DEL none");
    world.advanceTo(world.now + 10_001);
    const deadline = String(world.now - 1);
    expect(units.map((unit) => unit.map(({ argv }) => argv.join(" ")))).toEqual([
      [`SET k v PXAT ${deadline}`],
      ["SET a 1", "SET a 1.5 KEEPTTL"],
      ["DEL a"],
      ["DEL k"],
    ]);
  });

  test("a served wait is a unit of its own, behind the one that wrote", () => {
    const { server, client } = start();
    const units = record(server);
    const [a, b] = [client(), client()];
    a.send("TAKE k 0");
    b.send("SET k v");
    expect(units.map((unit) => unit.map(({ argv }) => argv.join(" ")))).toEqual([["SET k v"], ["DEL k"]]);
  });

  test("events name their class, their key and their database", () => {
    const { world, server, client } = start();
    const events: string[] = [];
    server.effects.observe({ onNotify: (event, name, of, db) => events.push(`${event} ${name} ${of}@${db}`) });
    const a = client();
    a.send("SELECT 2", "SET k v PX 5", "GET none");
    world.advanceTo(world.now + 6);
    expect(events).toEqual([
      "new new k@2",
      "string set k@2",
      "generic expire k@2",
      "keymiss keymiss none@2",
      "expired expired k@2",
    ]);
  });
});

describe("links", () => {
  test("delayed replies keep their order, and a reply behind a delayed one waits for it", () => {
    const { world, client } = start();
    const a = client();
    let nth = 0;
    world.hooks.install({
      onChunk: ({ direction }) => (direction === "down" && nth++ === 0 ? { type: "delay", delayMs: 10 } : undefined),
    });
    a.send("ECHO first");
    a.send("ECHO second");
    expect(a.got()).toBe("");
    world.advanceTo(world.now + 10);
    expect(a.got()).toBe("$5 first $6 second");
  });

  test("a dropped chunk never arrives; a reset closes both ends", () => {
    const { world, server, client } = start();
    const a = client();
    const remove = world.hooks.install({ onChunk: () => ({ type: "drop" }) });
    a.send("PING");
    remove();
    expect(a.got()).toBe("");
    world.hooks.install({ onChunk: () => ({ type: "reset" }) });
    a.send("PING");
    expect([a.closed, server.clients.size]).toEqual([["reset"], 0]);
  });

  test("a quiet connection moves to another server with its database, name and protocol", () => {
    const { world, client } = start();
    const other = world.createServer();
    const a = client();
    a.send("HELLO 3 SETNAME me", "SELECT 3");
    a.got();
    other.connections.adopt(a.link);
    a.send("CLIENT GETNAME", "SET k v", "GET none");
    expect(a.got()).toBe("$2 me +OK _");
    expect(other.databases[3]!.size).toBe(1);
  });
});

describe("time", () => {
  test("a stalled server does nothing, then everything in its order", () => {
    const { world, client } = start({ config: { "enable-debug-command": "yes" } });
    const [a, b] = [client(), client()];
    a.send("SET k v PX 50", "DEBUG SLEEP 0.1", "GET k");
    b.send("PING");
    expect([a.got(), b.got()]).toEqual(["+OK", ""].map((text, i) => (i === 0 ? "" : text)));
    world.advanceTo(world.now + 100);
    expect([a.got(), b.got()]).toEqual(["+OK +OK $-1", "+PONG"]);
  });

  test("a key is there at its deadline and gone a millisecond later, without anybody looking", () => {
    const { world, server, client } = start();
    const a = client();
    a.send("SET k v PX 10");
    world.advanceTo(world.now + 10);
    a.send("PTTL k", "GET k");
    expect(a.got()).toBe("+OK :0 $1 v");
    world.advanceTo(world.now + 1);
    expect(server.databases[0]!.size).toBe(0);
  });

  test("sampled expiry is late, the same with the same seed, and hides what is over", () => {
    const run = (seed: number): number[] => {
      const world = new World({ seed });
      const server = world.createServer({ expiry: "sampled" });
      const a = connect(server);
      for (let i = 0; i < 200; i++) a.send(`SET k${i} v PX ${i < 20 ? 10 : 100_000}`);
      const sizes: number[] = [];
      for (let step = 0; step < 30; step++) {
        world.advanceTo(world.now + 100);
        sizes.push(server.databases[0]!.size);
      }
      a.got();
      a.send("GET k0");
      expect(a.got()).toBe("$-1");
      return sizes;
    };
    const sizes = run(1);
    expect(run(1)).toEqual(sizes);
    expect(sizes[0]).toBeGreaterThan(180);
    expect(sizes.at(-1)).toBeLessThan(sizes[0]!);
  });

  test("hz and active-expire-effort make sampled expiry sooner and more thorough", () => {
    const left = (config: Record<string, string>): number => {
      const world = new World();
      const server = world.createServer({ expiry: "sampled", config });
      const a = connect(server);
      for (let i = 0; i < 2000; i++) a.send(`SET k${i} v PX ${i < 300 ? 1 : 1_000_000}`);
      world.advanceTo(world.now + 1000);
      return server.databases[0]!.size;
    };
    const usual = left({});
    expect(left({ hz: "100" })).toBeLessThan(usual);
    expect(left({ "active-expire-effort": "10" })).toBeLessThan(usual);
  });

  test.each([1.0001, 0.37, 1 / 3])(
    "a clock that runs at %d neither misses a deadline nor stands still before it",
    (rate) => {
      const { world, server, client } = start();
      server.clock.drift(rate);
      server.clock.jump(0.1);
      const a = client();
      for (let i = 1; i <= 200; i++) a.send(`SET k${i} v PX ${i * 7}`);
      world.advanceTo(world.now + 10_000);
      expect([server.databases[0]!.size, world.nextDeadline()]).toEqual([0, undefined]);
    },
  );

  test("a server whose clock drifts expires by its own clock", () => {
    const { world, server, client } = start();
    server.clock.drift(2);
    const a = client();
    a.send("SET k v PX 100");
    world.advanceTo(world.now + 40);
    a.send("EXISTS k");
    world.advanceTo(world.now + 20);
    a.send("EXISTS k");
    expect(a.got()).toBe("+OK :1 :0");
  });
});
