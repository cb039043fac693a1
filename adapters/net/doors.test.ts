import { Redis } from "ioredis";
import { createClient } from "redis";
import { afterEach, expect, test } from "vitest";
import { primaryWithReplicas, sentinel } from "../../core/index.ts";
import { crash } from "../../faults/index.ts";
import type { RedoubleOptions } from "../redouble-options.ts";
import { createRedouble, type Redouble } from "../redouble.ts";
import { intercept, type Interception } from "./index.ts";

let redouble: Redouble;
let interception: Interception;

function deploy(options: RedoubleOptions): void {
  redouble = createRedouble(options);
  interception = intercept();
}

afterEach(() => {
  interception.restore();
  redouble.stop();
});

/** Fields of the connection, as the server shows them. */
async function shown(client: Redis): Promise<Record<string, string>> {
  const line = (await client.call("CLIENT", "INFO")) as string;
  return Object.fromEntries(
    line
      .trim()
      .split(" ")
      .map((field) => field.split("=", 2)),
  ) as Record<string, string>;
}

test("a server answers at its unixsocket, and shows who came in by it", async () => {
  deploy({ config: { unixsocket: "/tmp/redis.sock" } });
  const ioredis = new Redis({ path: "/tmp/redis.sock" });
  expect(await shown(ioredis)).toMatchObject({ addr: "/tmp/redis.sock:0", laddr: "/tmp/redis.sock:0", flags: "U" });
  const nodeRedis = await createClient({ socket: { path: "/tmp/redis.sock", tls: false } }).connect();
  expect(await nodeRedis.info("server")).toContain("listener1:name=unix,bind=/tmp/redis.sock\r\n");
  nodeRedis.destroy();
  ioredis.disconnect();
});

test("a path that is registered is a unix socket too, whatever the configuration says", async () => {
  deploy({ addresses: ["/run/cache.sock"] });
  const redis = new Redis("/run/cache.sock");
  expect(await shown(redis)).toMatchObject({ addr: "/run/cache.sock:0", flags: "U" });
  redis.disconnect();
});

test("each server has a port for TLS, which nobody else is understood at", async () => {
  deploy({ topology: primaryWithReplicas({ replicas: 1 }), config: { "tls-port": "7379" } });
  const replica = new Redis({ port: 7380, tls: {} });
  expect(await shown(replica)).toMatchObject({ laddr: "127.0.0.1:7380", flags: "N" });
  expect(await replica.role()).toEqual(["slave", "127.0.0.1", 6379, "connected", 0]);
  const primary = new Redis({ port: 7379, tls: {} });
  expect(await shown(primary)).toMatchObject({ laddr: "127.0.0.1:7379" });
  for (const [port, options, reason] of [
    [7379, {}, 'TLS alone is spoken at this port of "primary"; 6379 is the other one'],
    [6380, { tls: {} }, 'TLS is not spoken at this port of "replica-1"; 7380 is the other one'],
  ] as const) {
    const lost = new Redis({ port, ...options, retryStrategy: () => null, maxRetriesPerRequest: 0 });
    const errors: Error[] = [];
    lost.on("error", (error: Error) => errors.push(error));
    await expect(lost.ping()).rejects.toThrow("Connection is closed");
    expect(errors[0]!.message).toContain(reason);
  }
  for (const client of [replica, primary]) client.disconnect();
});

test("Sentinels and what they watch speak TLS alone, and fail over by it", async () => {
  deploy({
    topology: sentinel({ replicas: 1, sentinels: 3 }),
    config: { port: "0", "tls-port": "6379", "tls-replication": "yes" },
  });
  const redis = new Redis({
    name: "mymaster",
    sentinels: [26_379, 26_380, 26_381].map((port) => ({ host: "127.0.0.1", port })),
    enableTLSForSentinelMode: true,
    tls: {},
    sentinelTLS: {},
  });
  redis.on("error", () => {});
  await redis.set("key", "value");
  await redouble.clock.advance("2s");
  redouble.faults.inject(crash({ server: "primary" }));
  await redouble.clock.advance("1m");
  expect(redouble.named("replica-1").call("ROLE")).toEqual(["master", expect.any(Number), []]);
  expect(await redis.get("key")).toBe("value");
  redis.disconnect();
});

test("without a port of its own TLS is taken off at any, as by a proxy in front", async () => {
  deploy({});
  const redis = new Redis({ tls: {} });
  expect(await shown(redis)).toMatchObject({ laddr: "127.0.0.1:6379" });
  redis.disconnect();
});
