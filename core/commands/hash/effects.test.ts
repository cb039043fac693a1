// What subscribers and replicas learn from the hash commands, as a real Redis 8.0.2 told a subscriber and a replica of its own.
import { describe, expect, test } from "vitest";
import { toUint8Array } from "../../kernel/bytes.ts";
import type { ServerOptions } from "../../server/server-options.ts";
import { World } from "../../server/world.ts";

function start(options: ServerOptions = {}) {
  const world = new World();
  const server = world.createServer(options);
  let effects: string[] = [];
  server.effects.observe({
    onPropagate: (commands) => {
      const words = commands.map(({ argv }) => argv.join(" "));
      effects.push(words.length > 1 ? `[${words.join(", ")}]` : words.join());
    },
    onNotify: (_event, name) => effects.push(name),
  });
  const link = server.connect({ peer: { write: () => {}, close: () => {} }, own: true });
  return {
    world,
    server,
    /** Sends a line and tells what it did: events by name, then what travels; one unit of several commands in brackets. */
    effectsOf: (line: string) => {
      effects = [];
      link.receive(toUint8Array(`${line}\r\n`));
      return effects.join("; ").replaceAll(String(world.now + 100_000), "AT");
    },
    /** Moves the clock and tells what that did. */
    effectsOfWaiting: (ms: number) => {
      effects = [];
      world.advanceTo(world.now + ms);
      return effects.join("; ");
    },
  };
}

/** Each line, what it does to a server that did the lines before. */
function told(lines: readonly (readonly [line: string, effects: string])[]): void {
  const { effectsOf } = start();
  for (const [line, effects] of lines) expect(`${line} => ${effectsOf(line)}`).toBe(`${line} => ${effects}`);
}

describe("hash commands tell", () => {
  test("of fields that are set and deleted", () => {
    told([
      ["HSET h a 1 b 2", "new; hset; HSET h a 1 b 2"],
      ["HMSET h a 1", "hset; HMSET h a 1"],
      ["HSETNX h a 1", ""],
      ["HSETNX h c 1", "hset; HSETNX h c 1"],
      ["HINCRBY h n 3", "hincrby; HINCRBY h n 3"],
      ["HINCRBYFLOAT h n 1.5", "hincrbyfloat; HSET h n 4.5"],
      ["HDEL h n x", "hdel; HDEL h n x"],
      ["HDEL h x", ""],
      ["HGETDEL h FIELDS 2 a x", "hdel; HDEL h a x"],
      ["HDEL h b c", "hdel; del; HDEL h b c"],
    ]);
  });

  test("of deadlines by absolute time, and of fields that are over at once as deleted", () => {
    told([
      ["HSET h a 1 b 2 c 3", "new; hset; HSET h a 1 b 2 c 3"],
      ["HEXPIRE h 100 FIELDS 3 a b x", "hexpire; HPEXPIREAT h AT FIELDS 2 a b"],
      ["HEXPIRE h 100 NX FIELDS 2 a c", "hexpire; HPEXPIREAT h AT NX FIELDS 1 c"],
      ["HEXPIRE h 100 GT FIELDS 1 a", ""],
      ["HPERSIST h FIELDS 2 a x", "hpersist; HPERSIST h FIELDS 2 a x"],
      ["HGETEX h EX 100 FIELDS 2 a x", "hexpire; HPEXPIREAT h AT FIELDS 2 a x"],
      ["HGETEX h PERSIST FIELDS 2 a x", "hpersist; HPERSIST h FIELDS 2 a x"],
      ["HGETEX h FIELDS 1 a", ""],
      ["HSETEX h EX 100 FXX FIELDS 1 a 2", "hset; hexpire; HSETEX h PXAT AT FXX FIELDS 1 a 2"],
      ["HSETEX h KEEPTTL FIELDS 1 a 2", "hset; HSETEX h KEEPTTL FIELDS 1 a 2"],
      ["HSETEX h PXAT 1 FIELDS 2 x 1 y 2", "hset; hdel; [HDEL h x, HDEL h y]"],
      ["HEXPIRE h 0 FIELDS 2 a b", "hdel; [HDEL h a, HDEL h b]"],
      ["HGETEX h PXAT 1 FIELDS 1 c", "hdel; del; HDEL h c"],
    ]);
  });

  test("of lapsed fields that they come upon", () => {
    const { world, server, effectsOf } = start();
    server.setActiveExpire(false);
    const afterLapse = (line: string, fields = "2 a b"): string => {
      effectsOf("FLUSHALL");
      effectsOf("HSET h a 1 b 2 k 3");
      effectsOf(`HPEXPIRE h 1 FIELDS ${fields}`);
      world.advanceTo(world.now + 2);
      return effectsOf(line);
    };
    expect(afterLapse("HGET h a")).toBe("hexpired; HDEL h a");
    expect(afterLapse("HMGET h a b")).toBe("hexpired; [HDEL h a, HDEL h b]");
    expect(afterLapse("HMGET h a b k", "3 a b k")).toBe("hexpired; del; [HDEL h a, HDEL h b, HDEL h k]");
    expect(afterLapse("HGETALL h")).toBe("");
    expect(afterLapse("HSETNX h a 5")).toBe("hexpired; hset; [HDEL h a, HSETNX h a 5]");
    expect(afterLapse("HRANDFIELD h", "3 a b k")).toBe("hexpired; del; [HDEL h k, HDEL h b, HDEL h a]");
    expect(afterLapse("HGETDEL h FIELDS 2 a k")).toBe("hexpired; hdel; [HDEL h a, HDEL h a k]");
    expect(afterLapse("HGETEX h EX 100 FIELDS 2 a k")).toBe(
      "hexpired; hexpire; [HDEL h a, HPEXPIREAT h AT FIELDS 2 a k]",
    );
    expect(afterLapse("HSETEX h FXX FIELDS 1 a 5")).toBe("HDEL h a");
  });
});

describe("fields lapse by themselves", () => {
  test("a millisecond after their deadline, the key with the last", () => {
    const { effectsOf, effectsOfWaiting } = start();
    effectsOf("HSET h a 1 b 2");
    effectsOf("HPEXPIRE h 10 FIELDS 1 a");
    effectsOf("HPEXPIRE h 20 FIELDS 1 b");
    expect(effectsOfWaiting(10)).toBe("");
    expect(effectsOfWaiting(1)).toBe("HDEL h a; hexpired");
    expect(effectsOfWaiting(10)).toBe("HDEL h b; hexpired; del");
  });

  test("in the sampled mode at the next cycle, a thousand for each database", () => {
    const { effectsOf, effectsOfWaiting } = start({ expiry: "sampled", config: { databases: "1" } });
    const fields = Array.from({ length: 1500 }, (_, i) => `f${i}`);
    effectsOf(`HSET h ${fields.join(" 1 ")} 1`);
    effectsOf(`HPEXPIRE h 10 FIELDS ${fields.length} ${fields.join(" ")}`);
    expect(effectsOfWaiting(99)).toBe("");
    expect(effectsOfWaiting(1).match(/HDEL/g)).toHaveLength(1000);
    expect(effectsOfWaiting(100).match(/HDEL|del/g)).toHaveLength(501);
  });
});
