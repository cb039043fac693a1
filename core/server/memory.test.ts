// used_memory follows what is stored: it grows by what MEMORY USAGE says of a key, and falls back when the key goes.
import { expect, test } from "vitest";
import { World } from "./world.ts";

function ask(words: readonly string[]): string {
  return `*${words.length}\r\n${words.map((word) => `$${word.length}\r\n${word}\r\n`).join("")}`;
}

function start() {
  const world = new World();
  let answered = "";
  const link = world.createServer({}).connect({ peer: { write: (bytes) => (answered += bytes), close: () => {} } });
  return (...words: readonly string[]): string => {
    answered = "";
    link.receive(Uint8Array.from(ask(words), (char) => char.charCodeAt(0)));
    world.advanceTo(world.now);
    return answered;
  };
}

test("used_memory grows with a value and falls back without it", () => {
  const run = start();
  const used = (): number => Number(/used_memory:(\d+)/.exec(run("INFO", "memory"))![1]);
  const empty = used();
  run("SET", "k", "x".repeat(10_000));
  const usage = Number(run("MEMORY", "USAGE", "k").slice(1));
  expect(usage).toBeGreaterThan(10_000);
  expect(used() - empty).toBeGreaterThanOrEqual(usage);
  run("APPEND", "k", "y".repeat(10_000));
  expect(used() - empty).toBeGreaterThan(20_000);
  run("DEL", "k");
  expect(used()).toBe(empty);
});
