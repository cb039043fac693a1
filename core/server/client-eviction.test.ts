// `maxmemory-clients`, beyond what cases show: who does not read, and what INFO counts.
import { expect, test } from "vitest";
import { toUint8Array } from "../kernel/bytes.ts";
import { World } from "./world.ts";

test("whoever reads nothing of large replies is cut off, and counted", () => {
  const world = new World({ seed: 1 });
  const server = world.createServer({ config: { "maxmemory-clients": "5mb" } });
  const open = (backlog = false): { ask(line: string): void; closed: () => boolean } => {
    const state = { closed: false };
    const peer = { write() {}, close: () => void (state.closed = true), ...(backlog && { backlogBytes: 6_000_000 }) };
    const link = server.connect({ peer });
    return { ask: (line) => link.receive(toUint8Array(`${line}\r\n`)), closed: () => state.closed };
  };
  const reader = open();
  const deaf = open(true);
  reader.ask("PING");
  expect(deaf.closed()).toBe(true);
  expect(reader.closed()).toBe(false);
  expect(server.stats.evictedClients).toBe(1);
  expect(server.info(["stats"])).toContain("evicted_clients:1");
});

test("a limit that would keep everybody out is not taken at its word", () => {
  const server = new World({ seed: 1 }).createServer({ config: { "maxmemory-clients": "1" } });
  let received = "";
  const link = server.connect({ peer: { write: (bytes) => void (received += bytes), close() {} } });
  link.receive(toUint8Array("PING\r\n"));
  expect(received).toBe("+PONG\r\n");
});
