// Three Sentinels, a primary and its replica in one world: what they see, agree on and do, and in which order they tell it.
import { describe, expect, test } from "vitest";
import { toUint8Array } from "../../kernel/bytes.ts";
import type { Server } from "../../server/server.ts";
import { World } from "../../server/world.ts";
import { createSentinel } from "./create.ts";

function client(server: Server) {
  let received = "";
  const link = server.connect({ peer: { write: (bytes) => void (received += bytes), close() {} } });
  const got = (): string => {
    const text = received.replaceAll("\r\n", " ").trimEnd();
    received = "";
    return text;
  };
  return {
    got,
    ask(line: string): string {
      got();
      link.receive(toUint8Array(`${line}\r\n`));
      return got();
    },
  };
}

function deployment({ replicas = 1, seed = 1 } = {}) {
  const world = new World({ seed });
  const make = (name: string, port: number): Server =>
    world.createServer({ name, address: { host: "127.0.0.1", port }, config: { "repl-diskless-sync-delay": "0" } });
  const primary = make("primary", 6379);
  const others = Array.from({ length: replicas }, (_, at) => make(`replica-${at + 1}`, 6380 + at));
  for (const replica of others) replica.replication.follow(primary.address);
  const directives = [
    "sentinel monitor mymaster 127.0.0.1 6379 2",
    "sentinel down-after-milliseconds mymaster 1000",
    "sentinel failover-timeout mymaster 6000",
  ];
  const sentinels = [1, 2, 3].map((at) =>
    createSentinel(world, { name: `sentinel-${at}`, address: { host: "127.0.0.1", port: 26378 + at }, directives }),
  );
  const events: string[] = [];
  for (const { server } of sentinels) {
    const link = server.connect({
      own: true,
      peer: {
        write(bytes) {
          for (const [, channel, message] of bytes.matchAll(/\$\d+\r\n(\S+)\r\n\$\d+\r\n([^\r]*)\r\n(?=\*|$)/g)) {
            if (/^[+-]/.test(channel!)) events.push(`${server.name} ${channel} ${message}`);
          }
        },
        close() {},
      },
    });
    link.receive(toUint8Array("PSUBSCRIBE *\r\n"));
  }
  return { world, primary, replicas: others, sentinels, events };
}

describe("Sentinels", () => {
  test("find the replica and each other through the primary", () => {
    const { world, sentinels } = deployment();
    world.advanceTo(world.now + 15_000);
    for (const { server, masters } of sentinels) {
      const master = masters.get("mymaster")!;
      expect([...master.slaves.keys()]).toEqual(["127.0.0.1:6380"]);
      expect(master.sentinels.size).toBe(2);
      expect(client(server).ask("SENTINEL CKQUORUM mymaster")).toBe(
        "+OK 3 usable Sentinels. Quorum and failover authorization can be reached",
      );
    }
  });

  test("promote the replica when the primary dies, and turn it into a replica when it comes back", () => {
    const { world, primary, replicas, sentinels, events } = deployment({ replicas: 2 });
    world.advanceTo(world.now + 15_000);
    client(primary).ask("SET k v");
    world.advanceTo(world.now + 2_000);
    events.length = 0;
    primary.lifecycle.crash();
    world.advanceTo(world.now + 10_000);
    const promoted = replicas.find(({ replication }) => !replication.isReplica)!;
    expect(client(promoted).ask("GET k")).toBe("$1 v");
    const port = promoted.address.port;
    for (const { server } of sentinels) {
      expect(client(server).ask("SENTINEL GET-MASTER-ADDR-BY-NAME mymaster")).toBe(`*2 $9 127.0.0.1 $4 ${port}`);
    }
    const leader = events.find((event) => event.includes("+elected-leader"))!.split(" ")[0]!;
    expect(events.filter((event) => event.startsWith(leader)).map((event) => event.split(" ")[1])).toEqual([
      "+sdown",
      "+odown",
      "+new-epoch",
      "+try-failover",
      "+vote-for-leader",
      "+elected-leader",
      "+failover-state-select-slave",
      "+selected-slave",
      "+failover-state-send-slaveof-noone",
      "+failover-state-wait-promotion",
      "-role-change",
      "+promoted-slave",
      "+failover-state-reconf-slaves",
      "+slave-reconf-sent",
      "+slave-reconf-inprog",
      "+slave-reconf-done",
      "-odown",
      "+failover-end",
      "+switch-master",
      "+slave",
      "+slave",
      "+sdown",
    ]);
    primary.lifecycle.restart();
    world.advanceTo(world.now + 20_000);
    expect(primary.replication.primary?.address.port).toBe(port);
    expect(client(primary).ask("GET k")).toBe("$1 v");
  });

  test("leave a primary alone while too few find it down", () => {
    const { world, primary, events } = deployment();
    world.advanceTo(world.now + 15_000);
    const mend = ["sentinel-1"].flatMap((name) => [
      world.network.cut(name, "primary"),
      world.network.cut("primary", name),
    ]);
    world.advanceTo(world.now + 20_000);
    expect(events.some((event) => event.startsWith("sentinel-1 +sdown master"))).toBe(true);
    expect(events.some((event) => /[+]odown|[+]try-failover/.test(event))).toBe(false);
    for (const each of mend) each();
    world.advanceTo(world.now + 5_000);
    expect(events.some((event) => event.startsWith("sentinel-1 -sdown master"))).toBe(true);
    expect(primary.replication.isReplica).toBe(false);
  });

  test("fail over on command, without asking", () => {
    const { world, sentinels, replicas } = deployment();
    world.advanceTo(world.now + 15_000);
    expect(client(sentinels[0]!.server).ask("SENTINEL FAILOVER mymaster")).toBe("+OK");
    world.advanceTo(world.now + 15_000);
    expect(replicas[0]!.replication.isReplica).toBe(false);
  });

  test("do the same again from the same seed, and something else from another", () => {
    const run = (seed: number): string => {
      const { world, primary, events } = deployment({ seed });
      world.advanceTo(world.now + 15_000);
      primary.lifecycle.crash();
      world.advanceTo(world.now + 15_000);
      return events.join("\n");
    };
    expect(run(7)).toBe(run(7));
    expect(run(8)).not.toBe(run(7));
  });

  test("know from their file whom they knew before", () => {
    const world = new World({ seed: 1 });
    const [id, other] = ["a", "b"].map((digit) => digit.repeat(40));
    const { server } = createSentinel(world, {
      name: "sentinel-1",
      address: { host: "127.0.0.1", port: 26379 },
      directives: [
        `sentinel myid ${id}`,
        "sentinel current-epoch 7",
        "sentinel monitor mymaster 127.0.0.1 6379 2",
        "sentinel config-epoch mymaster 5",
        "sentinel leader-epoch mymaster 6",
        "sentinel known-replica mymaster 127.0.0.1 6380",
        `sentinel known-sentinel mymaster 127.0.0.1 26380 ${other}`,
        "sentinel deny-scripts-reconfig no",
      ],
    });
    const own = client(server);
    expect(own.ask("SENTINEL MYID")).toBe(`$40 ${id}`);
    expect(own.ask("SENTINEL REPLICAS mymaster")).toContain("127.0.0.1:6380");
    expect(own.ask("SENTINEL SENTINELS mymaster")).toContain(other);
    expect(own.ask("SENTINEL MASTER mymaster")).toContain("config-epoch $1 5");
    expect(own.ask("SENTINEL SET mymaster notification-script /bin/true")).toBe(
      "-ERR Notification script seems non existing or non executable",
    );
  });

  test.each([
    "sentinel myid short",
    "sentinel known-replica mymaster 127.0.0.1 0",
    "sentinel known-sentinel mymaster 127.0.0.1 26380",
    "sentinel config-epoch mymaster x",
    "sentinel current-epoch -1",
    "sentinel deny-scripts-reconfig maybe",
    "sentinel nosuch mymaster 1",
  ])("refuse %j", (line) => {
    const address = { host: "127.0.0.1", port: 26379 };
    const directives = ["sentinel monitor mymaster 127.0.0.1 6379 2", line];
    expect(() => createSentinel(new World(), { name: "sentinel-1", address, directives })).toThrow(
      `sentinel.conf: '${line}' is wrong`,
    );
  });
});
