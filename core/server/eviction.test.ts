// What cases cannot say of eviction, since no two servers weigh alike: which keys go, how much goes, and that the weight is kept right.
import { describe, expect, test } from "vitest";
import { Random } from "../kernel/random.ts";
import { toUint8Array } from "../kernel/bytes.ts";
import { Memory, type MeasuredMemory } from "./memory.ts";
import { World } from "./world.ts";

function start(config: Record<string, string> = {}) {
  const world = new World();
  const server = world.createServer({ config });
  let answered = "";
  const link = server.connect({ peer: { write: (bytes) => (answered += bytes), close: () => {} } });
  const run = (line: string): string => {
    answered = "";
    link.receive(toUint8Array(`${line}\r\n`));
    world.advanceTo(world.now);
    return answered.trim();
  };
  return { world, server, run };
}

/** Fills a server with keys of which every second is used again and again, then lacks memory for half of them. */
function survivors(policy: string, use: string): { used: number; unused: number } {
  const { world, server, run } = start({ "maxmemory-policy": policy });
  for (let i = 0; i < 400; i++) run(`SET ${i % 2 === 0 ? "used" : "unused"}:${i} ${"x".repeat(100)} EX 100000`);
  for (let turn = 0; turn < 20; turn++) {
    world.advanceTo(world.now + 60_000);
    for (let i = 0; i < 400; i += 2) run(`${use} used:${i}`);
  }
  const half = Math.floor((server.memory.used - 1_000_000) / 2) + 1_000_000;
  run(`CONFIG SET maxmemory ${half}`);
  expect(server.memory.used).toBeLessThanOrEqual(half);
  const keys = server.databases[0]!.allKeys();
  const used = keys.filter((key) => key.startsWith("used")).length;
  return { used, unused: keys.length - used };
}

describe.each(["allkeys-lru", "volatile-lru", "allkeys-lfu", "volatile-lfu"])("%s", (policy) => {
  test("spares keys that are used, and takes no more than it must", () => {
    const { used, unused } = survivors(policy, "GET");
    expect(used).toBeGreaterThan(180);
    expect(used + unused).toBeGreaterThan(180);
    expect(unused).toBeLessThan(40);
  });
});

test("volatile-ttl takes what would go first", () => {
  const { server, run } = start({ "maxmemory-policy": "volatile-ttl" });
  for (let i = 0; i < 200; i++) run(`SET k:${i} ${"x".repeat(100)} EX ${1000 + i}`);
  run(`CONFIG SET maxmemory ${Math.floor(server.memory.used - 100 * 150)}`);
  const left = server.databases[0]!.allKeys().map((key) => Number(key.slice(2)));
  expect(left.length).toBeLessThan(130);
  expect(left.filter((i) => i >= 100).length).toBeGreaterThan(90);
});

test("the weight that is kept up is the weight of what is there", () => {
  const { server, run } = start({ maxmemory: "100mb" });
  const random = new Random("weights");
  const weights: [kept: MeasuredMemory, reckoned: MeasuredMemory][] = [];
  const pick = (...words: readonly string[]): string => words[random.int(0, words.length - 1)]!;
  for (let i = 0; i < 3_000; i++) {
    const key = `k${random.int(0, 30)}`;
    run(
      pick(
        `SET ${key} ${"x".repeat(random.int(0, 200))}`,
        `SET ${key} 1 PX 5`,
        `DEL ${key}`,
        `RPUSH l${key} a b c`,
        `LPOP l${key}`,
        `HSET h${key} f${i} v`,
        `SADD s${key} ${i}`,
        `ZADD z${key} ${i} m${i}`,
        `XADD x${key} * f v`,
        `APPEND ${key} more`,
        `EXPIRE ${key} 100`,
        `PERSIST ${key}`,
        `RENAME ${key} ${key}r`,
        `COPY h${key} hh${key} REPLACE`,
        i % 100 === 0 ? "SWAPDB 0 1" : "PING",
        i % 500 === 0 ? "FLUSHALL" : "PING",
      ),
    );
    if (i % 50 === 0) weights.push([server.memory.measure(), new Memory(server).measure()]);
  }
  for (const [kept, reckoned] of weights) expect(kept).toEqual(reckoned);
});

test("a write to a full cache costs the same, however many keys are in it", () => {
  const costOf = (maxmemory: string): number => {
    const { server, run } = start({ "maxmemory-policy": "allkeys-lru", maxmemory });
    let written = 0;
    const write = (): string => run(`SET key:${written++} ${"x".repeat(100)}`);
    while (server.stats.evictedKeys < 100) write();
    const from = process.cpuUsage();
    for (let i = 0; i < 2_000; i++) write();
    const { user, system } = process.cpuUsage(from);
    return user + system;
  };
  costOf("1200kb");
  expect(costOf("4mb") / costOf("1200kb")).toBeLessThan(4);
});
