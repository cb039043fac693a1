// What waits for a client who does not take it, and when the server has enough of that.
import { expect, test } from "vitest";
import { toUint8Array, type Bytes } from "../kernel/bytes.ts";
import type { Link } from "./link.ts";
import { World } from "./world.ts";

const MESSAGE = "x".repeat(1_200_000);

function deployment(limits: string) {
  const world = new World({ startTime: 1_750_000_000_000 });
  const server = world.createServer({ config: { "client-output-buffer-limit": limits } });
  const received: Bytes[] = [];
  const open = (name: string): Link =>
    server.connect({
      peer: { write: (bytes) => received.push(bytes), close: () => received.push(`<${name} closed>`) },
    });
  const send = (link: Link, ...words: readonly Bytes[]): void =>
    link.receive(toUint8Array(`*${words.length}\r\n${words.map((word) => `$${word.length}\r\n${word}\r\n`).join("")}`));
  const publisher = server.connect({ own: true, peer: { write() {}, close() {} } });
  const publish = (message: Bytes): void => send(publisher, "PUBLISH", "news", message);
  const subscriber = open("subscriber");
  send(subscriber, "SUBSCRIBE", "news");
  received.length = 0;
  return { world, server, received, subscriber, publish, hold: () => world.network.cut(server.name, "application") };
}

test("a subscriber for whom more than the hard limit waits is cut off, and what waited is lost", () => {
  const { server, received, subscriber, publish, hold } = deployment("pubsub 2mb 0 0");
  const release = hold();
  publish(MESSAGE);
  expect(subscriber.closed).toBe(false);
  expect(server.clients.size).toBe(1);
  publish(MESSAGE);
  expect(server.stats.outputLimitDisconnections).toBe(1);
  release();
  expect(received).toEqual(["<subscriber closed>"]);
  expect(server.clients.size).toBe(0);
});

test("above the soft limit it may stay for so many seconds", () => {
  const { world, server, received, publish, hold } = deployment("pubsub 0 1mb 3");
  const release = hold();
  publish(MESSAGE);
  publish(MESSAGE);
  world.advanceTo(world.now + 3_000);
  expect(server.stats.outputLimitDisconnections).toBe(0);
  world.advanceTo(world.now + 1_000);
  expect(server.stats.outputLimitDisconnections).toBe(1);
  release();
  expect(received).toEqual(["<subscriber closed>"]);
});

test("whoever catches up in time begins anew", () => {
  const { world, server, received, publish, hold } = deployment("pubsub 0 1mb 3");
  const release = hold();
  publish(MESSAGE);
  publish(MESSAGE);
  world.advanceTo(world.now + 2_000);
  release();
  world.advanceTo(world.now + 10_000);
  expect(server.stats.outputLimitDisconnections).toBe(0);
  expect(received).toHaveLength(2);
  const again = hold();
  publish(MESSAGE);
  publish(MESSAGE);
  world.advanceTo(world.now + 3_000);
  expect(server.stats.outputLimitDisconnections).toBe(0);
  again();
  expect(received).toHaveLength(4);
});

test("CLIENT LIST tells what waits", () => {
  const { server, subscriber, publish, hold } = deployment("pubsub 0 0 0");
  hold();
  publish(MESSAGE);
  const client = server.clients.get(subscriber.client.id)!;
  expect(client.outputBytes).toBeGreaterThan(1 << 20);
  expect(client.outputBytes).toBeLessThan(2 << 20);
});
