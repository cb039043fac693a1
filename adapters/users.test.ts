// Real clients as users of a server: who may come in, and what they are refused.
import { Redis } from "ioredis";
import { createClient } from "redis";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { sentinel } from "../core/index.ts";
import { intercept, type Interception } from "./net/index.ts";
import { createRedouble, type Redouble } from "./redouble.ts";

const users = [
  "default off",
  "app on >secret ~app:* &app:* +@all -@dangerous +info",
  "reader on >read %R~app:* +get +ping",
];

let interception: Interception;
let redouble: Redouble;
const clients: { disconnect(): unknown }[] = [];

beforeEach(() => {
  interception = intercept();
});

afterEach(() => {
  for (const client of clients.splice(0)) client.disconnect();
  redouble.stop();
  interception.restore();
});

function ioredis(username: string, password: string, options: object = {}): Redis {
  const client = new Redis({ username, password, retryStrategy: null, ...options });
  client.on("error", () => {});
  clients.push(client);
  return client;
}

describe("declared users", () => {
  test("are who ioredis says to be, and may do what they may", async () => {
    redouble = createRedouble({ users });
    const app = ioredis("app", "secret");
    expect(await app.set("app:a", "1")).toBe("OK");
    await expect(app.set("other", "1")).rejects.toThrow("NOPERM No permissions to access a key");
    await expect(app.flushall()).rejects.toThrow("NOPERM User app has no permissions to run the 'flushall' command");
    await expect(app.publish("other", "m")).rejects.toThrow("NOPERM No permissions to access a channel");
    const results = await app.multi().set("app:b", "2").get("app:b").exec();
    expect(results?.map(([, value]) => value)).toEqual(["OK", "2"]);
    const reader = ioredis("reader", "read", { enableReadyCheck: false });
    expect(await reader.get("app:a")).toBe("1");
    await expect(reader.set("app:a", "2")).rejects.toThrow("NOPERM");
    expect(redouble.server.dump()).toEqual({ "app:a": "1", "app:b": "2" });
  });

  test("are who node-redis says to be, and may do what they may", async () => {
    redouble = createRedouble({ users });
    const app = createClient({ username: "app", password: "secret" });
    clients.push({ disconnect: () => app.destroy() });
    await app.connect();
    expect(await app.set("app:a", "1")).toBe("OK");
    expect(await app.aclWhoAmI()).toBe("app");
    await expect(app.get("other")).rejects.toThrow("NOPERM No permissions to access a key");
    await expect(app.sendCommand(["KEYS", "*"])).rejects.toThrow("NOPERM");
  });

  test("come in with their own password only, and nobody without one", async () => {
    redouble = createRedouble({ users });
    await expect(ioredis("app", "wrong", { maxRetriesPerRequest: 0 }).get("app:a")).rejects.toThrow("WRONGPASS");
    const stranger = new Redis({ retryStrategy: null, enableReadyCheck: false });
    stranger.on("error", () => {});
    clients.push(stranger);
    await expect(stranger.get("app:a")).rejects.toThrow("NOAUTH");
    const log = redouble.server.call("ACL", "LOG");
    expect(log).toMatchObject([{ reason: "auth", username: "app", count: 1 }]);
  });

  test("change while they are connected", async () => {
    redouble = createRedouble({ users });
    const app = ioredis("app", "secret");
    await app.set("app:a", "1");
    redouble.server.call("ACL", "SETUSER", "app", "-set");
    await expect(app.set("app:a", "2")).rejects.toThrow("NOPERM");
    const gone = new Promise((resolve) => app.once("end", resolve));
    redouble.server.call("ACL", "DELUSER", "app");
    await gone;
  });

  test("are there again when the server starts again, and others are not", () => {
    redouble = createRedouble({ users });
    redouble.server.call("ACL", "SETUSER", "late", "on");
    redouble.server.call("ACL", "SETUSER", "app", "reset");
    redouble.server.engine.lifecycle.restart();
    expect(redouble.server.call("ACL", "USERS")).toEqual(["app", "default", "reader"]);
    expect(redouble.server.call("ACL", "LIST")).toContain("user default off sanitize-payload resetchannels -@all");
  });

  test.each([
    [["alice on +nosuch"], "users: '+nosuch' of 'alice': Unknown command or category name in ACL"],
    [["alice on", "alice off"], "users: 'alice' is there twice"],
  ])("%j are refused", (wrong, message) => {
    redouble = createRedouble();
    expect(() => createRedouble({ users: wrong })).toThrow(message);
  });

  test("are a list", () => {
    redouble = createRedouble();
    const wrong: object = { users: "alice on" };
    expect(() => createRedouble(wrong)).toThrow("users is a list");
  });

  test("are those of every server, and its own processes come in as one of them", async () => {
    redouble = createRedouble({
      topology: sentinel({ replicas: 1, downAfterMs: 1_000, failoverTimeoutMs: 6_000 }),
      users: [...users, "machine on >oil ~* &* +@all"],
      config: { masteruser: "machine", masterauth: "oil" },
    });
    const app = new Redis({
      sentinels: [26379, 26380, 26381].map((port) => ({ host: "127.0.0.1", port })),
      name: "mymaster",
      username: "app",
      password: "secret",
      sentinelRetryStrategy: () => 10,
    });
    app.on("error", () => {});
    clients.push(app);
    await app.set("app:k", "1");
    await redouble.clock.advance("3s");
    redouble.servers.get("primary")!.engine.lifecycle.crash();
    await redouble.clock.advance("10s");
    await new Promise((resolve) => setTimeout(resolve, 1_500));
    await app.set("app:k", "2");
    expect(redouble.servers.get("replica-1")!.dump()).toEqual({ "app:k": "2" });
  });
});
