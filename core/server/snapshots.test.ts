// What no case can show of a server's file: what it costs, and what its bytes are.
import { describe, expect, test } from "vitest";
import { World } from "./world.ts";

function start(config: Readonly<Record<string, string>> = {}) {
  const world = new World();
  const server = world.createServer({ config });
  let received = "";
  const link = server.connect({ peer: { write: (bytes) => (received += bytes), close() {} } });
  const ask = (line: string): string => {
    received = "";
    link.receive(new TextEncoder().encode(`${line}\r\n`));
    world.advanceTo(world.now);
    return received;
  };
  return { world, server, ask };
}

const DAY_MS = 86_400_000;

describe("save points", () => {
  test("cost nothing while nothing changes", () => {
    const { world, server, ask } = start({ save: "3600 1 300 100 60 10000" });
    ask("SET k v");
    world.advanceTo(world.now + 365 * DAY_MS);
    expect([server.stats.rdbSaves, world.eventsRun]).toEqual([1, 2]);
  });

  test("wait for a server that stands still", () => {
    const { world, server, ask } = start({ save: "10 1" });
    ask("SET k v");
    const goOn = server.lifecycle.freeze();
    world.advanceTo(world.now + 60_000);
    expect(server.stats.rdbSaves).toBe(0);
    goOn();
    world.advanceTo(world.now + 1_000);
    expect(server.stats.rdbSaves).toBe(1);
  });
});

describe("the file", () => {
  const fileOf = ({ server }: ReturnType<typeof start>): string => server.disk.read("/data/dump.rdb") ?? "";

  test("ends with its checksum, or with none", () => {
    const checked = start();
    checked.ask("SAVE");
    expect(fileOf(checked)).not.toMatch(/\0{8}$/);
    const unchecked = start({ rdbchecksum: "no" });
    unchecked.ask("SET k v");
    unchecked.ask("SAVE");
    expect(fileOf(unchecked)).toMatch(/\0{8}$/);
    unchecked.server.lifecycle.restart();
    expect(unchecked.server.databases[0]!.size).toBe(1);
  });

  test("survives any number of processes, and is gone with the server", () => {
    const { world, server, ask } = start();
    ask("SET k v");
    ask("SAVE");
    for (let i = 0; i < 3; i++) server.lifecycle.restart();
    expect(server.databases[0]!.size).toBe(1);
    world.removeServer(server);
    expect(server.databases[0]!.size).toBe(0);
  });
});
