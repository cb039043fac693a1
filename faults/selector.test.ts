// Whom a selector chooses, end to end.
import { describe, expect, test } from "vitest";
import { start } from "./fixtures/stage.ts";
import { errorReply, printFault } from "./index.ts";

describe("selectors", () => {
  test("server, client, command, key and nth choose together", () => {
    const { faults, connect } = start();
    const guard = faults.inject(
      errorReply({ error: "ERR chosen", server: "primary", client: "app", command: "get", key: "a*", nth: 2 }),
    );
    const [app, other] = [connect(), connect()];
    app.send("CLIENT SETNAME app");
    app.got();
    other.send("GET a1");
    app.send("GET b");
    app.send("GET a1");
    app.send("GET a2");
    app.send("GET a3");
    expect([other.got(), app.got(), guard.fired]).toEqual(["$-1", "$-1 $-1 -ERR chosen $-1", 1]);
    expect(faults.unfired).toEqual([]);
  });

  test("a container names all of its subcommands, and one may be named alone", () => {
    const { faults, connect } = start();
    faults.inject(errorReply({ error: "ERR id", command: "client id" }));
    faults.inject(errorReply({ error: "ERR any", command: "CLIENT" }));
    const client = connect();
    client.send("CLIENT ID");
    client.send("CLIENT GETNAME");
    expect(client.got()).toBe("-ERR id -ERR any");
  });

  test("a probability is a share of the matches, and a fault that never struck is known", () => {
    const { faults, connect } = start();
    const half = faults.inject(errorReply({ error: "ERR half", command: "PING", probability: 0.5 }));
    faults.inject(errorReply({ error: "ERR never", command: "ECHO" }));
    const client = connect();
    for (let i = 0; i < 1000; i++) client.send("PING");
    expect(Math.abs(half.fired - 500)).toBeLessThan(60);
    expect(faults.unfired.map(({ fault }) => printFault(fault))).toEqual([
      'errorReply({"error":"ERR never","command":"ECHO"})',
    ]);
    faults.clear();
    client.got();
    client.send("PING");
    expect(client.got()).toBe("+PONG");
  });
});
