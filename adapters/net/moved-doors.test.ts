import { Cluster, Redis } from "ioredis";
import { createClient } from "redis";
import { afterEach, expect, test } from "vitest";
import { cluster, primaryWithReplicas } from "../../core/index.ts";
import { Redis as PresetRedis } from "../ioredis/index.ts";
import type { RedoubleOptions } from "../redouble-options.ts";
import { createRedouble, type Redouble } from "../redouble.ts";
import { intercept, type Interception } from "./index.ts";

let redouble: Redouble;
let interception: Interception;
const clients: Redis[] = [];

function deploy(options: RedoubleOptions = {}): void {
  redouble = createRedouble(options);
  interception = intercept();
}

afterEach(() => {
  for (const client of clients.splice(0)) client.disconnect();
  interception.restore();
  redouble.stop();
});

interface Options {
  readonly host?: string;
  readonly port?: number;
  /** It dials again when its connection has broken. */
  readonly comesBack?: boolean;
  readonly from?: typeof Redis;
}

function connect({ comesBack = false, from: Client = Redis, ...address }: Options = {}): Redis {
  const client = new Client({
    ...address,
    retryStrategy: () => (comesBack ? 1 : null),
    maxRetriesPerRequest: null,
  });
  client.on("error", () => {});
  clients.push(client);
  return client;
}

/** Why a client does not get in. */
function refusal(options: Options): Promise<string> {
  return new Promise((resolve) => connect(options).on("error", ({ message }) => resolve(message)));
}

test("a client goes on where it is, and finds the server at its new port when it comes back", async () => {
  deploy();
  const stays = connect();
  const moves = connect({ comesBack: true });
  await stays.set("key", "value");
  await moves.ping();
  await stays.config("SET", "port", 7000);
  expect(await stays.get("key")).toBe("value");
  // What an application does that is told of the new port.
  moves.options.port = 7000;
  moves.stream.destroy();
  expect(await moves.get("key")).toBe("value");
  expect(await moves.client("INFO")).toContain("laddr=127.0.0.1:7000 ");
  const nodeRedis = await createClient({ url: "redis://localhost:7000" }).connect();
  expect(await nodeRedis.get("key")).toBe("value");
  nodeRedis.destroy();
});

test("who dials the old port is refused, and told where the server is", async () => {
  deploy();
  await connect().config("SET", "port", 7000);
  expect(await refusal({})).toBe(
    'connect ECONNREFUSED localhost:6379 (redouble: the server "server" listens at localhost:7000 now)',
  );
  const back = connect({ port: 7000 });
  await back.config("SET", "port", 0);
  expect(await refusal({ port: 7000 })).toContain('the server "server" listens at no port now');
  expect(await refusal({})).toContain('the server "server" listens at no port now');
  await back.config("SET", "port", 6379);
  expect(await connect().ping()).toBe("PONG");
});

test("an address that is registered beside the first one is the server's as long as its port is", async () => {
  deploy({ addresses: ["cache.internal:7100", "localhost:6379"] });
  const redis = connect();
  await redis.config("SET", "port", 7000);
  expect(await refusal({})).toContain("listens at cache.internal:7000 now");
  expect(await refusal({ host: "cache.internal", port: 7100 })).toContain("listens at cache.internal:7000 now");
  expect(await connect({ host: "cache.internal", port: 7000 }).ping()).toBe("PONG");
  expect(await connect({ port: 7000 }).ping()).toBe("PONG");
  await redis.config("SET", "port", 7100);
  expect(await connect().ping()).toBe("PONG");
});

test("bind decides who is heard", async () => {
  deploy();
  const redis = connect();
  await redis.config("SET", "bind", "127.0.0.5 ::1");
  expect(await connect({ host: "127.0.0.5" }).client("INFO")).toContain("laddr=127.0.0.5:6379 ");
  expect(await connect({ host: "::1" }).client("INFO")).toContain("laddr=[::1]:6379 ");
  expect(await refusal({ host: "127.0.0.1" })).toContain("listens at localhost:6379 now");
  await redis.config("SET", "bind", "*");
  expect(await connect({ host: "127.0.0.1" }).ping()).toBe("PONG");
  expect(await refusal({ host: "::1" })).toContain("ECONNREFUSED");
});

test("the connector of ioredis goes where the interceptor does", async () => {
  deploy();
  const options = { from: PresetRedis };
  const redis = connect(options);
  await redis.config("SET", "port", 7000);
  expect(await connect({ ...options, port: 7000 }).ping()).toBe("PONG");
  expect(await connect({ ...options, host: "prod.example", port: 7000 }).ping()).toBe("PONG");
  expect(await refusal({ ...options, host: "prod.example" })).toContain("listens at localhost:7000 now");
});

test("a socket that the redouble opens itself leads to where the server is", async () => {
  deploy();
  await connect().config("SET", "port", 7000);
  const socket = redouble.connect();
  socket.write("PING\r\n");
  expect(await new Promise((resolve) => socket.once("data", (chunk) => resolve(String(chunk))))).toBe("+PONG\r\n");
  expect(redouble.places).toEqual(["server at localhost:7000"]);
  socket.destroy();
});

test("each server of a deployment moves by itself, and none to where another is", async () => {
  deploy({ topology: primaryWithReplicas({ replicas: 1 }) });
  const replica = connect({ port: 6380 });
  await expect(replica.config("SET", "port", 6379)).rejects.toThrow(
    "ERR CONFIG SET failed (possibly related to argument 'port') - Unable to listen on this port. Check server logs.",
  );
  await connect().config("SET", "port", 7000);
  await replica.config("SET", "port", 6379);
  expect((await connect().role())[0]).toBe("slave");
  expect((await connect({ port: 7000 }).role())[0]).toBe("master");
});

test("a fresh server is where the first one was", async () => {
  deploy();
  await connect().config("SET", "port", 7000);
  redouble.reset();
  expect(await connect().config("GET", "port")).toEqual(["port", "6379"]);
});

test("Cluster of ioredis follows a node to its new port", async () => {
  deploy({ topology: cluster({ primaries: 3, replicasPerPrimary: 0 }) });
  const redis = new Cluster([{ host: "127.0.0.1", port: 7001 }], { slotsRefreshTimeout: 5_000 });
  await redis.set("b", "value"); // of the first node
  await connect({ port: 7000 }).config("SET", "port", 7100);
  await redouble.clock.advance("5s");
  const other = new Cluster([{ host: "127.0.0.1", port: 7001 }], { slotsRefreshTimeout: 5_000 });
  expect(await other.get("b")).toBe("value");
  expect(other.nodes("master").map(({ options }) => options.port)).toContain(7100);
  redis.disconnect();
  other.disconnect();
});
