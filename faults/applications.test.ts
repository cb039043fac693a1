// What each fault of the application itself does.
import { describe, expect, test } from "vitest";
import { start } from "./fixtures/stage.ts";
import { lockExpiry, processPause, stampede } from "./index.ts";

describe("applications", () => {
  test("stampede: all who read within the window find the key gone at once", () => {
    const { world, faults, connect } = start();
    const clients = [connect(), connect(), connect()];
    clients[0]!.send("SET hot v");
    clients[0]!.got();
    faults.inject(stampede({ key: "hot", windowMs: 5 }));
    for (const client of clients) client.send("GET hot");
    expect(clients.map((client) => client.got())).toEqual(["", "", ""]);
    world.advanceTo(world.now + 5);
    expect(clients.map((client) => client.got())).toEqual(["$-1", "$-1", "$-1"]);
  });

  test("lockExpiry: a lock that was taken is gone, and one that was not is left alone", () => {
    const { world, faults, connect } = start();
    const client = connect();
    client.send("SET other v");
    faults.inject(lockExpiry({ key: "lock:*", afterMs: 100 }));
    client.send("SET lock:a me NX PX 10000");
    client.send("SET lock:a you NX PX 10000");
    world.advanceTo(world.now + 100);
    client.send("EXISTS lock:a other");
    expect(client.got()).toBe("+OK +OK $-1 :1");
  });

  test("processPause: a point holds up whoever reaches it the nth time", () => {
    const { world, faults } = start();
    faults.inject(processPause({ point: "write", forMs: 15_000, nth: 2 }));
    const reach = (name: string): number => world.hooks.onPoint({ name, now: world.now });
    expect([reach("write"), reach("read"), reach("write"), reach("write")]).toEqual([0, 0, 15_000, 0]);
  });
});
