// Spikes, as commands that take virtual time make them; pictures and reports held to those of real servers with the same samples.
import { describe, expect, test } from "vitest";
import { toUint8Array } from "../kernel/bytes.ts";
import type { ProfileName } from "../commands/profile.ts";
import type { Server } from "./server.ts";
import { World } from "./world.ts";

function open(profile: ProfileName = "redis-8.0"): { world: World; server: Server; ask: (line: string) => string } {
  const world = new World({ seed: 1, startTime: 1_000_000 });
  const server = world.createServer({
    profile,
    config: { "enable-debug-command": "yes", "latency-monitor-threshold": "10" },
  });
  let received = "";
  const link = server.connect({ peer: { write: (bytes) => void (received += bytes), close() {} } });
  return {
    world,
    server,
    ask(line) {
      received = "";
      link.receive(toUint8Array(`${line}\r\n`));
      world.advanceTo(world.now + 1_000);
      return received.trimEnd();
    },
  };
}

const text = (reply: string): string => reply.slice(reply.indexOf("\r\n") + 2);

describe("spikes of latency", () => {
  test("are remembered from the threshold on, one a second", () => {
    const { ask } = open();
    ask("DEBUG SLEEP 0.009");
    expect(ask("LATENCY LATEST")).toBe("*0");
    ask("DEBUG SLEEP 0.03");
    ask("DEBUG SLEEP 0.02");
    expect(ask("LATENCY HISTORY command")).toBe("*2\r\n*2\r\n:1002\r\n:30\r\n*2\r\n:1003\r\n:20");
    expect(ask("LATENCY LATEST")).toBe("*1\r\n*4\r\n$7\r\ncommand\r\n:1003\r\n:20\r\n:30");
    expect(ask("LATENCY RESET")).toBe(":1");
    expect(ask("LATENCY LATEST")).toBe("*0");
  });

  test("of one second are one: the worst", () => {
    const { server } = open();
    for (const ms of [20, 50, 30]) server.latency.add("command", ms, 7);
    expect(server.latency.events.get("command")).toMatchObject({ samples: [{ at: 7, latencyMs: 50 }], sumMs: 100 });
  });

  test("are kept a hundred and sixty times an event", () => {
    const { server } = open();
    for (let at = 0; at < 200; at++) server.latency.add("command", 20 + at, at);
    expect(server.latency.events.get("command")!.samples.length).toBe(160);
    expect(server.latency.events.get("command")!.samples[0]).toEqual({ at: 40, latencyMs: 60 });
  });

  test("are summed up by Valkey", () => {
    const { ask } = open("valkey-8.1");
    ask("DEBUG SLEEP 0.03");
    ask("DEBUG SLEEP 0.06");
    expect(ask("LATENCY LATEST")).toBe("*1\r\n*6\r\n$7\r\ncommand\r\n:1001\r\n:60\r\n:60\r\n:90\r\n:2");
  });

  test("come of fast commands too, when a fault makes them slow", () => {
    const { world, ask } = open();
    const remove = world.hooks.install({ onCommand: () => ({ type: "stall", durationMs: 40 }) });
    ask("GET k");
    remove();
    expect(ask("LATENCY LATEST")).toContain("fast-command");
    expect(ask("LATENCY DOCTOR")).toContain("The system is slow to execute Redis code paths");
    expect(ask("LATENCY DOCTOR")).not.toContain("Check your Slow Log");
  });
});

describe("LATENCY GRAPH", () => {
  test("draws what a real server draws", () => {
    const { server, ask } = open();
    for (const [at, ms] of [18, 22, 15, 100, 50, 72].entries()) server.latency.add("command", ms, 994 + at);
    expect(text(ask("LATENCY GRAPH command"))).toBe(
      [
        "command - high 100 ms, low 15 ms (all time high 100 ms)",
        "-".repeat(80),
        "   #  ",
        "   | #",
        "   |o|",
        "___|||",
        "      ",
        "654321",
        "ssssss",
      ].join("\n"),
    );
  });

  test("labels minutes, hours and days", () => {
    const { server, ask } = open();
    for (const ago of [180_000, 7_300, 125]) server.latency.add("command", 20, 1_000 - ago);
    expect(text(ask("LATENCY GRAPH command")).split("\n").slice(-3)).toEqual(["   ", "222", "dhm"]);
  });

  test("begins a new picture after eighty columns", () => {
    const { server, ask } = open();
    for (let at = 0; at < 81; at++) server.latency.add("command", 20, 1_000 + at);
    expect(
      text(ask("LATENCY GRAPH command"))
        .split("\n")
        .filter((line) => /^_+$/.test(line)),
    ).toEqual(["_".repeat(80), "_"]);
  });
});

describe("LATENCY DOCTOR", () => {
  test("counts spikes, and looks at the slow log", () => {
    const { server, ask } = open();
    for (const [at, ms] of [18, 22, 15, 100, 50, 72].entries()) server.latency.add("command", ms, 994 + at);
    const report = text(ask("LATENCY DOCTOR"));
    expect(report).toContain(
      "1. command: 6 latency spikes (average 46ms, mean deviation 27ms, period 1.00 sec). Worst all time event 100ms.",
    );
    expect(report).toContain("- Check your Slow Log");
    expect(report).not.toContain("Your current Slow Log configuration");
    ask("CONFIG SET slowlog-log-slower-than 11000");
    expect(text(ask("LATENCY DOCTOR"))).toContain("Please use 'CONFIG SET slowlog-log-slower-than 10000'.");
    ask("CONFIG SET slowlog-log-slower-than -1");
    expect(text(ask("LATENCY DOCTOR"))).toContain("Try to enable the Slow Log Redis feature");
  });
});
