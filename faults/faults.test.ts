// What every fault must satisfy, and what each of them does to a connection.
import { describe, expect, test } from "vitest";
import { World } from "../core/index.ts";
import {
  errorReply,
  faultFrom,
  faultNames,
  Injector,
  latency,
  parseFault,
  printFault,
  replyLost,
  resetPeer,
  type Fault,
} from "./index.ts";

function start({ seed = 1 } = {}) {
  const world = new World({ seed });
  const server = world.createServer({ name: "primary" });
  const connect = () => {
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
      closed,
      send: (line: string) => link.receive(new TextEncoder().encode(`${line}\r\n`)),
      got: () => {
        const text = received.replaceAll("\r\n", " ").trim();
        received = "";
        return text;
      },
    };
  };
  return { world, server, faults: new Injector(world), connect };
}

const examples: readonly Fault[] = [
  latency({ delayMs: 5, jitterMs: 1 }),
  latency({ delayMs: 5, command: ["GET", "SET"], nth: 2 }),
  resetPeer({ command: "GET" }),
  resetPeer({ when: "reply", afterBytes: 2, key: "user:*" }),
  errorReply({ error: "LOADING Redis is loading the dataset in memory", probability: 0.5 }),
  replyLost({ command: "INCR", nth: 1, then: "silence" }),
];

describe("every fault", () => {
  test.each(examples.map((fault) => [printFault(fault), fault] as const))(
    "%s prints, and reads back as itself",
    (text, fault) => {
      const read = parseFault(text);
      expect([read.name, read.options, read.selector]).toEqual([fault.name, fault.options, fault.selector]);
    },
  );

  test.each(examples.map((fault) => [printFault(fault), fault] as const))(
    "%s leaves no trace once it is taken out",
    (_text, fault) => {
      const { world, faults, connect } = start();
      const guard = faults.inject(fault);
      guard.uninstall();
      guard.uninstall();
      const client = connect();
      client.send("SET user:1 v");
      client.send("GET user:1");
      client.send("INCR n");
      expect([client.got(), client.closed, guard.fired, guard.active]).toEqual(["+OK $1 v :1", [], 0, false]);
      expect(world.hooks.watchesChunks || world.hooks.watchesCommands).toBe(false);
    },
  );

  test("the vocabulary names each of them", () => {
    expect([...new Set(examples.map(({ name }) => name))].sort()).toEqual([...faultNames].sort());
  });
});

describe("bad options", () => {
  test.each([
    ["nosuch()", /no fault is called 'nosuch'; there are latency/],
    ["latency()", /latency needs delayMs/],
    ['latency({"delayMs":"5"})', /delayMs is a number, not "5"/],
    ['latency({"delayMs":-1})', /milliseconds, 0 or more/],
    ['latency({"delay":5})', /latency has no option 'delay'; it has delayMs/],
    ['replyLost({"then":"maybe"})', /then is one of reset, silence/],
    ['resetPeer({"nth":0})', /nth counts from 1/],
    ['resetPeer({"probability":2})', /share between 0 and 1/],
    ['errorReply({"error":"two\\nlines"})', /one line that begins with its code/],
    ["latency({)", /options of latency are not JSON/],
    ["latency([])", /are a JSON object/],
    ["?", /not a fault/],
  ])("%s is refused", (text, message) => {
    expect(() => parseFault(text)).toThrow(message);
  });

  test("an own property of objects is no fault and no option", () => {
    expect(() => faultFrom("toString")).toThrow(TypeError);
    expect(() => faultFrom("latency", { delayMs: 1, constructor: 1 })).toThrow(/no option 'constructor'/);
  });
});

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

describe("errorReply", () => {
  test("refuses before the command runs, or stands in for its reply", () => {
    const { server, faults, connect } = start();
    faults.inject(errorReply({ error: "-OOM no", command: "SET", nth: 1 }));
    faults.inject(errorReply({ error: "ERR lost", command: "INCR", ran: true }));
    const client = connect();
    client.send("SET k v");
    client.send("SET l v");
    client.send("INCR n");
    expect(client.got()).toBe("-OOM no +OK -ERR lost");
    expect(server.databases[0]!.keys()).toEqual(["l", "n"]);
  });
});

describe("replyLost", () => {
  test("the command ran; replies before it arrive, then the connection breaks", () => {
    const { server, faults, connect } = start();
    faults.inject(replyLost({ command: "INCR" }));
    const client = connect();
    client.send("PING\r\nINCR n\r\nPING");
    expect([client.got(), client.closed, server.databases[0]!.peek("n")]).toEqual(["+PONG", ["reset"], "1"]);
  });

  test("silence: the connection stays, and nothing comes any more", () => {
    const { faults, connect } = start();
    faults.inject(replyLost({ command: "INCR", then: "silence" }));
    const [client, other] = [connect(), connect()];
    client.send("INCR n");
    client.send("PING");
    other.send("GET n");
    expect([client.got(), client.closed, other.got()]).toEqual(["", [], "$1 1"]);
  });
});

describe("selectors", () => {
  test("server, client, command, key and nth choose together", () => {
    const { faults, connect } = start();
    const guard = faults.inject(
      errorReply({ error: "ERR chosen", server: "primary", client: "app", command: "get", key: "a*", nth: 2 }),
    );
    const [app, other] = [connect(), connect()];
    app.send("CLIENT SETNAME app");
    app.got();
    other.send("GET a1");
    app.send("GET b");
    app.send("GET a1");
    app.send("GET a2");
    app.send("GET a3");
    expect([other.got(), app.got(), guard.fired]).toEqual(["$-1", "$-1 $-1 -ERR chosen $-1", 1]);
    expect(faults.unfired).toEqual([]);
  });

  test("a container names all of its subcommands, and one may be named alone", () => {
    const { faults, connect } = start();
    faults.inject(errorReply({ error: "ERR id", command: "client id" }));
    faults.inject(errorReply({ error: "ERR any", command: "CLIENT" }));
    const client = connect();
    client.send("CLIENT ID");
    client.send("CLIENT GETNAME");
    expect(client.got()).toBe("-ERR id -ERR any");
  });

  test("a probability is a share of the matches, and a fault that never struck is known", () => {
    const { faults, connect } = start();
    const half = faults.inject(errorReply({ error: "ERR half", command: "PING", probability: 0.5 }));
    faults.inject(errorReply({ error: "ERR never", command: "ECHO" }));
    const client = connect();
    for (let i = 0; i < 1000; i++) client.send("PING");
    expect(Math.abs(half.fired - 500)).toBeLessThan(60);
    expect(faults.unfired.map(({ fault }) => printFault(fault))).toEqual([
      'errorReply({"error":"ERR never","command":"ECHO"})',
    ]);
    faults.clear();
    client.got();
    client.send("PING");
    expect(client.got()).toBe("+PONG");
  });
});
