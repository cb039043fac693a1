// What the end of a test says of a deployment, and does to its clients.
import { Cluster, Redis } from "ioredis";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { cluster, primaryWithReplicas } from "../../core/index.ts";
import { exampleFaults, latency, movedStorm, replyLost, slowCommand, type Fault } from "../../faults/index.ts";
import { fakeTimerSettings } from "../time/fake-timer-settings.ts";
import { intercept, type Interception } from "../net/index.ts";
import { TestRun } from "./test-run.ts";

let interception: Interception;
beforeEach(() => {
  interception = intercept();
});
afterEach(() => interception.restore());

const inDeployment = {
  runner: "vitest",
  options: { topology: primaryWithReplicas({ replicas: 1 }), profile: "redis-8.0" },
} as const;

test("shows the commands of all servers in order, and who received each", async () => {
  const run = new TestRun({ name: "a test", concurrent: false }, inDeployment);
  await run.run(async () => {
    const [primary, replica] = [new Redis({ port: 6379 }), new Redis({ port: 6380 })];
    await primary.set("a", "1");
    await run.redouble.clock.advance("1s");
    await replica.get("a");
    await primary.incr("a");
    await Promise.all([primary.quit(), replica.quit()]);
  });
  const { report } = await run.finish({ failed: true });
  expect(report.split("\n").slice(0, 5)).toEqual([
    expect.stringMatching(/^redouble: the \d commands that the servers received, less \d of connecting:$/),
    "        +0ms  primary    SET a 1",
    "         +1s  replica-1  GET a",
    "         +1s  primary    INCR a",
    expect.stringMatching(/QUIT$/),
  ]);
});

test.each<[string, Fault | undefined, (redis: Redis) => Promise<unknown>, string]>([
  ["who is blocked", undefined, (redis) => redis.blpop("queue", 5), 'the next event comes with clock.advance("5s1ms")'],
  ["a late reply", latency({ delayMs: 100 }), (redis) => redis.get("a"), 'comes with clock.advance("100ms")'],
  [
    "a slow server",
    slowCommand({ command: "GET", durationMs: 2000 }),
    (redis) => redis.get("a"),
    'comes with clock.advance("2s")',
  ],
  ["a lost reply", replyLost({ then: "silence" }), (redis) => redis.get("a"), "nothing is going to happen by itself"],
])("says how far the clock has to go for %s", async (_what, fault, wait, hint) => {
  const run = new TestRun({ name: "a test", concurrent: false }, { runner: "vitest", options: {} });
  await run.run(async () => {
    const redis = new Redis();
    await redis.set("a", "1");
    if (fault !== undefined) run.redouble.faults.inject(fault);
    wait(redis).catch(() => {});
  });
  const { report } = await run.finish({ failed: true });
  expect(report).toContain("\n  a client waits, and the clock stands: ");
  expect(report).toContain(hint);
});

test("counts from the beginning of the test, whatever date it is given", async () => {
  const run = new TestRun({ name: "a test", concurrent: false }, { runner: "vitest", options: {} });
  await run.run(async () => {
    vi.useFakeTimers({ ...fakeTimerSettings.vitest, now: 0 });
    const redis = new Redis();
    await redis.set("a", "1");
    await redis.quit();
    vi.useRealTimers();
  });
  const { report } = await run.finish({ failed: true });
  expect(report).toMatch(/\n +\+\d?ms {2}SET a 1/);
});

test("a fault that the deployment has no place for says what is missing", async () => {
  const run = new TestRun({ name: "a test", concurrent: false }, inDeployment);
  run.redouble.faults.inject(movedStorm({ slots: 10 }));
  const { problems } = await run.finish({ failed: false });
  expect(problems.map(({ message }) => message)).toEqual([
    expect.stringContaining("It cannot come to pass in this deployment (primary-with-replicas): no cluster."),
  ]);
  expect(exampleFaults(inDeployment.options.topology).get("movedStorm")).toBe("no cluster");
});

test("clients that are just connecting when their test fails are cut off like others, and do not try for ever", async () => {
  const options = { topology: cluster({ primaries: 3, replicasPerPrimary: 0 }) };
  const run = new TestRun({ name: "a test", concurrent: false }, { runner: "jest", options });
  const [client, ofCluster] = run.run(
    () => [new Redis(7000), new Cluster([{ host: "127.0.0.1", port: 7000 }])] as const,
  );
  const heard: unknown[] = [];
  for (const each of [client, ofCluster]) {
    each.on("error", (error) => heard.push(error));
    each.on("reconnecting", () => heard.push("reconnecting"));
  }
  await run.finish({ failed: true });
  await new Promise((resolve) => setTimeout(resolve, 300));
  expect(heard).toEqual([]);
  client.disconnect();
  ofCluster.disconnect();
});
