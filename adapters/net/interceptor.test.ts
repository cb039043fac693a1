import { once } from "node:events";
import dns from "node:dns";
import dnsPromises from "node:dns/promises";
import net from "node:net";
import * as netModule from "node:net";
import tls from "node:tls";
import { promisify } from "node:util";
import { Redis } from "ioredis";
import { createClient } from "redis";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { createRedouble, type Redouble } from "../redouble.ts";
import { intercept, RealRedisDialled, type Interception } from "./index.ts";

let redouble: Redouble;
const interceptions: Interception[] = [];

beforeEach(() => {
  redouble = createRedouble({ addresses: ["localhost:6379", "cache.internal:7000", "/run/redis-test.sock"] });
});

afterEach(() => {
  for (const interception of interceptions.splice(0)) interception.restore();
  redouble.stop();
});

function on(...options: Parameters<typeof intercept>): Interception {
  const interception = intercept(...options);
  interceptions.push(interception);
  return interception;
}

/** Says PING and gives the answer. */
async function ping(socket: net.Socket): Promise<string> {
  socket.write("PING\r\n");
  const [answer] = (await once(socket, "data")) as [Buffer];
  socket.destroy();
  return answer.toString();
}

describe("intercepted dials", () => {
  test.each<[string, () => net.Socket]>([
    ["net.connect(port)", () => net.connect(6379)],
    ["net.connect(port, host)", () => net.connect(7000, "cache.internal")],
    ["net.connect(port, callback)", () => net.connect(6379, (() => {}) as never)],
    ["net.connect(options)", () => net.connect({ port: 6379, host: "localhost" })],
    ["net.connect(options with a text as port)", () => net.connect({ port: "6379" } as unknown as net.NetConnectOpts)],
    ["net.createConnection(options)", () => net.createConnection({ port: 7000, host: "cache.internal" })],
    ["net.createConnection(path)", () => net.createConnection("/run/redis-test.sock")],
    ["net.createConnection({ path })", () => net.createConnection({ path: "/run/redis-test.sock" })],
    ["the named export of node:net", () => netModule.connect(6379)],
    ["new net.Socket().connect(port)", () => new net.Socket().connect(6379)],
    ["new net.Socket().connect(options)", () => new net.Socket().connect({ port: 7000, host: "CACHE.internal" })],
    ["tls.connect(options)", () => tls.connect({ port: 6379, host: "localhost" })],
    ["tls.connect(port, host, options)", () => tls.connect(7000, "cache.internal", { rejectUnauthorized: true })],
  ])("%s ends in the simulated server", async (_name, dial) => {
    on();
    expect(await ping(dial())).toBe("+PONG\r\n");
  });

  test("call back when they are connected, and not before the caller has gone on", async () => {
    on();
    const order: string[] = [];
    const connected = new Promise<void>((resolve) => {
      const socket = net.connect(6379, "localhost", () => {
        order.push("connected");
        socket.destroy();
        resolve();
      });
      order.push(`connecting ${socket.connecting}`);
    });
    await connected;
    expect(order).toEqual(["connecting true", "connected"]);
  });

  test("a TLS socket says that it is encrypted", async () => {
    on();
    const socket = tls.connect({ port: 6379, host: "localhost" });
    await once(socket, "secureConnect");
    expect(socket).toMatchObject({ encrypted: true, authorized: true });
    expect(socket.getProtocol()).toBe("TLSv1.3");
    socket.destroy();
  });

  test("a socket that existed before is an ordinary one in every other way", async () => {
    on();
    const socket = new net.Socket();
    socket.connect({ port: 7000, host: "cache.internal" });
    expect(socket.connecting).toBe(true);
    await once(socket, "connect");
    expect(socket).toMatchObject({ connecting: false, remotePort: 7000, remoteAddress: "127.0.0.1", pending: false });
    socket.end("QUIT\r\n");
    const chunks: Buffer[] = [];
    socket.on("data", (chunk: Buffer) => chunks.push(chunk));
    await once(socket, "close");
    expect(Buffer.concat(chunks).toString()).toBe("+OK\r\n");
  });
});

describe("everything else", () => {
  test("goes where it went", async () => {
    on();
    const server = net.createServer((socket) => socket.end("hello")).listen(0, "127.0.0.1");
    await once(server, "listening");
    const { port } = server.address() as net.AddressInfo;
    for (const dial of [() => net.connect(port, "127.0.0.1"), () => new net.Socket().connect(port, "127.0.0.1")]) {
      const [answer] = (await once(dial(), "data")) as [Buffer];
      expect(answer.toString()).toBe("hello");
    }
    server.close();
  });

  test("fails as it failed", async () => {
    on();
    const [error] = (await once(net.connect(1, "127.0.0.1"), "error")) as [NodeJS.ErrnoException];
    expect(error.code).toBe("ECONNREFUSED");
    expect(() => net.connect({} as net.NetConnectOpts)).toThrow(/must be specified/);
    expect(() => net.connect(70_000)).toThrow(RangeError);
  });
});

describe("names", () => {
  test("that are simulated resolve to this machine", async () => {
    on();
    expect(await dnsPromises.lookup("cache.internal")).toEqual({ address: "127.0.0.1", family: 4 });
    expect(await dnsPromises.lookup("cache.internal", { all: true })).toEqual([{ address: "127.0.0.1", family: 4 }]);
    expect(await promisify(dns.lookup)("cache.internal")).toEqual({ address: "127.0.0.1", family: 4 });
    const address = await new Promise((resolve) => {
      dns.lookup("cache.internal", (_error, found, family) => resolve([found, family]));
    });
    expect(address).toEqual(["127.0.0.1", 4]);
  });

  test("of others are looked up as ever", async () => {
    on();
    expect((await dnsPromises.lookup("localhost")).address).toMatch(/^(127\.|::1)/);
    expect(await dnsPromises.lookup("127.0.0.9")).toEqual({ address: "127.0.0.9", family: 4 });
  });
});

describe("restore", () => {
  const patched = () => [
    net.connect,
    net.createConnection,
    tls.connect,
    Reflect.get(net.Socket.prototype, "connect") as unknown,
    dns.lookup,
    dnsPromises.lookup,
    netModule.connect,
  ];

  test("puts every function back, and leaves nothing behind", () => {
    const before = patched();
    const keys = Reflect.ownKeys(net.Socket);
    const interception = on();
    expect(patched().map((each, index) => each === before[index])).toEqual(before.map(() => false));
    interception.restore();
    interception.restore();
    expect(patched()).toEqual(before);
    expect(Reflect.ownKeys(net.Socket)).toEqual(keys);
  });

  test("waits for the last one", () => {
    const before = patched();
    const [first, second] = [on(), on()];
    first.restore();
    first.restore();
    expect(patched()[0]).not.toBe(before[0]);
    second.restore();
    expect(patched()).toEqual(before);
  });

  test("leaves the patches of others alone", () => {
    const before = net.connect;
    const interception = on();
    const foreign = ((...args: Parameters<typeof before>) => before(...args)) as typeof net.connect;
    net.connect = foreign;
    interception.restore();
    expect(net.connect).toBe(foreign);
    net.connect = before;
  });

  test("the patched functions keep the names and properties of the originals", () => {
    const before = [dns.lookup.name, dns.lookup.length];
    on();
    expect([dns.lookup.name, dns.lookup.length]).toEqual(before);
  });
});

describe("strict mode", () => {
  const fails = async (socket: () => net.Socket): Promise<unknown> => {
    try {
      return ((await once(socket(), "error")) as unknown[])[0];
    } catch (error) {
      return error;
    }
  };

  test("names the address and the line that dialled", async () => {
    on();
    const error = await fails(() => net.connect(6380, "127.0.0.1"));
    expect(error).toBeInstanceOf(RealRedisDialled);
    expect((error as Error).message).toMatch(
      /^A real Redis at 127\.0\.0\.1:6380 was dialled from \S*interceptor\.test\.ts:\d+:\d+, and no simulated server listens there\. What is simulated: server at localhost:6379 and cache\.internal:7000 and \S+\. Simulate it/,
    );
  });

  test.each<[string, () => net.Socket]>([
    ["a sentinel's port", () => net.connect(26_379, "127.0.0.1")],
    ["another host", () => net.connect(6379, "10.1.2.3")],
    ["a unix socket", () => net.connect("/var/run/redis/redis-server.sock")],
    ["TLS", () => tls.connect(6380, "127.0.0.1")],
    ["a socket made before", () => new net.Socket().connect(6380, "127.0.0.1")],
  ])("refuses %s", async (_name, dial) => {
    on();
    expect(await fails(dial)).toBeInstanceOf(RealRedisDialled);
  });

  test("knows where ioredis and node-redis were asked to connect", async () => {
    on();
    const redis = new Redis(6380, { retryStrategy: null, lazyConnect: false });
    const [error] = (await once(redis, "error")) as [Error];
    expect(error.message).toMatch(/dialled from \S*interceptor\.test\.ts:\d+/);
    const client = createClient({ url: "redis://127.0.0.1:6380", socket: { reconnectStrategy: false } });
    client.on("error", () => {});
    await expect(client.connect()).rejects.toThrow(/dialled from \S*interceptor\.test\.ts:\d+/);
  });

  test("lets pass what it is told to, and everything when it is off", async () => {
    on({ strict: { ports: [1, 2], allow: ["127.0.0.1:1"] } });
    expect(await fails(() => net.connect(1, "127.0.0.1"))).toMatchObject({ code: "ECONNREFUSED" });
    expect(await fails(() => net.connect(2, "127.0.0.1"))).toBeInstanceOf(RealRedisDialled);
    on({ strict: false });
    expect(await fails(() => net.connect(2, "127.0.0.1"))).toMatchObject({ code: "ECONNREFUSED" });
  });
});
