// What each fault of commands does to a request and its reply.
import { describe, expect, test } from "vitest";
import { start } from "./fixtures/stage.ts";
import { errorReply, replyLost } from "./index.ts";

describe("errorReply", () => {
  test("refuses before the command runs, or stands in for its reply", () => {
    const { server, faults, connect } = start();
    faults.inject(errorReply({ error: "-OOM no", command: "SET", nth: 1 }));
    faults.inject(errorReply({ error: "ERR lost", command: "INCR", ran: true }));
    const client = connect();
    client.send("SET k v");
    client.send("SET l v");
    client.send("INCR n");
    expect(client.got()).toBe("-OOM no +OK -ERR lost");
    expect(server.databases[0]!.keys()).toEqual(["l", "n"]);
  });
});

describe("replyLost", () => {
  test("the command ran; replies before it arrive, then the connection breaks", () => {
    const { server, faults, connect } = start();
    faults.inject(replyLost({ command: "INCR" }));
    const client = connect();
    client.send("PING\r\nINCR n\r\nPING");
    expect([client.got(), client.closed, server.databases[0]!.peek("n")]).toEqual(["+PONG", ["reset"], "1"]);
  });

  test("silence: the connection stays, and nothing comes any more", () => {
    const { faults, connect } = start();
    faults.inject(replyLost({ command: "INCR", then: "silence" }));
    const [client, other] = [connect(), connect()];
    client.send("INCR n");
    client.send("PING");
    other.send("GET n");
    expect([client.got(), client.closed, other.got()]).toEqual(["", [], "$1 1"]);
  });

  test("a reply that comes late is lost when it comes: the element is gone, and nobody has it", () => {
    const { faults, connect } = start();
    const guard = faults.inject(replyLost({ command: "BLPOP", nth: 1 }));
    const [waiting, writer] = [connect(), connect()];
    waiting.send("BLPOP queue 0");
    expect([guard.fired, waiting.closed]).toEqual([0, []]);
    writer.send("RPUSH queue job");
    writer.send("LLEN queue");
    expect([guard.fired, waiting.got(), waiting.closed, writer.got()]).toEqual([1, "", ["reset"], ":1 :0"]);
  });

  test("the reply of a wait in vain can be lost too", () => {
    const { world, faults, connect } = start();
    faults.inject(replyLost({ command: "BLPOP", then: "silence" }));
    const waiting = connect();
    waiting.send("BLPOP queue 1");
    world.advanceTo(world.now + 1001);
    waiting.send("PING");
    expect([waiting.got(), waiting.closed]).toEqual(["", []]);
  });
});
