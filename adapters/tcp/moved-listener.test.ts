import { randomInt } from "node:crypto";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import net from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Redis } from "ioredis";
import { createClient } from "redis";
import { afterEach, expect, test } from "vitest";
import { createRedouble, type Redouble } from "../redouble.ts";
import type { RedoubleOptions } from "../redouble-options.ts";
import { generateCertificates } from "./certificates.ts";
import { listen, type Listener, type ListenOptions } from "./index.ts";

const CANNOT_LISTEN =
  "ERR CONFIG SET failed (possibly related to argument 'port') - Unable to listen on this port. Check server logs.";

let redouble: Redouble;
const listeners: Listener[] = [];
const clients: Redis[] = [];

function deploy(options: RedoubleOptions = {}): void {
  redouble = createRedouble({ clock: "wall", ...options });
}

afterEach(async () => {
  for (const client of clients.splice(0)) client.disconnect();
  await Promise.all(listeners.splice(0).map((listener) => listener.close()));
  redouble.stop();
});

async function open(options: ListenOptions = {}): Promise<Listener> {
  const listener = await listen({ redouble, ...options });
  listeners.push(listener);
  return listener;
}

interface Options {
  readonly host?: string;
  readonly tls?: { readonly ca: string[] };
  /** It dials again when its connection has broken. */
  readonly comesBack?: boolean;
}

function connect(port: number, { comesBack = false, ...options }: Options = {}): Redis {
  const client = new Redis({
    port,
    host: "127.0.0.1",
    ...options,
    retryStrategy: () => (comesBack ? 5 : null),
    maxRetriesPerRequest: null,
  });
  client.on("error", () => {});
  clients.push(client);
  return client;
}

/** Somebody else's, at a port of its own. */
async function stranger(at = 0): Promise<{ readonly port: number; close(): Promise<void> }> {
  const server = net.createServer().listen(at, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as net.AddressInfo;
  return { port, close: async () => void (await once(server.close(), "close")) };
}

/** One at which nobody listens now, and that no connection gets by itself, as those from 32768 on. */
async function freePort(): Promise<number> {
  const port = randomInt(10_000, 32_000);
  const other = await stranger(port).catch(() => undefined);
  await other?.close();
  return other?.port ?? freePort();
}

async function answers(port: number, host = "127.0.0.1"): Promise<boolean> {
  const socket = net.connect(port, host);
  const open = await once(socket, "connect").then(
    () => true,
    () => false,
  );
  socket.destroy();
  return open;
}

test("the listener moves, its clients stay, and who comes back finds it at its new port", async () => {
  deploy();
  const listener = await open();
  const first = listener.port!;
  const stays = connect(first);
  const moves = connect(first, { comesBack: true });
  await stays.set("key", "value");
  await moves.ping();
  const second = await freePort();
  await stays.config("SET", "port", second);
  expect(await stays.get("key")).toBe("value");
  expect(await answers(first)).toBe(false);
  expect([listener.port, listener.url]).toEqual([second, `redis://127.0.0.1:${second}`]);
  moves.options.port = second;
  moves.stream.destroy();
  expect(await moves.get("key")).toBe("value");
  expect(await moves.client("INFO")).toContain(`laddr=127.0.0.1:${second} `);
  const nodeRedis = await createClient({ url: listener.url }).connect();
  expect(await nodeRedis.info("server")).toContain(`tcp_port:${second}`);
  nodeRedis.destroy();
});

test("port 0 closes it, and the port that its server had opens it where it was", async () => {
  deploy();
  const listener = await open();
  const first = listener.port!;
  const redis = connect(first);
  await redis.config("SET", "port", 0);
  expect(await answers(first)).toBe(false);
  expect(listener.port).toBeUndefined();
  await redis.config("SET", "port", 6379);
  expect(await connect(first).ping()).toBe("PONG");
});

test("a port that another process has is refused, and the old one stays", async () => {
  deploy();
  const { port: first } = await open();
  const other = await stranger();
  const redis = connect(first!);
  await expect(redis.config("SET", "port", other.port)).rejects.toThrow(CANNOT_LISTEN);
  expect(await redis.config("GET", "port")).toEqual(["port", "6379"]);
  expect(await connect(first!).ping()).toBe("PONG");
  await other.close();
  await redis.config("SET", "port", other.port);
  expect(await connect(other.port).ping()).toBe("PONG");
});

test("it listens at the addresses that bind names, as far as the machine has them", async () => {
  deploy();
  const { port } = await open();
  const redis = connect(port!);
  await redis.config("SET", "bind", "127.0.0.1 127.0.0.5 -192.0.2.1");
  expect([await answers(port!), await answers(port!, "127.0.0.5")]).toEqual([true, true]);
  expect(await connect(port!, { host: "127.0.0.5" }).client("INFO")).toContain("laddr=127.0.0.5:6379 ");
  await expect(redis.config("SET", "bind", "127.0.0.5 192.0.2.1")).rejects.toThrow(
    "ERR CONFIG SET failed (possibly related to argument 'bind') - Failed to bind to specified addresses.",
  );
  expect(await answers(port!, "127.0.0.5")).toBe(true);
  await redis.config("SET", "bind", "localhost");
  expect([await answers(port!), await answers(port!, "127.0.0.5")]).toEqual([true, false]);
  await redis.config("SET", "bind", "");
  expect(await answers(port!)).toBe(false);
});

test("the listener of a server that takes the place of another is where it was", async () => {
  deploy();
  const listener = await open();
  const first = listener.port!;
  await connect(first).config("SET", "port", await freePort());
  redouble.reset();
  expect(listener.port).toBe(first);
  expect(await connect(first).ping()).toBe("PONG");
});

test("a port for TLS is opened, moved and closed beside the plain one", { timeout: 20_000 }, async () => {
  const folder = mkdtempSync(join(tmpdir(), "redouble-"));
  const { ca, server } = await generateCertificates();
  for (const [name, text] of Object.entries({ ca, cert: server.cert, key: server.key })) {
    writeFileSync(join(folder, name), text);
  }
  deploy({ config: { "tls-auth-clients": "no" } });
  const { port } = await open();
  const redis = connect(port!);
  const [second, third] = [await freePort(), await freePort()];
  await expect(redis.config("SET", "tls-port", second)).rejects.toThrow(
    "ERR CONFIG SET failed (possibly related to argument 'tls-port') - Unable to update TLS configuration. Check server logs.",
  );
  for (const name of ["cert", "key"]) await redis.config("SET", `tls-${name}-file`, join(folder, name));
  await redis.config("SET", "tls-ca-cert-file", join(folder, "ca"));
  await redis.config("SET", "tls-port", second);
  const tls = { ca: [ca] };
  expect(await connect(second, { tls }).client("INFO")).toContain(`laddr=127.0.0.1:${second} `);
  await expect(redis.config("SET", "port", second)).rejects.toThrow(CANNOT_LISTEN);
  await redis.config("SET", "tls-port", third);
  expect([await answers(second), await connect(third, { tls }).ping()]).toEqual([false, "PONG"]);
  await redis.config("SET", "tls-port", 0);
  expect([await answers(third), await connect(port!).ping()]).toEqual([false, "PONG"]);
  rmSync(folder, { recursive: true });
});

test("a port of one server is not another's", async () => {
  deploy();
  const { port } = await open();
  const other = createRedouble({ clock: "wall", asDefault: false });
  const neighbour = await listen({ redouble: other });
  await expect(connect(neighbour.port!).config("SET", "port", port!)).rejects.toThrow(CANNOT_LISTEN);
  await neighbour.close();
  other.stop();
});
