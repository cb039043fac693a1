// What cases cannot show of the log of slow commands: commands that take virtual time.
import { describe, expect, test } from "vitest";
import { nodeWasm } from "../../adapters/scripting/node-wasm.ts";
import { toUint8Array } from "../kernel/bytes.ts";
import type { Server } from "./server.ts";
import { World } from "./world.ts";

function open(config: Readonly<Record<string, string>> = {}): { world: World; server: Server } {
  const world = new World({ seed: 1, wasm: nodeWasm });
  const server = world.createServer({ config: { "enable-debug-command": "yes", ...config }, scriptBudget: 10_000 });
  return { world, server };
}

function client(server: Server): { ask(line: string): string; got(): string } {
  let received = "";
  const peer = { write: (bytes: string) => void (received += bytes), close() {} };
  const link = server.connect({ peer, clientAddress: "127.0.0.1:50000" });
  const got = (): string => {
    const text = received.replaceAll("\r\n", " ").trimEnd();
    received = "";
    return text;
  };
  return {
    got,
    ask(line) {
      link.receive(toUint8Array(`${line}\r\n`));
      return got();
    },
  };
}

const logged = (server: Server): unknown[] =>
  server.commandLogs.slow.latest(10).map(({ at, value, words }) => [at - server.world.now, value, words.join(" ")]);

describe("the log of slow commands", () => {
  test("knows a command that took its time, and when it was over", () => {
    const { world, server } = open();
    client(server).ask("DEBUG SLEEP 0.25");
    client(server).ask("PING");
    world.advanceTo(world.now + 250);
    expect(logged(server)).toEqual([[0, 250_000, "DEBUG SLEEP 0.25"]]);
  });

  test("leaves out what was faster than it is told", () => {
    const { server } = open({ "slowlog-log-slower-than": "30000" });
    client(server).ask("DEBUG SLEEP 0.0299");
    expect(logged(server)).toEqual([]);
  });

  test("knows of a fault that makes a command slow", () => {
    const { world, server } = open();
    world.hooks.install({ onCommand: () => ({ type: "stall", durationMs: 40 }) });
    client(server).ask("SET k v");
    expect(logged(server)).toEqual([[40, 40_000, "SET k v"]]);
  });

  test("knows a script without an end once it is killed", () => {
    const { world, server } = open();
    client(server).ask("EVAL 'while true do end' 0");
    world.advanceTo(world.now + 7_000);
    expect(logged(server)).toEqual([]);
    expect(client(server).ask("SCRIPT KILL")).toBe("+OK");
    expect(logged(server)).toEqual([[0, 7_000_000, "EVAL while true do end 0"]]);
  });

  test("is empty when the process starts again", () => {
    const { server } = open({ "slowlog-log-slower-than": "0", "latency-monitor-threshold": "1" });
    client(server).ask("DEBUG SLEEP 0.25");
    server.lifecycle.restart();
    expect(logged(server)).toEqual([]);
    expect(server.latency.events.size).toBe(0);
    client(server).ask("PING");
    expect(server.commandLogs.slow.latest(1)[0]?.id).toBe(0);
  });

  test("says nothing of what the host asks by its own hand", () => {
    const { server } = open({ "slowlog-log-slower-than": "0" });
    const link = server.connect({ own: true, peer: { write() {}, close() {} } });
    link.receive(toUint8Array("PING\r\n"));
    expect(logged(server)).toEqual([]);
  });
});
