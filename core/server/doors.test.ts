import { describe, expect, test } from "vitest";
import type { Server } from "./server.ts";
import { World } from "./world.ts";

const REFUSED = "Failed to bind to specified addresses.";

function set(server: Server, ...words: readonly string[]): string {
  const pairs = words.flatMap((name, at) => (at % 2 === 0 ? [[name, words[at + 1]!] as const] : []));
  try {
    server.config.set(pairs);
    return "OK";
  } catch (error) {
    return (error as Error).message.replace(/^.* - /, "");
  }
}

/** At which hosts it is found. */
function found({ world }: Server, port = 6379): string[] {
  return ["127.0.0.1", "127.9.9.9", "::1", "0:0::1", "localhost", "LOCALHOST", "cache.internal", "192.0.2.1"].filter(
    (host) => world.network.serverAt({ host, port }) !== undefined,
  );
}

describe("bind", () => {
  test.each([
    ["127.0.0.1", ["127.0.0.1", "localhost", "LOCALHOST"]],
    ["127.9.9.9", ["127.9.9.9"]],
    ["*", ["127.0.0.1", "127.9.9.9", "localhost", "LOCALHOST", "cache.internal", "192.0.2.1"]],
    ["::*", ["::1", "0:0::1", "localhost", "LOCALHOST"]],
    ["0:0:0:0:0:0:0:1", ["::1", "0:0::1", "localhost", "LOCALHOST"]],
    ["127.1", ["127.0.0.1", "localhost", "LOCALHOST"]],
    ["0177.0.0.01", ["127.0.0.1", "localhost", "LOCALHOST"]],
    ["Localhost", ["127.0.0.1", "localhost", "LOCALHOST"]],
    ["cache.internal", ["cache.internal"]],
    ["", []],
  ])("%j", (words, hosts) => {
    const server = new World().createServer({ address: { host: "cache.internal", port: 6379 } });
    expect(found(server)).toEqual(["cache.internal"]);
    expect(set(server, "bind", words)).toBe("OK");
    expect(found(server)).toEqual(hosts);
    expect(set(server, "bind", "cache.internal")).toBe("OK");
    expect(found(server)).toEqual(["cache.internal"]);
  });

  test.each(["other.internal", "* 127.0.0.1", "::1 0::1", "-", "127.0.0.08", "4294967296", "::12345", "fe80::1"])(
    "%j cannot be, and nothing has moved",
    (words) => {
      const server = new World().createServer();
      expect(set(server, "bind", words)).toBe(REFUSED);
      expect(found(server)).toContain("127.0.0.1");
    },
  );
});

describe("a port", () => {
  test("of a server that has died is free, and it finds it taken when it comes back", () => {
    const world = new World();
    const [first, second] = [7000, 7001].map((port) => world.createServer({ address: { host: "127.0.0.1", port } }));
    expect(set(second!, "port", "7000")).toBe("Unable to listen on this port. Check server logs.");
    first!.lifecycle.crash();
    expect(set(second!, "port", "7000")).toBe("OK");
    first!.lifecycle.restart();
    expect([first!.listens, world.network.serverAt({ host: "127.0.0.1", port: 7000 })]).toEqual([false, second]);
    second!.lifecycle.restart();
    first!.lifecycle.restart();
    expect([7000, 7001].map((port) => world.network.serverAt({ host: "127.0.0.1", port }))).toEqual([first, second]);
  });

  test("is kept by a server whose process stands still", () => {
    const world = new World();
    const [first, second] = [7000, 7001].map((port) => world.createServer({ address: { host: "127.0.0.1", port } }));
    first!.lifecycle.freeze();
    expect(set(second!, "port", "7000")).toBe("Unable to listen on this port. Check server logs.");
  });
});
