// Several servers in one world: transfers, streams, links that break, and who is whose replica.
import { describe, expect, test } from "vitest";
import { toUint8Array } from "../../kernel/bytes.ts";
import type { ProfileName } from "../../commands/profile.ts";
import type { Server } from "../server.ts";
import { World } from "../world.ts";

function client(server: Server) {
  let received = "";
  const link = server.connect({
    peer: { write: (bytes) => void (received += bytes), close: () => void (received += "<closed>") },
  });
  return {
    link,
    send(...lines: readonly string[]): void {
      for (const line of lines) link.receive(toUint8Array(`${line}\r\n`));
    },
    got(): string {
      const text = received.replaceAll("\r\n", " ").trimEnd();
      received = "";
      return text;
    },
    ask(line: string): string {
      this.got();
      this.send(line);
      return this.got();
    },
  };
}

interface Pair {
  readonly world: World;
  readonly primary: Server;
  readonly replica: Server;
}

function pair({ profile, config = {} }: { profile?: ProfileName; config?: Record<string, string> } = {}): Pair {
  const world = new World();
  const make = (name: string, port: number): Server =>
    world.createServer({
      name,
      address: { host: "127.0.0.1", port },
      config: { "enable-debug-command": "yes", ...config },
      ...(profile && { profile }),
    });
  const primary = make("primary", 6379);
  const replica = make("replica-1", 6380);
  return { world, primary, replica };
}

/** Whatever is due at this moment happens. */
function settle(world: World): void {
  world.advanceTo(world.now);
}

function synced(
  options: Parameters<typeof pair>[0] = {},
): Pair & { readonly a: ReturnType<typeof client>; readonly b: ReturnType<typeof client> } {
  const made = pair({ ...options, config: { "repl-diskless-sync-delay": "0", ...options.config } });
  const [a, b] = [client(made.primary), client(made.replica)];
  b.send("REPLICAOF 127.0.0.1 6379");
  settle(made.world);
  b.got();
  return { ...made, a, b };
}

describe("a replica", () => {
  test("gets what its primary holds, then what changes", () => {
    const { world, primary, replica } = pair();
    const [a, b] = [client(primary), client(replica)];
    a.send("SET k v EX 100", "SELECT 3", "HSET h f v", "XADD s 1-1 a b");
    b.send("SET own 1", "REPLICAOF 127.0.0.1 6379");
    settle(world);
    expect(b.ask("ROLE")).toContain("handshake");
    world.advanceTo(world.now + 5000);
    expect(b.ask("ROLE")).toContain("connected");
    expect(b.ask("MGET k own")).toBe("*2 $1 v $-1");
    a.send("HSET h g w", "SELECT 0", "INCR n", "MULTI", "INCR n", "SET m 1", "EXEC");
    settle(world);
    expect(b.ask("MGET n m")).toBe("*2 $1 2 $1 1");
    expect(a.ask("DEBUG DIGEST")).toBe(b.ask("DEBUG DIGEST"));
    expect(primary.replication.offset).toBe(replica.replication.offset);
  });

  test("refuses writes, and answers what its primary would not let it forget", () => {
    const { world, a, b } = synced();
    expect(b.ask("SET k v")).toBe("-READONLY You can't write against a read only replica.");
    a.send("SET k v PX 10");
    settle(world);
    world.advanceTo(world.now + 11);
    expect([b.ask("GET k"), b.ask("DBSIZE")]).toEqual(["$-1", ":0"]);
  });

  test("goes on where it was when its link broke", () => {
    const { world, primary, replica, a, b } = synced();
    a.send("SET k 1");
    settle(world);
    const mend = [world.network.cut("primary", "replica-1"), world.network.cut("replica-1", "primary")];
    a.send("CLIENT KILL TYPE replica", "SET k 2");
    expect(b.ask("GET k")).toBe("$1 1");
    for (const each of mend) each();
    settle(world);
    world.advanceTo(world.now + 1000);
    expect(b.ask("GET k")).toBe("$1 2");
    expect([primary.stats.fullSyncs, primary.stats.partialSyncs]).toEqual([1, 1]);
    expect(replica.replication.history.id).toBe(primary.replication.history.id);
  });

  test("asks for everything when the backlog has moved on", () => {
    const { world, primary, a, b } = synced({ config: { "repl-backlog-size": "100" } });
    const mend = [world.network.cut("primary", "replica-1"), world.network.cut("replica-1", "primary")];
    a.send("CLIENT KILL TYPE replica", `SET k ${"x".repeat(200)}`);
    for (const each of mend) each();
    world.advanceTo(world.now + 1000);
    expect(b.ask("STRLEN k")).toBe(":200");
    expect([primary.stats.fullSyncs, primary.stats.refusedPartialSyncs]).toEqual([2, 2]);
  });

  test("begins anew when a transfer has stopped in its middle", () => {
    const { world, primary, replica } = pair({ config: { "repl-diskless-sync": "no" } });
    const b = client(replica);
    let file = "";
    client(primary).send("SET k v");
    primary.connect({ peer: { write: (bytes) => void (file += bytes), close() {} } }).receive(toUint8Array("SYNC\r\n"));
    const answers = [file.slice(0, 60), file];
    world.network.outside = (_to, handler) => {
      world.schedule(world.now, () => handler.onOpen());
      return {
        localAddress: "127.0.0.1:1",
        close() {},
        write(bytes) {
          const answer = bytes.includes("PSYNC") ? `+FULLRESYNC ${"0".repeat(40)} 1\r\n${answers.shift()}` : "+OK\r\n";
          world.schedule(world.now, () => handler.onData(answer));
        },
      };
    };
    b.send("REPLICAOF 127.0.0.1 9999");
    world.advanceTo(world.now + 30_000);
    expect(b.ask("ROLE")).toContain("sync");
    world.advanceTo(world.now + 40_000);
    expect(b.ask("ROLE")).toContain("connected");
    expect(b.ask("GET k")).toBe("$1 v");
  });

  test("feeds replicas of its own the very same stream", () => {
    const { world, primary, replica, a, b } = synced();
    const second = world.createServer({ name: "replica-2", address: { host: "127.0.0.1", port: 6381 } });
    const c = client(second);
    c.send("REPLICAOF 127.0.0.1 6380");
    settle(world);
    a.send("SET k v");
    settle(world);
    expect(c.ask("GET k")).toBe("$1 v");
    expect(second.replication.offset).toBe(primary.replication.offset);
    b.send("REPLICAOF NO ONE");
    settle(world);
    world.advanceTo(world.now + 2000);
    b.send("SET k w");
    settle(world);
    expect(c.ask("GET k")).toBe("$1 w");
    expect([replica.stats.fullSyncs, replica.stats.partialSyncs]).toEqual([1, 1]);
    expect(a.ask("GET k")).toBe("$1 v");
  });
});

describe("a primary", () => {
  test("says at once how far it is, also when it is asked in one piece with what was written", () => {
    const { world, a } = synced();
    const asked = world.now;
    a.send("SET k v\r\nWAIT 1 0");
    settle(world);
    expect([a.got(), world.now - asked]).toEqual(["+OK :1", 0]);
  });

  test("waits for replicas until they have what was written", () => {
    const { world, a } = synced();
    a.send("SET k v", "WAIT 1 0", "GET k");
    expect(a.got()).toBe("+OK");
    settle(world);
    expect(a.got()).toBe(":1 $1 v");
  });

  test("takes no writes while it lacks replicas", () => {
    const { world, a } = synced({ config: { "min-replicas-to-write": "1" } });
    expect(a.ask("SET k v")).toBe("+OK");
    world.network.cut("replica-1", "primary");
    world.advanceTo(world.now + 12_000);
    expect(a.ask("SET k v")).toBe("-NOREPLICAS Not enough good replicas to write.");
    expect(a.ask("GET k")).toBe("$1 v");
  });

  test("hands over to a replica that has everything, and follows it", () => {
    const { world, primary, replica, a, b } = synced();
    a.send("SET k 1", "FAILOVER TO 127.0.0.1 6380 TIMEOUT 5000", "SET k 2");
    expect(a.got()).toBe("+OK +OK");
    world.advanceTo(world.now + 1000);
    expect(a.got()).toBe("-READONLY You can't write against a read only replica.");
    expect(b.ask("SET k 3")).toBe("+OK");
    settle(world);
    expect(a.ask("GET k")).toBe("$1 3");
    expect([replica.replication.isReplica, primary.replication.isReplica]).toEqual([false, true]);
    expect(replica.stats.partialSyncs).toBe(1);
  });

  test("drops a history for which nobody came back", () => {
    const { world, primary, b } = synced();
    const { id } = primary.replication.history;
    b.send("REPLICAOF NO ONE");
    settle(world);
    world.advanceTo(world.now + 3_602_000);
    expect(primary.replication.history.id).not.toBe(id);
    expect(primary.replication.history.backlog).toBeUndefined();
  });
});

test.each(["redis-7.0", "redis-7.2", "redis-7.4", "redis-8.0", "valkey-8.1"] as const)(
  "%s: clients that wait are let go when their server becomes a replica",
  (profile) => {
    const { world, replica } = pair({ profile });
    const [waiting, other] = [client(replica), client(replica)];
    waiting.send("BLPOP k 0");
    other.send("REPLICAOF 127.0.0.1 6379");
    settle(world);
    expect(waiting.got()).toBe(
      "-UNBLOCKED force unblock from blocking operation, instance state changed (master -> replica?) <closed>",
    );
  },
);
