import { once } from "node:events";
import { mkdtempSync, renameSync, rmSync } from "node:fs";
import net from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Redis } from "ioredis";
import { createClient } from "redis";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { resetPeer } from "../../faults/index.ts";
import { createRedouble, type Redouble } from "../redouble.ts";
import { listen, type Listener } from "./index.ts";

let redouble: Redouble;
const listeners: Listener[] = [];

beforeEach(() => {
  redouble = createRedouble({ clock: "wall" });
});

afterEach(async () => {
  await Promise.all(listeners.splice(0).map((listener) => listener.close()));
  redouble.stop();
});

async function open(options: Parameters<typeof listen>[0] = {}): Promise<Listener> {
  const listener = await listen({ redouble, ...options });
  listeners.push(listener);
  return listener;
}

/** A server that is gone without its socket's file, which was moved away from under it. */
async function leaveStaleSocket(path: string): Promise<void> {
  const server = net.createServer().listen(`${path}.first`);
  await once(server, "listening");
  renameSync(`${path}.first`, path);
  server.close();
  await once(server, "close");
}

describe("listen", () => {
  test("serves real clients at a free port of this machine", async () => {
    const { url, host, port } = await open();
    expect(url).toBe(`redis://${host}:${port}`);
    expect(host).toBe("127.0.0.1");
    const redis = new Redis(url);
    await redis.set("key", "value");
    const client = await createClient({ url }).connect();
    expect(await client.get("key")).toBe("value");
    redis.disconnect();
    client.destroy();
  });

  test("pushes what happens by itself when its time has come", async () => {
    const { url } = await open();
    const redis = new Redis(url);
    await redis.set("key", "value", "PX", 30);
    await new Promise((resolve) => setTimeout(resolve, 60));
    expect(redouble.server.engine.databases[0]?.size).toBe(0);
    redis.disconnect();
  });

  test("serves a unix socket, and takes over what a crashed process left", async () => {
    const folder = mkdtempSync(join(tmpdir(), "redouble-"));
    const path = join(folder, "redis.sock");
    await expect(open({ path }).then(() => open({ path }))).rejects.toThrow(
      `Cannot listen on ${path}: the address is taken by another process (EADDRINUSE).`,
    );
    await listeners.pop()?.close();
    await leaveStaleSocket(path);
    await open({ path });
    const redis = new Redis(path);
    expect(await redis.ping()).toBe("PONG");
    redis.disconnect();
    rmSync(folder, { recursive: true });
  });

  test.each(["a TCP", "a unix"])("a fault resets %s connection", async (kind) => {
    const folder = mkdtempSync(join(tmpdir(), "redouble-"));
    const listener = await open(kind === "a unix" ? { path: join(folder, "redis.sock") } : {});
    redouble.faults.inject(resetPeer({ command: "GET", nth: 1 }));
    const redis = new Redis(listener.path ?? listener.url.slice("redis://127.0.0.1:".length));
    redis.on("error", () => {});
    const closed = new Promise((resolve) => redis.once("close", resolve));
    expect(await redis.get("key")).toBeNull();
    await closed;
    redis.disconnect();
    rmSync(folder, { recursive: true });
  });

  test("says in one line why it cannot", async () => {
    const { port } = await open();
    await expect(open({ port: port! })).rejects.toThrow(
      `Cannot listen on 127.0.0.1:${port}: the address is taken by another process (EADDRINUSE).`,
    );
    await expect(open({ host: "192.0.2.1" })).rejects.toThrow(/this machine has no such address/);
    await expect(open({ path: "/nowhere/at/all.sock" })).rejects.toThrow(/its folder does not exist/);
    await expect(open({ port: 70_000 })).rejects.toThrow("Cannot listen on 127.0.0.1:70000: ports end at 65535");
  });

  test("closes twice without harm, and cuts its clients off", async () => {
    const listener = await listen({ redouble });
    const socket = net.connect(listener.port!);
    await once(socket, "connect");
    const closed = once(socket, "close");
    await Promise.all([listener.close(), listener.close()]);
    await closed;
    await listener.close();
  });

  test("keeps connections over a reset of the deployment", async () => {
    const { url } = await open();
    const redis = new Redis(url);
    await redis.set("key", "value");
    await redis.client("SETNAME", "me");
    redouble.reset();
    expect(await redis.get("key")).toBeNull();
    expect(await redis.client("GETNAME")).toBe("me");
    redis.disconnect();
  });

  test("answers in one turn with more than one string can hold", async () => {
    const { port } = await open();
    redouble.server.load({ large: "x".repeat(100_000_000) });
    const socket = net.connect(port!);
    let received = 0;
    const whole = new Promise<void>((resolve) => {
      socket.on("data", (chunk: Buffer) => {
        received += chunk.length;
        if (received >= 600_000_084) resolve();
      });
    });
    socket.write("GET large\r\n".repeat(6));
    await whole;
    expect(received).toBe(6 * "$100000000\r\n\r\n".length + 600_000_000);
    socket.destroy();
  });

  test("survives a client that sends and never reads", async () => {
    const { port } = await open();
    redouble.server.load({ large: "x".repeat(1 << 20) });
    const socket = net.connect(port!);
    await once(socket, "connect");
    socket.pause();
    socket.write("GET large\r\n".repeat(50));
    const other = new Redis(port!);
    expect(await other.ping()).toBe("PONG");
    other.disconnect();
    socket.resetAndDestroy();
  });
});
