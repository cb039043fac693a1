// What every fault must satisfy, and what each of them does to a connection.
import { describe, expect, test } from "vitest";
import { createDeployment, primaryWithReplicas, World } from "../core/index.ts";
import {
  bandwidth,
  blackHole,
  clockDrift,
  clockJump,
  clockSkew,
  crash,
  demote,
  diskFull,
  down,
  evictKeys,
  expireKeys,
  failover,
  failoverLosingWrites,
  fullResync,
  hold,
  limitData,
  lockExpiry,
  maxClients,
  oom,
  partition,
  pause,
  processPause,
  replicationLag,
  replicationStop,
  restart,
  slicer,
  slowClose,
  slowCommand,
  splitBrain,
  stampede,
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
  at,
  command,
  every,
  parseTimeline,
  timeline,
  when,
} from "./index.ts";

function start({ seed = 1 } = {}) {
  const world = new World({ seed });
  const { servers } = createDeployment(world, primaryWithReplicas());
  const server = servers.get("primary")!;
  const replica = servers.get("replica-1")!;
  const connect = (to = server) => {
    let received = "";
    const closed: string[] = [];
    const link = to.connect({
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
  return { world, server, replica, faults: new Injector(world), connect };
}

/** One of each; with its options, all of them. */
const examples: readonly Fault[] = [
  blackHole({ direction: "down" }),
  slicer({ sizeBytes: 1, delayMs: 1 }),
  bandwidth({ bytesPerSecond: 100 }),
  limitData({ sizeBytes: 10 }),
  slowClose({ delayMs: 10 }),
  down({ server: "primary" }),
  partition({ from: "application", to: ["primary"], oneWay: true }),
  hold({ direction: "down" }),
  crash({ keepsData: true }),
  restart({ keepsData: true, loadingMs: 10 }),
  pause({ forMs: 10 }),
  clockJump({ byMs: 10 }),
  clockDrift({ rate: 1.5 }),
  clockSkew({ byMs: 10 }),
  demote(),
  evictKeys({ keys: "session:*" }),
  expireKeys({ keys: "session:*", db: 1 }),
  oom({ key: "user:*" }),
  diskFull(),
  maxClients({ limit: 100 }),
  slowCommand({ durationMs: 5, command: "KEYS" }),
  replicationLag({ replica: "replica-1", delayMs: 100, jitterMs: 10 }),
  replicationStop({ replica: "replica-1" }),
  fullResync({ replica: "replica-1" }),
  failover({ to: "replica-1" }),
  failoverLosingWrites({ writes: 100 }),
  splitBrain({ primary: "primary" }),
  stampede({ key: "hot:*", windowMs: 5 }),
  lockExpiry({ key: "lock:*", afterMs: 5 }),
  processPause({ point: "before the write", forMs: 10, nth: 2 }),
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
      const { world, server, replica, faults, connect } = start();
      const guard = faults.inject(fault);
      guard.uninstall();
      guard.uninstall();
      world.advanceTo(world.now + 3_000);
      // After a failover another server is the primary, and stays it.
      const client = connect([server, replica].find(({ replication }) => !replication.isReplica));
      client.send("SET user:1 v");
      client.send("GET user:1");
      client.send("INCR n");
      // What acts at once has acted; what waits for its moment has not met it.
      const fired = fault.act === undefined ? 0 : 1;
      expect([client.got(), client.closed, guard.fired, guard.active]).toEqual(["+OK $1 v :1", [], fired, false]);
      expect(world.hooks.watchesChunks || world.hooks.watchesCommands || world.network.hasCuts).toBe(false);
    },
  );

  test.each(examples.map((fault) => [printFault(fault), fault] as const))(
    "%s lives beside every other",
    (_text, fault) => {
      for (const other of examples) {
        const { world, faults, connect } = start();
        const client = connect();
        const guards = [fault, other].map((each) => faults.inject(parseFault(printFault(each))));
        client.send("SET user:1 v");
        client.send("KEYS *");
        client.send("INCR n");
        world.advanceTo(world.now + 100);
        for (const guard of guards) guard.uninstall();
        expect([world.hooks.watchesChunks, world.hooks.watchesCommands, world.network.hasCuts]).toEqual([
          false,
          false,
          false,
        ]);
      }
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

  test("a reply that comes late is lost when it comes: the element is gone, and nobody has it", () => {
    const { faults, connect } = start();
    const guard = faults.inject(replyLost({ command: "BLPOP", nth: 1 }));
    const [waiting, writer] = [connect(), connect()];
    waiting.send("BLPOP queue 0");
    expect([guard.fired, waiting.closed]).toEqual([0, []]);
    writer.send("RPUSH queue job");
    writer.send("LLEN queue");
    expect([guard.fired, waiting.got(), waiting.closed, writer.got()]).toEqual([1, "", ["reset"], ":1 :0"]);
  });

  test("the reply of a wait in vain can be lost too", () => {
    const { world, faults, connect } = start();
    faults.inject(replyLost({ command: "BLPOP", then: "silence" }));
    const waiting = connect();
    waiting.send("BLPOP queue 1");
    world.advanceTo(world.now + 1001);
    waiting.send("PING");
    expect([waiting.got(), waiting.closed]).toEqual(["", []]);
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
});

describe("servers", () => {
  test("crash: it is gone with its data, and starts again without them", () => {
    const { server, faults, connect } = start();
    const client = connect();
    client.send("SET k v");
    const guard = faults.inject(crash());
    expect([client.got(), client.closed, server.listens]).toEqual(["+OK", ["reset"], false]);
    guard.uninstall();
    const again = connect();
    again.send("GET k");
    expect(again.got()).toBe("$-1");
  });

  test("restart: it answers LOADING while it reads what it kept", () => {
    const { world, faults, connect } = start();
    connect().send("SET k v");
    faults.inject(restart({ keepsData: true, loadingMs: 1_000 }));
    const client = connect();
    client.send("GET k");
    world.advanceTo(world.now + 1_000);
    client.send("GET k");
    expect(client.got()).toBe("-LOADING Redis is loading the dataset in memory $1 v");
  });

  test("pause: it stands still, and its clock runs", () => {
    const { world, faults, connect } = start();
    const client = connect();
    client.send("SET k v PX 500");
    client.got();
    faults.inject(pause({ forMs: 1_000 }));
    client.send("GET k");
    world.advanceTo(world.now + 999);
    expect(client.got()).toBe("");
    world.advanceTo(world.now + 1);
    expect(client.got()).toBe("$-1");
  });

  test("clockJump and clockDrift: keys expire by the server's own time", () => {
    const { world, faults, connect } = start();
    const client = connect();
    client.send("SET a v EX 100");
    client.send("SET b v EX 1000");
    faults.inject(clockJump({ byMs: 101_000 }));
    client.send("EXISTS a b");
    faults.inject(clockDrift({ rate: 10 }));
    world.advanceTo(world.now + 95_000);
    client.send("EXISTS a b");
    expect(client.got()).toBe("+OK +OK :1 :0");
  });

  test("demote: writes get READONLY under their application", () => {
    const { faults, connect } = start();
    const client = connect();
    const guard = faults.inject(demote());
    client.send("SET k v");
    guard.uninstall();
    client.send("SET k v");
    expect(client.got()).toBe("-READONLY You can't write against a read only replica. +OK");
  });

  test("evictKeys and expireKeys: what they choose is gone, with its event", () => {
    const { faults, connect } = start();
    const [client, listener] = [connect(), connect()];
    client.send("CONFIG SET notify-keyspace-events Eex");
    client.send("MSET session:1 a session:2 b cache:1 c");
    listener.send("PSUBSCRIBE *");
    listener.got();
    faults.inject(evictKeys({ keys: "session:*" }));
    faults.inject(expireKeys({ keys: "cache:*" }));
    client.got();
    client.send("DBSIZE");
    expect(client.got()).toBe(":0");
    expect(listener.got().match(/__keyevent@0__:(evicted|expired)/g)).toHaveLength(3);
  });

  test("oom and diskFull: writes are refused, reads work", () => {
    const { faults, connect } = start();
    const client = connect();
    const memory = faults.inject(oom());
    client.send("SET k v");
    client.send("DEL k");
    memory.uninstall();
    faults.inject(diskFull());
    client.send("DEL k");
    client.send("GET k");
    expect(client.got()).toMatch(/^-OOM command not allowed .* :0 -MISCONF Redis is configured .* \$-1$/);
  });

  test("maxClients: whoever comes too late is told", () => {
    const { world, server, faults, connect } = start();
    faults.inject(maxClients({ limit: server.clients.size }));
    const client = connect();
    world.advanceTo(world.now);
    expect([client.got(), client.closed]).toEqual(["-ERR max number of clients reached", ["end"]]);
  });

  test("slowCommand: everybody waits for it", () => {
    const { world, faults, connect } = start();
    const [slow, other] = [connect(), connect()];
    faults.inject(slowCommand({ durationMs: 100, command: "KEYS" }));
    slow.send("KEYS *");
    other.send("PING");
    expect([slow.got(), other.got()]).toEqual(["", ""]);
    world.advanceTo(world.now + 100);
    expect([slow.got(), other.got()]).toEqual(["*0", "+PONG"]);
  });
});

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
    const before = server.replication.fullSyncs;
    faults.inject(fullResync({ replica: "replica-1" }));
    world.advanceTo(world.now + 10_000);
    expect(server.replication.fullSyncs).toBe(before + 1);
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
    expect([client.got(), client.closed, server.crashed]).toEqual(["+OK +OK +OK", ["reset"], true]);
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
});

describe("applications", () => {
  test("stampede: all who read within the window find the key gone at once", () => {
    const { world, faults, connect } = start();
    const clients = [connect(), connect(), connect()];
    clients[0]!.send("SET hot v");
    clients[0]!.got();
    faults.inject(stampede({ key: "hot", windowMs: 5 }));
    for (const client of clients) client.send("GET hot");
    expect(clients.map((client) => client.got())).toEqual(["", "", ""]);
    world.advanceTo(world.now + 5);
    expect(clients.map((client) => client.got())).toEqual(["$-1", "$-1", "$-1"]);
  });

  test("lockExpiry: a lock that was taken is gone, and one that was not is left alone", () => {
    const { world, faults, connect } = start();
    const client = connect();
    client.send("SET other v");
    faults.inject(lockExpiry({ key: "lock:*", afterMs: 100 }));
    client.send("SET lock:a me NX PX 10000");
    client.send("SET lock:a you NX PX 10000");
    world.advanceTo(world.now + 100);
    client.send("EXISTS lock:a other");
    expect(client.got()).toBe("+OK +OK $-1 :1");
  });

  test("processPause: a point holds up whoever reaches it the nth time", () => {
    const { world, faults } = start();
    faults.inject(processPause({ point: "write", forMs: 15_000, nth: 2 }));
    const reach = (name: string): number => world.hooks.onPoint({ name, now: world.now });
    expect([reach("write"), reach("read"), reach("write"), reach("write")]).toEqual([0, 0, 15_000, 0]);
  });
});

describe("timelines", () => {
  const story = timeline([
    at("1s", crash({ server: "primary" }), { for: "2s" }),
    every("10s", evictKeys({ keys: "a*" }), { times: 2 }),
    when(command("SET lock:*"), clockJump({ byMs: 5_000 })),
  ]);

  test("print, and read back from JSON as themselves", () => {
    expect(String(story)).toBe(
      [
        'at 1s: crash({"server":"primary"}) for 2s',
        'every 10s from 10s, 2 times: evictKeys({"keys":"a*"})',
        'when {"command":"SET","key":"lock:*"}: clockJump({"byMs":5000})',
      ].join("\n"),
    );
    expect(String(parseTimeline(JSON.stringify(story)))).toBe(String(story));
  });

  test("play their faults in time, and take them out again", () => {
    const { world, server, faults, connect } = start();
    const stop = story.play(world, faults);
    world.advanceTo(world.now + 1_500);
    expect(server.crashed).toBe(true);
    world.advanceTo(world.now + 2_000);
    expect(server.crashed).toBe(false);
    const client = connect();
    client.send("SET a1 v");
    client.send("SET b1 v");
    world.advanceTo(world.now + 10_000);
    expect(server.databases[0]!.keys()).toEqual(["b1"]);
    const before = server.now - world.now;
    client.send("SET lock:x me");
    world.advanceTo(world.now);
    expect(server.now - world.now - before).toBe(5_000);
    stop();
    expect(server.now - world.now).toBe(before);
    expect(faults.all.every(({ active }) => !active)).toBe(true);
  });

  test("refuse what is no step", () => {
    expect(() => parseTimeline("{}")).toThrow(/array of steps/);
    expect(() => parseTimeline('[{"at":1}]')).toThrow(/names its fault/);
    expect(() => parseTimeline('[{"fault":"crash()"}]')).toThrow(/at, every or when/);
    expect(() => every(0, crash())).toThrow(/longer than nothing/);
  });
});
