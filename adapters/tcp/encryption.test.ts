import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import net from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import tls from "node:tls";
import { Cluster, Redis } from "ioredis";
import { createClient, createCluster } from "redis";
import { afterEach, describe, expect, test } from "vitest";
import { cluster, primaryWithReplicas } from "../../core/index.ts";
import { resetPeer } from "../../faults/index.ts";
import { createRedouble, type Redouble, type RedoubleOptions } from "../index.ts";
import { generateAuthority, generateCertificates } from "./certificates.ts";
import { dialOutside, listen, type Listener, type ListenOptions } from "./index.ts";

const redoubles: Redouble[] = [];
const listeners: Listener[] = [];

afterEach(async () => {
  await Promise.all(listeners.splice(0).map((listener) => listener.close()));
  for (const redouble of redoubles.splice(0)) redouble.stop();
});

function deploy(options: RedoubleOptions = {}): Redouble {
  const redouble = createRedouble({ clock: "wall", ...options });
  redoubles.push(redouble);
  return redouble;
}

async function open(redouble: Redouble, options: ListenOptions = {}): Promise<Listener> {
  const listener = await listen({ redouble, tls: true, ...options });
  listeners.push(listener);
  return listener;
}

/** Ports at which nobody listens now, one behind the other. */
async function freePorts(count: number): Promise<number> {
  const first = 20_000 + Math.floor(Math.random() * 10_000);
  const servers = Array.from({ length: count }, (_, at) => net.createServer().listen(first + at, "127.0.0.1"));
  const errors = servers.map((server) => once(server, "listening").catch((error: unknown) => error));
  const taken = (await Promise.all(errors)).some((outcome) => outcome instanceof Error);
  await Promise.all(servers.map(async (server) => server.listening && once(server.close(), "close")));
  return taken ? freePorts(count) : first;
}

async function servers(redouble: Redouble): Promise<Listener[]> {
  const opened = [...redouble.servers].map(([server, { engine }]) =>
    open(redouble, { server, port: engine.doors.tlsPort }),
  );
  return Promise.all(opened);
}

describe("a listener with TLS", { timeout: 20_000 }, () => {
  test("serves clients that trust it and show who they are, by certificates made for it", async () => {
    const { url, tls: credentials } = await open(deploy());
    expect(url).toMatch(/^rediss:/);
    const redis = new Redis(url, { tls: credentials! });
    await redis.set("key", "value");
    const client = await createClient({ url, socket: { tls: true, ...credentials } }).connect();
    expect(await client.get("key")).toBe("value");
    redis.disconnect();
    client.destroy();
  });

  test("turns away who shows no certificate, unless it asks for none", async () => {
    const redouble = deploy();
    const { url, tls: credentials } = await open(redouble);
    const stranger = { tls: { ca: credentials!.ca }, retryStrategy: () => null, maxRetriesPerRequest: 0 };
    const refused = new Redis(url, stranger);
    const errors: Error[] = [];
    refused.on("error", (error: Error) => errors.push(error));
    await expect(refused.ping()).rejects.toThrow("Connection is closed");
    expect(String(errors)).toContain("certificate required");
    for (const auth of ["no", "optional"]) {
      redouble.server.call("CONFIG", "SET", "tls-auth-clients", auth);
      const asked = await open(redouble);
      const redis = new Redis(asked.url, { ...stranger, tls: { ca: asked.tls!.ca } });
      expect(await redis.ping()).toBe("PONG");
      redis.disconnect();
    }
  });

  test("with optional certificates, a bad one is worse than none", async () => {
    const { url, tls: credentials } = await open(deploy({ config: { "tls-auth-clients": "optional" } }));
    const stranger = await generateAuthority();
    const redis = new Redis(url, { tls: { ca: credentials!.ca, ...stranger }, retryStrategy: () => null });
    redis.on("error", () => {});
    await expect(redis.ping()).rejects.toThrow("Connection is closed");
    const good = new Redis(url, { tls: credentials! });
    expect(await good.ping()).toBe("PONG");
    good.disconnect();
  });

  test("obeys the files, protocols and ciphers of its configuration", async () => {
    const folder = mkdtempSync(join(tmpdir(), "redouble-"));
    const { ca, server, client } = await generateCertificates();
    const files = { "ca.crt": ca, "redis.crt": server.cert, "redis.key": server.key };
    for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
    const redouble = deploy({
      config: {
        "tls-cert-file": join(folder, "redis.crt"),
        "tls-key-file": join(folder, "redis.key"),
        "tls-ca-cert-file": join(folder, "ca.crt"),
        "tls-protocols": "TLSv1.2",
        "tls-ciphers": "ECDHE-ECDSA-AES128-GCM-SHA256",
        "tls-session-caching": "no",
        "tls-prefer-server-ciphers": "yes",
      },
    });
    const { port, tls: credentials } = await open(redouble);
    expect(credentials).toEqual({ ca: [ca] });
    const socket = tls.connect({ host: "127.0.0.1", port: port!, ca, ...client });
    await once(socket, "secureConnect");
    expect(socket.getProtocol()).toBe("TLSv1.2");
    expect(socket.getCipher().name).toBe("ECDHE-ECDSA-AES128-GCM-SHA256");
    socket.destroy();
    const modern = tls.connect({ host: "127.0.0.1", port: port!, ca, ...client, minVersion: "TLSv1.3" });
    await expect(once(modern, "secureConnect")).rejects.toThrow(/alert protocol version|wrong version/);
    rmSync(folder, { recursive: true });
  });

  test("takes another certificate while it runs, and none that will not do", async () => {
    const folder = mkdtempSync(join(tmpdir(), "redouble-"));
    const redouble = deploy({ config: { "tls-auth-clients": "no" } });
    const { url, port, tls: credentials } = await open(redouble);
    const ca = credentials!.ca;
    const shownSerial = async (): Promise<string> => {
      const socket = tls.connect({ host: "127.0.0.1", port: port!, ca });
      await once(socket, "secureConnect");
      const { serialNumber } = socket.getPeerCertificate();
      socket.destroy();
      return serialNumber;
    };
    const redis = new Redis(url, { tls: { ca } });
    const before = await shownSerial();
    const { server } = await generateCertificates();
    const files = { cert: join(folder, "other.crt"), key: join(folder, "other.key") };
    writeFileSync(files.cert, server.cert);
    writeFileSync(files.key, server.key);
    const set = (...words: readonly string[]) => redouble.server.call("CONFIG", "SET", ...words);
    for (const [name, value] of [
      ["tls-cert-file", "/nowhere.crt"],
      ["tls-protocols", "nosuch"],
      ["tls-ciphers", "nosuch"],
    ] as const) {
      expect(() => set(name, value)).toThrow(
        `ERR CONFIG SET failed (possibly related to argument '${name}') - Unable to update TLS configuration. Check server logs.`,
      );
    }
    expect(await shownSerial()).toBe(before);
    expect(set("tls-cert-file", files.cert, "tls-key-file", files.key, "tls-ca-cert-file", files.cert)).toBe("OK");
    expect(await shownSerial()).not.toBe(before);
    expect(await redis.ping()).toBe("PONG");
    expect(set("tls-auth-clients", "yes")).toBe("OK");
    const stranger = new Redis(url, { tls: { ca }, retryStrategy: () => null });
    stranger.on("error", () => {});
    await expect(stranger.ping()).rejects.toThrow("Connection is closed");
    redis.disconnect();
    rmSync(folder, { recursive: true });
  });

  test("says in one line what is wrong with its configuration", async () => {
    const nowhere = deploy({ config: { "tls-cert-file": "/nowhere.crt" } });
    await expect(open(nowhere)).rejects.toThrow(
      "Cannot listen on 127.0.0.1:0 with TLS: ENOENT: no such file or directory, open '/nowhere.crt'",
    );
    await expect(open(nowhere, { path: "/tmp/redis.sock" })).rejects.toThrow("A unix socket speaks no TLS");
    await expect(open(deploy({ config: { "tls-protocols": "SSLv3" } }))).rejects.toThrow(/tls-protocols: SSLv3/);
    await expect(open(deploy({ config: { "tls-ciphers": "none-such" } }))).rejects.toThrow(/no cipher match/i);
  });

  test("closes on who does not speak TLS, and nobody else notices", async () => {
    const { url, port, tls: credentials } = await open(deploy());
    const redis = new Redis(url, { tls: credentials! });
    await redis.set("key", "value");
    const socket = net.connect(port!, "127.0.0.1");
    socket.on("error", () => {});
    socket.write("PING\r\n");
    await once(socket.resume(), "close");
    const silent = net.connect(port!, "127.0.0.1");
    await once(silent, "connect");
    silent.resetAndDestroy();
    expect(await redis.get("key")).toBe("value");
    redis.disconnect();
  });

  test("a plain listener waits in vain for a command of who speaks TLS to it", async () => {
    const redouble = deploy();
    const { url, port } = await open(redouble, { tls: false });
    const socket = tls.connect({ host: "127.0.0.1", port: port!, rejectUnauthorized: false });
    socket.on("error", () => {});
    const redis = new Redis(url);
    expect(await redis.ping()).toBe("PONG");
    socket.destroy();
    redis.disconnect();
  });

  test("a fault resets an encrypted connection, and a killed client's ends", async () => {
    const redouble = deploy();
    const { url, tls: credentials } = await open(redouble);
    redouble.faults.inject(resetPeer({ command: "GET", nth: 1 }));
    const redis = new Redis(url, { tls: credentials! });
    const errors: Error[] = [];
    redis.on("error", (error: Error) => errors.push(error));
    const closed = new Promise((resolve) => redis.once("close", resolve));
    expect(await redis.get("key")).toBeNull();
    await closed;
    expect(errors.map(({ message }) => message)).toEqual(["read ECONNRESET"]);
    const killed = new Promise((resolve) => redis.once("close", resolve));
    redouble.server.call("CLIENT", "KILL", "TYPE", "normal");
    await killed;
    expect(await redis.ping()).toBe("PONG");
    redis.disconnect();
  });
});

describe("deployments with TLS", { timeout: 30_000 }, () => {
  test("a cluster sends its encrypted clients to encrypted ports", async () => {
    const first = await freePorts(12);
    const redouble = deploy({
      topology: cluster({ primaries: 3, replicasPerPrimary: 1 }),
      addresses: [`127.0.0.1:${first}`],
      config: { "tls-port": String(first + 6), "tls-auth-clients": "no" },
    });
    const opened = await servers(redouble);
    expect(opened.map(({ port }) => port)).toEqual(Array.from({ length: 6 }, (_, at) => first + 6 + at));
    const { ca } = opened[0]!.tls!;
    const ioredis = new Cluster([{ host: "127.0.0.1", port: first + 6 }], { redisOptions: { tls: { ca } } });
    const nodeRedis = await createCluster({
      rootNodes: [{ url: `rediss://127.0.0.1:${first + 6}` }],
      defaults: { socket: { tls: true, ca } },
    }).connect();
    for (const key of ["a", "b", "c", "d", "e"]) await ioredis.set(key, `value of ${key}`);
    for (const key of ["a", "b", "c", "d", "e"]) expect(await nodeRedis.get(key)).toBe(`value of ${key}`);
    ioredis.disconnect();
    nodeRedis.destroy();
  });

  test("replicas follow by TLS, a server of another redouble too", async () => {
    const folder = mkdtempSync(join(tmpdir(), "redouble-"));
    const { ca, server } = await generateCertificates();
    const files = { "ca.crt": ca, "redis.crt": server.cert, "redis.key": server.key };
    for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
    const config = {
      "tls-cert-file": join(folder, "redis.crt"),
      "tls-key-file": join(folder, "redis.key"),
      "tls-ca-cert-file": join(folder, "ca.crt"),
      "tls-replication": "yes",
    };
    const primary = deploy({
      topology: primaryWithReplicas({ replicas: 1 }),
      config: { ...config, "tls-port": "7379", "repl-diskless-sync-delay": "0" },
    });
    expect(primary.server.call("ROLE")).toEqual(["master", 0, [["127.0.0.1", "7380", "0"]]]);
    const { port } = await open(primary);
    const far = deploy({ config, asDefault: false });
    const close = dialOutside(far);
    far.server.call("REPLICAOF", "127.0.0.1", String(port));
    primary.server.call("SET", "key", "value");
    await expect.poll(() => far.server.dump(), { timeout: 10_000 }).toEqual({ key: "value" });
    close();
    rmSync(folder, { recursive: true });
  });
});
