import { once } from "node:events";
import { Redis as RealRedis } from "ioredis";
import { createClient } from "redis";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { currentRedouble } from "./current.ts";
import { presetRedis } from "./ioredis/preset.ts";
import { intercept, type Interception } from "./net/index.ts";
import { presetMakers } from "./node-redis/preset.ts";
import { createRedouble, type Redouble } from "./redouble.ts";
import { currentScope, openScope, type Scope, type ScopeOptions } from "./scope.ts";

const Redis = presetRedis(RealRedis);
const makers = presetMakers({ createClient } as unknown as Parameters<typeof presetMakers>[0]);

const cleanups: (() => void)[] = [];
afterEach(() => {
  for (const clean of cleanups.splice(0).toReversed()) clean();
});

function redouble(asDefault = false): Redouble {
  const made = createRedouble({ asDefault });
  cleanups.push(() => made.stop());
  return made;
}

function open(name: string, options: Partial<ScopeOptions> = {}): Scope & { readonly redouble: Redouble } {
  const home = redouble();
  const scope = openScope(home, { name, ...options });
  cleanups.push(() => scope.end());
  return Object.assign(scope, { redouble: home });
}

function client(options = {}): RealRedis {
  const made = new Redis({ lazyConnect: false, ...options });
  made.on("error", () => {});
  cleanups.push(() => made.disconnect());
  return made;
}

describe("which redouble is meant", () => {
  test("the one of the running test, else the leading test's, else the newest default", async () => {
    const first = redouble(true);
    const second = redouble(true);
    expect(currentRedouble()).toBe(second);
    second.stop();
    expect(currentRedouble()).toBe(first);
    const leading = open("leads");
    expect(currentRedouble()).toBe(leading.redouble);
    const beside = open("beside", { leads: false });
    expect(currentRedouble()).toBe(leading.redouble);
    await beside.run(async () => {
      await new Promise((resolve) => setTimeout(resolve, 1));
      expect(currentScope()).toBe(beside);
      expect(currentRedouble()).toBe(beside.redouble);
    });
    leading.end();
    expect(currentRedouble()).toBe(first);
  });

  test("one is made when there is none", () => {
    const made = currentRedouble();
    expect(currentRedouble()).toBe(made);
    made.stop();
  });
});

describe("a client made in a test", () => {
  test("lives on the test's server, whoever runs beside it", async () => {
    const [a, b] = [open("a", { leads: false }), open("b", { leads: false })];
    const work = (scope: Scope, value: string) =>
      scope.run(async () => {
        const redis = client();
        await redis.set("key", value);
        await new Promise((resolve) => setTimeout(resolve, 5));
        return redis.get("key");
      });
    expect(await Promise.all([work(a, "of a"), work(b, "of b")])).toEqual(["of a", "of b"]);
    expect(a.redouble.server.dump()).toEqual({ key: "of a" });
    expect(a.openConnections.map(({ description }) => description)).toEqual([
      expect.stringMatching(/^a client|^the client/),
    ]);
  });

  test("is cut off when the test ends, and refused when it comes back", async () => {
    const scope = open("the test that is over");
    const redis = await scope.run(async () => {
      const made = client({ retryStrategy: () => 1, maxRetriesPerRequest: 0 });
      await made.ping();
      return made;
    });
    scope.end();
    expect(scope.openConnections).toEqual([]);
    const refused = new Promise<Error>((resolve) => {
      redis.on("error", (error: Error) => {
        if (error.message.includes("ECONNREFUSED")) resolve(error);
      });
    });
    await redis.set("key", "late").catch(() => {});
    expect((await refused).message).toBe(
      'connect ECONNREFUSED localhost:6379 (redouble: the test "the test that is over", which made this client, is over)',
    );
  });

  test("is refused too when it is node-redis, whatever runs meanwhile", async () => {
    let interception: Interception | undefined = intercept();
    cleanups.push(() => interception?.restore());
    const scope = open("first");
    const made = scope.run(() => (makers.createClient as unknown as typeof createClient)());
    made.on("error", () => {});
    scope.end();
    const next = open("second");
    const failure = next.run(() => made.connect());
    const [error] = (await once(made, "error")) as [Error];
    expect(error.message).toContain('the test "first", which made this client, is over');
    made.destroy();
    await failure.catch(() => {});
    interception.restore();
    interception = undefined;
    expect(next.redouble.server.commands).toEqual([]);
  });

  test("and used by what a test left running is an error of that test alone", async () => {
    const [first, next] = [open("first"), open("next")];
    const redis = client();
    await redis.ping();
    await next.run(() => redis.ping());
    first.end();
    const failure: unknown = await first.run(async () => redis.set("key", "late")).catch((error: unknown) => error);
    expect(String(failure)).toMatch(/The test "first" is over, and something in it still uses the client ioredis/);
    expect([first.violations.length, next.violations.length]).toEqual([1, 0]);
    expect(next.redouble.server.commands.map(({ name }) => name)).not.toContain("SET");
  });

  test("and used in another one that runs at the same time is an error that both learn of", async () => {
    const [a, b] = [open("a", { leads: false }), open("b", { leads: false })];
    const redis = a.run(() => client());
    await a.run(() => redis.ping());
    const failure: unknown = await b.run(async () => redis.set("key", "of b")).catch((error: unknown) => error);
    expect(String(failure)).toMatch(/"a" and "b" run at the same time and share .* make a client in each test/);
    expect(a.violations).toHaveLength(1);
    expect(b.violations).toHaveLength(1);
    expect(a.redouble.server.dump()).toEqual({});
  });
});

describe("a client made outside of tests", () => {
  let outside: Redouble;
  let redis: RealRedis;

  beforeEach(async () => {
    outside = redouble(true);
    redis = client({ connectionName: "shared", db: 2 });
    await redis.set("key", "outside");
  });

  test("moves to each test's server when it is quiet, with what was set up, and back", async () => {
    let connections = 0;
    redis.on("connect", () => connections++);
    for (const name of ["first", "second"]) {
      const scope = open(name);
      await scope.run(async () => {
        expect(await redis.get("key")).toBeNull();
        await redis.set("key", name);
      });
      expect(scope.redouble.server.call("SELECT", 2)).toBe("OK");
      expect(scope.redouble.server.dump()).toEqual({ key: name });
      expect(scope.redouble.server.commands.at(-1)?.client.name).toBe("shared");
      scope.end();
    }
    expect(await redis.get("key")).toBe("outside");
    expect(connections).toBe(0);
    expect(outside.connections.size).toBe(1);
  });

  test("is reset when it is in the middle of something", async () => {
    await redis.watch("key");
    const closed = new Promise((resolve) => redis.once("close", resolve));
    const scope = open("test");
    await closed;
    expect(await scope.run(() => redis.get("key"))).toBeNull();
    expect(scope.redouble.connections.size).toBe(1);
  });
});
