// What the queue does, on any Redis: `REDIS_URL=redis://... npx vitest run --project examples` takes a real one.
import "redouble/vitest";
import { randomUUID } from "node:crypto";
import { beforeEach, describe, expect, test } from "vitest";
import { redis } from "./redis.ts";
import { WorkQueue, type Job } from "./work-queue.ts";

let name: string;
let queue: WorkQueue;
let done: Job[];
const handle = (job: Job): void => void done.push(job);
beforeEach(async () => {
  name = randomUUID();
  queue = new WorkQueue(redis, name);
  done = [];
  await queue.open();
});

describe("a job", () => {
  test("reaches a worker as it was enqueued, and is done", async () => {
    const id = await queue.enqueue("badge", { player: "ada", badge: "first win" });
    expect(await queue.work("worker-1", handle)).toBe("done");
    expect(done).toEqual([{ id, type: "badge", payload: { player: "ada", badge: "first win" } }]);
    expect(await queue.size()).toBe(0);
  });

  test("is one worker's alone", async () => {
    for (const player of ["ada", "bob", "cy"]) await queue.enqueue("badge", player);
    const outcomes = await Promise.all(
      ["worker-1", "worker-2", "worker-3", "worker-4"].map((worker) => queue.work(worker, handle)),
    );
    expect(outcomes.toSorted()).toEqual(["done", "done", "done", "idle"]);
    expect(new Set(done.map(({ payload }) => payload))).toEqual(new Set(["ada", "bob", "cy"]));
  });

  test("stays in the queue while it is not done", async () => {
    await queue.enqueue("badge", "ada");
    const fail = (): never => {
      throw new Error("the mail server is down");
    };
    expect(await queue.work("worker-1", fail)).toBe("failed");
    expect(await queue.size()).toBe(1);
    expect(await queue.work("worker-2", handle)).toBe("idle");
  });

  test("waits for nobody twice: opening a queue again changes nothing", async () => {
    await queue.enqueue("badge", "ada");
    await queue.open();
    expect(await queue.work("worker-1", handle)).toBe("done");
    await queue.open();
    expect(await queue.work("worker-1", handle)).toBe("idle");
  });
});

describe("an idempotency key", () => {
  test("makes one job of two", async () => {
    await queue.enqueue("prize", "ada", { idempotencyKey: "season-1" });
    await queue.enqueue("prize", "ada", { idempotencyKey: "season-1" });
    await queue.enqueue("prize", "ada", { idempotencyKey: "season-2" });
    const outcomes = [];
    for (let i = 0; i < 4; i++) outcomes.push(await queue.work("worker-1", handle));
    expect(outcomes).toEqual(["done", "repeated", "done", "idle"]);
    expect(done).toHaveLength(2);
  });
});

describe("a worker that waits", () => {
  test("gets a job as soon as there is one", async () => {
    const connection = redis.duplicate();
    const turn = new WorkQueue(connection, name).work("worker-1", handle, { waitMs: 60_000 });
    await queue.enqueue("badge", "ada");
    expect(await turn).toBe("done");
    await connection.quit();
  });
});
