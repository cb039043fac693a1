// What only a simulated Redis can show: workers that crash, minutes that pass at once, replies that are lost.
import { replyLost, resetPeer } from "redouble/faults";
import { redouble } from "redouble/vitest";
import { beforeAll, beforeEach, describe, expect, test } from "vitest";
import { redis } from "./redis.ts";
import { WorkQueue, type Handler, type Job } from "./work-queue.ts";

const queue = new WorkQueue(redis, "prizes");
let done: Job[];
const handle: Handler = (job) => void done.push(job);
const fail: Handler = () => Promise.reject(new Error("nobody can do this"));

beforeAll(() => {
  redis.on("error", () => {}); // connections break on purpose here
});
beforeEach(async () => {
  done = [];
  await queue.open();
});

/** Takes a job and is never heard of again. */
async function crashAtWork(worker: string): Promise<void> {
  await new Promise<void>((taken) => {
    void queue.work(worker, () => new Promise(() => taken()));
  });
}

/** Turns until there is nothing left to do. */
async function workOff(worker: string, handler: Handler): Promise<string[]> {
  const outcomes: string[] = [];
  for (
    let outcome = await queue.work(worker, handler);
    outcome !== "idle";
    outcome = await queue.work(worker, handler)
  ) {
    outcomes.push(outcome);
  }
  return outcomes;
}

describe("a worker that crashes", () => {
  test("keeps its job for a minute, then another one does it", async () => {
    const id = await queue.enqueue("prize", "ada");
    await crashAtWork("worker-1");
    await redouble.clock.advance("59s999ms");
    expect(await queue.work("worker-2", handle)).toBe("idle");
    await redouble.clock.advance(1);
    expect(await queue.work("worker-2", handle)).toBe("done");
    expect(done).toEqual([{ id, type: "prize", payload: "ada" }]);
    expect(redouble.server).toHaveKey("queue:prizes", []);
  });

  test("does not hold up the others, and all it left is found", async () => {
    for (let i = 0; i < 40; i++) await queue.enqueue("prize", i);
    for (let i = 0; i < 20; i++) await crashAtWork("worker-1");
    expect(await workOff("worker-2", handle)).toHaveLength(20);
    await redouble.clock.advance("1m");
    expect(await workOff("worker-2", handle)).toHaveLength(20);
    expect(new Set(done.map(({ payload }) => payload)).size).toBe(40);
  });

  test("does its job once, under a key, even when it comes back", async () => {
    await queue.enqueue("prize", "ada", { idempotencyKey: "season-1" });
    await crashAtWork("worker-1");
    await redouble.clock.advance("1m");
    expect(await workOff("worker-1", handle)).toEqual(["done"]);
  });
});

describe("a job that nobody can do", () => {
  test("is handed out three times, then put aside", async () => {
    const id = await queue.enqueue("prize", "ada");
    const outcomes: string[] = [];
    for (const worker of ["worker-1", "worker-2", "worker-1", "worker-2", "worker-1"]) {
      outcomes.push(...(await workOff(worker, fail)));
      await redouble.clock.advance("1m");
    }
    expect(outcomes).toEqual(["failed", "failed", "failed", "buried"]);
    expect(await queue.buried()).toEqual([{ id, type: "prize", payload: "ada" }]);
    expect(await queue.size()).toBe(0);
  });

  test("is no burden to those behind it", async () => {
    await queue.enqueue("prize", "nobody");
    await queue.enqueue("prize", "ada");
    const choosy: Handler = (job) => (job.payload === "nobody" ? fail(job) : handle(job));
    expect(await workOff("worker-1", choosy)).toEqual(["failed", "done"]);
  });
});

describe("when the reply of XADD is lost, the client sends it again", () => {
  beforeEach(() => {
    redouble.faults.inject(replyLost({ command: "XADD", nth: 1 }));
  });

  test("the prize is given twice without an idempotency key", async () => {
    await queue.enqueue("prize", "ada");
    expect(await workOff("worker-1", handle)).toEqual(["done", "done"]);
  });

  test("and once with one", async () => {
    await queue.enqueue("prize", "ada", { idempotencyKey: "season-1" });
    expect(await workOff("worker-1", handle)).toEqual(["done", "repeated"]);
    expect(done).toHaveLength(1);
  });

  test("and once with one, even when its worker crashes between the two", async () => {
    await queue.enqueue("prize", "ada", { idempotencyKey: "season-1" });
    await crashAtWork("worker-1");
    expect(await workOff("worker-2", handle)).toEqual(["repeated"]);
    await redouble.clock.advance("1m");
    expect(await workOff("worker-2", handle)).toEqual(["done"]);
  });
});

describe("no job is lost", () => {
  test.each([
    ["the reply that brings it is lost", replyLost({ command: "XREADGROUP", nth: 1 })],
    ["the link breaks in the middle of that reply", resetPeer({ command: "XREADGROUP", nth: 1, when: "reply" })],
  ])("when %s: it is found a minute later", async (_when, fault) => {
    await queue.enqueue("prize", "ada");
    redouble.faults.inject(fault);
    expect(await queue.work("worker-1", handle)).toBe("idle");
    await redouble.clock.advance("1m");
    expect(await queue.work("worker-2", handle)).toBe("done");
  });
});

describe("a worker that waits", () => {
  test("gives up when its time is over", async () => {
    const connection = redis.duplicate();
    const turn = new WorkQueue(connection, "prizes").work("worker-1", handle, { waitMs: 30_000 });
    await redouble.clock.advance("31s");
    expect(await turn).toBe("idle");
    connection.disconnect();
  });
});
