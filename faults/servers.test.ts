// What each fault of servers does to them and their clients.
import { describe, expect, test } from "vitest";
import { primaryWithReplicas } from "../core/index.ts";
import { start } from "./fixtures/stage.ts";
import {
  busyScript,
  clockDrift,
  clockJump,
  crash,
  demote,
  diskFull,
  evictKeys,
  expireKeys,
  maxClients,
  oom,
  outputOverrun,
  pause,
  restart,
  shutdown,
  slowCommand,
  thunderingHerd,
} from "./index.ts";

describe("servers", () => {
  test("crash: connections end, and are reset where requests lie unread", () => {
    const { server, faults, connect } = start();
    const [idle, half, writer] = [connect(), connect(), connect()];
    half.send("*2");
    faults.inject(pause());
    writer.send("SET k v");
    faults.inject(crash());
    expect([idle, half, writer].map(({ closed }) => closed)).toEqual([["end"], ["end"], ["reset"]]);
    expect(server.databases[0]!.size).toBe(0);
  });

  test("crash: it is gone with its data, and starts again without them", () => {
    const { server, faults, connect } = start();
    const client = connect();
    client.send("SET k v");
    const guard = faults.inject(crash());
    expect([client.got(), client.closed, server.listens]).toEqual(["+OK", ["end"], false]);
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
    expect(client.got()).toBe("-LOADING Redis is loading the dataset in memory");
    world.advanceTo(world.now + 250);
    expect(client.ask("INFO persistence")).toMatch(/loading_loaded_perc:(24|25)\.\d\d loading_eta_seconds:1$/);
    world.advanceTo(world.now + 750);
    client.send("GET k");
    expect(client.got()).toBe("$1 v");
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

  test("busyScript: nobody is answered, then everybody BUSY, until it is killed", () => {
    const { world, faults, connect } = start();
    const client = connect();
    faults.inject(busyScript());
    client.send("GET k");
    expect(client.got()).toBe("");
    world.advanceTo(world.now + 5_000);
    const busy = "-BUSY Redis is busy running a script. You can only call SCRIPT KILL or SHUTDOWN NOSAVE.";
    expect([client.got(), client.ask("GET k"), client.ask("SCRIPT KILL")]).toEqual([busy, busy, "+OK"]);
    expect(client.ask("GET k")).toBe("$-1");
  });

  test("busyScript: one that has written cannot be killed, and ends by itself", () => {
    const { world, faults, connect } = start();
    const client = connect();
    faults.inject(busyScript({ wrote: true, forMs: 6_000 }));
    world.advanceTo(world.now + 5_500);
    expect(client.ask("SCRIPT KILL")).toMatch(/^-UNKILLABLE/);
    world.advanceTo(world.now + 500);
    expect(client.ask("GET k")).toBe("$-1");
  });

  test("busyScript: what was sent while it was not yet known runs when it ends", () => {
    const { faults, connect } = start();
    const client = connect();
    const guard = faults.inject(busyScript());
    client.send("GET k");
    guard.uninstall();
    expect(client.got()).toBe("$-1");
  });

  test("outputOverrun: a subscriber for whom too much comes is cut off, and nobody else", () => {
    const { faults, connect } = start();
    const [listener, other] = [connect(), connect()];
    listener.send("SUBSCRIBE news");
    const guard = faults.inject(outputOverrun({ limitBytes: 100 }));
    other.send("PUBLISH news short");
    expect([listener.closed, other.closed]).toEqual([[], []]);
    other.send(`PUBLISH news ${"long".repeat(5_000)}`);
    expect([listener.closed, other.closed]).toEqual([["end"], []]);
    guard.uninstall();
    expect(other.ask("CONFIG GET client-output-buffer-limit")).toContain("pubsub 33554432 8388608 60");
  });

  test("thunderingHerd: every connection breaks at once, those of other processes aside", () => {
    const { world, replica, faults, connect } = start();
    const clients = [connect(), connect(), connect(replica)];
    faults.inject(thunderingHerd());
    expect(clients.map(({ closed }) => closed)).toEqual([["reset"], ["reset"], ["reset"]]);
    connect().send("SET k v");
    world.advanceTo(world.now);
    expect(replica.databases[0]!.size).toBe(1);
  });

  test.each([
    ["everysec", {}, "old new"],
    ["everysec", { power: true }, "old"],
    ["always", { power: true }, "old new"],
    ["no", { power: true }, ""],
    ["no", {}, "old new"],
  ])("crash: with appendfsync %s and %j there is %j again", (appendfsync, options, kept) => {
    const { world, server, faults, connect } = start({ config: { appendonly: "yes", appendfsync } });
    const client = connect();
    client.send("SET old v");
    world.advanceTo(world.now + 1_000);
    client.send("SET new v");
    expect(client.got()).toBe("+OK +OK");
    const fault = faults.inject(crash(options));
    fault.uninstall();
    expect([...server.databases[0]!.keys()].join(" ")).toBe(kept);
  });

  test("crash and restart: what is kept and lost must be one of both", () => {
    expect(() => crash({ keepsData: true, power: true })).toThrow("keepsData keeps what power loses");
    expect(() => restart({ keepsData: true, power: true })).toThrow("keepsData keeps what power loses");
  });

  test("restart: what power takes from an append-only file is what was not synced", () => {
    const { world, faults, connect } = start({ config: { appendonly: "yes" } });
    connect().send("SET old v");
    world.advanceTo(world.now + 1_000);
    connect().send("SET new v");
    faults.inject(restart({ power: true }));
    expect(connect().ask("KEYS *")).toBe("*1 $3 old");
  });

  test("diskFull: a server with an append-only file acknowledges one more write, and loses it where it dies", () => {
    const { server, faults, connect } = start({ config: { appendonly: "yes" } });
    const client = connect();
    client.send("SET a 1");
    const fault = faults.inject(diskFull());
    const misconf = "-MISCONF Errors writing to the AOF file: No space left on device";
    expect(["SET b 1", "SET c 1", "PING", "GET b"].map((line) => client.ask(line))).toEqual([
      "+OK",
      misconf,
      misconf,
      "$1 1",
    ]);
    expect(client.ask("INFO persistence")).toContain("aof_last_write_status:err");
    server.lifecycle.restart();
    expect(connect().ask("KEYS *")).toBe("*1 $1 a");
    const again = connect();
    expect([again.ask("SET d 1"), again.ask("SET e 1")]).toEqual(["+OK", misconf]);
    fault.uninstall();
    expect([again.ask("SET e 1"), again.ask("DBSIZE")]).toEqual(["+OK", ":3"]);
    server.lifecycle.restart();
    expect(connect().ask("DBSIZE")).toBe(":3");
  });

  test("diskFull: what could not be written is tried again, ever more seldom", () => {
    const alone = primaryWithReplicas({ replicas: 0 });
    const { world, server, faults, connect } = start({ config: { appendonly: "yes" }, topology: alone });
    const fault = faults.inject(diskFull());
    const client = connect();
    client.send("SET k v");
    world.advanceTo(world.now + 86_400_000);
    expect(fault.fired).toBeLessThan(2_000);
    fault.uninstall();
    world.advanceTo(world.now + 60_000);
    server.lifecycle.crash();
    server.lifecycle.restart();
    expect(connect().ask("GET k")).toBe("$1 v");
  });

  test("diskFull: who promised that every change is on the disk ends", () => {
    const { server, faults, connect } = start({ config: { appendonly: "yes", appendfsync: "always" } });
    const client = connect();
    faults.inject(diskFull());
    client.send("SET k v");
    expect([client.got(), client.closed, server.listens]).toEqual(["", ["end"], false]);
  });

  test("diskFull: each family names itself", () => {
    const refusal = (profile: "redis-8.0" | "valkey-8.1") => {
      const { faults, connect } = start({ profile });
      faults.inject(diskFull());
      return connect().ask("SET k v");
    };
    expect(refusal("redis-8.0")).toMatch(/^-MISCONF Redis is .* the Redis logs/);
    expect(refusal("valkey-8.1")).toMatch(/^-MISCONF Valkey is .* the Valkey logs/);
  });

  test("diskFull: nothing is saved while it lasts", () => {
    const { world, server, faults, connect } = start();
    const client = connect();
    expect(client.ask("SAVE")).toBe("+OK");
    const fault = faults.inject(diskFull({ server: server.name }));
    client.send("CONFIG SET stop-writes-on-bgsave-error no");
    client.send("SET k v");
    client.send("SAVE");
    client.send("BGSAVE");
    expect(client.got()).toBe("+OK +OK -ERR +Background saving started");
    world.advanceTo(world.now + 1000);
    expect(fault.fired).toBe(2);
    fault.uninstall();
    server.lifecycle.restart();
    expect(connect().ask("DBSIZE")).toBe(":0");
  });

  test("shutdown: the process ends when its cron comes to it, with what it saves", () => {
    const { world, server, faults, connect } = start();
    const client = connect();
    client.send('CONFIG SET save "3600 1"');
    const aborted = faults.inject(shutdown());
    aborted.uninstall();
    world.advanceTo(world.now + 1000);
    expect(client.closed).toEqual([]);
    client.send("SET k v");
    const fault = faults.inject(shutdown());
    world.advanceTo(world.now + 3000);
    expect([client.closed, server.listens]).toEqual([["end"], false]);
    expect(faults.inject(shutdown()).fired).toBe(0);
    fault.uninstall();
    expect(connect().ask("GET k")).toBe("$1 v");
  });
});
