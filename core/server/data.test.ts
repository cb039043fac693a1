// What holds for every type of data at once: any bytes, any length, payloads that come back, draws that are fair.
import { describe, expect, test } from "vitest";
import { hasVectorSets } from "../commands/modules.ts";
import { profiles, type ProfileName } from "../commands/profile.ts";
import type { Bytes } from "../kernel/bytes.ts";
import { ReplyDecoder, type DecodedReply } from "../resp/reply-decoder.ts";
import { World } from "./world.ts";

type Run = (...words: readonly Bytes[]) => DecodedReply;

function start(profile: ProfileName = "redis-8.0", seed = 1): Run {
  const world = new World({ seed, slice: latin1 });
  const decoder = new ReplyDecoder();
  const server = world.createServer({ profile, config: { "enable-debug-command": "yes" } });
  const link = server.connect({ peer: { write: (bytes) => decoder.push(bytes), close: () => {} } });
  return (...words) => {
    const request = `*${words.length}\r\n${words.map((word) => `$${word.length}\r\n${word}\r\n`).join("")}`;
    link.receive(Buffer.from(request, "latin1"));
    world.advanceTo(world.now);
    const reply = decoder.next();
    if (reply === undefined) throw new Error(`no reply to ${words[0]}`);
    if (reply.type === "error") throw new Error(`${words[0]}: ${reply.value}`);
    return reply;
  };
}

/** As a host would do it. */
const latin1 = (buffer: Uint8Array, from: number, to: number): Bytes =>
  Buffer.from(buffer.buffer, buffer.byteOffset + from, to - from).toString("latin1");

function texts(reply: DecodedReply): Bytes[] {
  if (reply.type === "array" || reply.type === "set" || reply.type === "map") return reply.items.flatMap(texts);
  return "value" in reply ? [String(reply.value)] : [];
}

const text = (reply: DecodedReply): Bytes => texts(reply)[0] ?? "";

/** How each type takes a value, and gives it back. */
const types = {
  string: [(v: Bytes) => ["SET", "k", v], () => ["GET", "k"]],
  list: [(v: Bytes) => ["RPUSH", "k", "a", v], () => ["LINDEX", "k", "1"]],
  set: [(v: Bytes) => ["SADD", "k", v], () => ["SMEMBERS", "k"]],
  zset: [(v: Bytes) => ["ZADD", "k", "1", v], () => ["ZRANGE", "k", "0", "0"]],
  hash: [(v: Bytes) => ["HSET", "k", "f", v], () => ["HGET", "k", "f"]],
  field: [(v: Bytes) => ["HSET", "k", v, "v"], () => ["HKEYS", "k"]],
  stream: [(v: Bytes) => ["XADD", "k", "1-1", "f", v], () => ["XRANGE", "k", "-", "+"]],
  element: [(v: Bytes) => ["VADD", "k", "VALUES", "2", "1", "2", v], () => ["VSIM", "k", "VALUES", "2", "1", "2"]],
} as const;

const everyByte = Array.from({ length: 256 }, (_, code) => String.fromCharCode(code)).join("");

describe.each(Object.entries(types))("a %s", (name, [write, read]) => {
  test.each([
    ["all 256 bytes", everyByte],
    ["nothing", ""],
    ["a NUL", "\0"],
  ])("holds %s", (_what, value) => {
    const run = start();
    run(...write(value));
    expect(texts(run(...read())).at(-1)).toBe(value);
  });

  test("holds a hundred megabytes", () => {
    const run = start();
    const value = "0123456789".repeat(10_000_000);
    run(...write(value));
    const back = texts(run(...read())).at(-1)!;
    expect(back.length).toBe(value.length);
    expect(back === value).toBe(true);
  }, 60_000);

  const having = (Object.keys(profiles) as ProfileName[]).filter(
    (each) => name !== "element" || hasVectorSets(profiles[each]),
  );

  test.each(having)("comes back from its payload under %s", (profile) => {
    const run = start(profile);
    for (const value of ["1", everyByte, "", "x".repeat(5000)]) {
      run("DEL", "k", "copy");
      run(...write(value));
      const payload = text(run("DUMP", "k"));
      run("RESTORE", "copy", "0", payload);
      expect(texts(run("DEBUG", "DIGEST-VALUE", "copy"))).toEqual(texts(run("DEBUG", "DIGEST-VALUE", "k")));
      expect(text(run("OBJECT", "ENCODING", "copy"))).toBe(text(run("OBJECT", "ENCODING", "k")));
    }
  });
});

test("keys of twenty kilobytes by the ten thousand are found again", () => {
  const run = start();
  const head = "x".repeat(20_000);
  for (let i = 0; i < 10_000; i++) run("SET", `${head}${i}`, String(i));
  expect(text(run("DBSIZE"))).toBe("10000");
  for (let i = 0; i < 10_000; i += 97) expect(text(run("GET", `${head}${i}`))).toBe(String(i));
}, 60_000);

/** Draws that must be uniform over ten elements; a chi-square beyond 27.9 would come by chance once in a thousand. */
const DRAWS = 10_000;
const LIMIT = 27.9;

const draws: readonly (readonly [string, readonly Bytes[], (run: Run) => Bytes])[] = [
  ["SRANDMEMBER", ["SADD", "k"], (run) => text(run("SRANDMEMBER", "k"))],
  ["SPOP", ["SADD", "k"], (run) => again(run, "SADD", text(run("SPOP", "k")))],
  ["HRANDFIELD", ["HSET", "k"], (run) => text(run("HRANDFIELD", "k"))],
  ["ZRANDMEMBER", ["ZADD", "k"], (run) => text(run("ZRANDMEMBER", "k"))],
  ["SRANDMEMBER with a count", ["SADD", "k"], (run) => texts(run("SRANDMEMBER", "k", "3")).at(-1)!],
  ["RANDOMKEY", ["MSET"], (run) => text(run("RANDOMKEY"))],
];

function again(run: Run, command: Bytes, member: Bytes): Bytes {
  run(command, "k", member);
  return member;
}

test.each(draws)("%s draws fairly, and the same from the same seed", (name, [command = "", ...key], draw) => {
  const elements = "0123456789".split("");
  const words = elements.flatMap((each) =>
    command === "HSET" || command === "MSET" ? [each, "v"] : command === "ZADD" ? ["0", each] : [each],
  );
  const count = (seed: number): Map<Bytes, number> => {
    const run = start("redis-8.0", seed);
    run(command, ...key, ...words);
    const counts = new Map<Bytes, number>();
    for (let i = 0; i < DRAWS; i++) {
      const drawn = draw(run);
      counts.set(drawn, (counts.get(drawn) ?? 0) + 1);
    }
    return counts;
  };
  const counts = count(7);
  expect([...count(7)]).toEqual([...counts]);
  if (name.includes("count")) return; // the last of three in the order of the set is no uniform draw
  const expected = DRAWS / elements.length;
  const chiSquare = elements.reduce((sum, each) => sum + ((counts.get(each) ?? 0) - expected) ** 2 / expected, 0);
  expect(chiSquare).toBeLessThan(LIMIT);
});
