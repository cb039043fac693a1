// What only a simulated Redis can show: a day of BullMQ in a moment, with every retry at its minute.
import type { Worker } from "bullmq";
import { fakeTimers, redouble } from "redouble/vitest";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { Mails, startMailer, type Mail } from "./mails.ts";

const SECOND_MS = 1000;
const MINUTE_MS = 60 * SECOND_MS;
const DAY_MS = 24 * 60 * MINUTE_MS;
/** The post takes so long for a mail. */
const POST_MS = 200;
/** A worker of BullMQ that misses a mail's moment, busy with another one, looks again after at most so long. */
const LATEST_MS = 10 * SECOND_MS;

const connection = { host: "localhost", port: 6379 };

let mails: Mails;
let mailers: Worker<Mail>[];
let begunAt: number;
/** When each mail was tried, and when it was sent: since the test began, by subject. */
let tried: Map<string, number[]>;
let sent: Map<string, number[]>;
/** How often the post refuses a mail, by subject. */
let refusals: Map<string, number>;

beforeEach(() => {
  vi.useFakeTimers(fakeTimers.vitest);
  begunAt = Date.now();
  tried = new Map();
  sent = new Map();
  refusals = new Map();
  mails = new Mails(connection);
  mailers = [startMailer(connection, post)];
});
afterEach(async () => {
  await Promise.all([...mailers.map((mailer) => mailer.close()), mails.close()]);
  vi.useRealTimers();
});

async function post({ subject }: Mail): Promise<void> {
  const times = note(tried, subject);
  await new Promise((resolve) => setTimeout(resolve, POST_MS));
  if (times.length <= (refusals.get(subject) ?? 0)) throw new Error("The post is closed.");
  note(sent, subject);
}

function note(times: Map<string, number[]>, subject: string): number[] {
  const all = [...(times.get(subject) ?? []), Date.now() - begunAt];
  times.set(subject, all);
  return all;
}

/** Each moment is not before its due time, and at most so much after it. */
function expectPunctual(moments: readonly number[] | undefined, due: readonly number[]): void {
  expect(moments).toHaveLength(due.length);
  for (const [i, dueMs] of due.entries()) {
    expect(moments?.[i]).toBeGreaterThanOrEqual(dueMs);
    expect(moments?.[i]).toBeLessThanOrEqual(dueMs + LATEST_MS);
  }
}

/** When a mail is tried that is due at a moment and refused so many times: after each refusal it waits twice as long. */
function triesFrom(dueMs: number, refused: number): number[] {
  const tries = [dueMs];
  for (let i = 0; i < refused; i++) tries.push(tries[i]! + POST_MS + MINUTE_MS * 2 ** i);
  return tries;
}

describe("a day of a thousand mails, an hourly report and an order, with two mailers", () => {
  /** Spread over the day, at 1000 different moments. */
  const later = Array.from({ length: 1000 }, (_, i) => ({
    mail: { to: "ada", subject: `mail ${i}` },
    delayMs: (i * 7_919_311) % DAY_MS,
  }));

  test("loses none and sends none twice", { timeout: 120_000 }, async () => {
    mailers.push(startMailer(connection, post));
    for (let i = 3; i < 1000; i += 10) refusals.set(`mail ${i}`, (i % 4) + 1);
    refusals.set("mail 500", 5); // one more than a mail can bear
    refusals.set("supplier 2", 1);
    const suppliers = ["supplier 1", "supplier 2", "supplier 3"];

    await mails.sendLater(later);
    await mails.sendEvery(60 * MINUTE_MS, { to: "boss", subject: "report" });
    await mails.sendOrder(
      { to: "bob", subject: "customer" },
      suppliers.map((subject) => ({ to: "carl", subject })),
    );
    await redouble.clock.advance("24h30m");

    for (const { mail, delayMs } of later) {
      const refused = refusals.get(mail.subject) ?? 0;
      expect(tried.get(mail.subject)).toHaveLength(Math.min(refused + 1, 5));
      expectPunctual(tried.get(mail.subject)!.slice(0, 1), [delayMs]);
      expect(sent.get(mail.subject) ?? []).toHaveLength(refused < 5 ? 1 : 0);
    }
    for (const subject of [...suppliers, "customer"]) expect(sent.get(subject)).toHaveLength(1);
    expectPunctual(
      tried.get("report"),
      Array.from({ length: 25 }, (_, hour) => hour * 60 * MINUTE_MS),
    );
    expect(sent.get("report")).toHaveLength(25);
    expect(sent.size).toBe(999 + 4 + 1);

    expect(await mails.queue.getJobCounts()).toMatchObject({
      completed: 999 + 4 + 25,
      failed: 1,
      delayed: 1,
      active: 0,
    });
    const [buried] = await mails.queue.getFailed();
    expect(buried).toMatchObject({
      data: { subject: "mail 500" },
      attemptsMade: 5,
      failedReason: "The post is closed.",
    });
  });
});

describe("a mail that is refused", () => {
  test("is tried again after 1, 2, 4 and 8 minutes, then put aside", async () => {
    refusals.set("hello", 99);
    await mails.sendLater([{ mail: { to: "ada", subject: "hello" }, delayMs: MINUTE_MS }]);
    await redouble.clock.advance("20m");
    expectPunctual(tried.get("hello"), triesFrom(MINUTE_MS, 4));
    expect(sent.size).toBe(0);
    expect(await mails.queue.getFailedCount()).toBe(1);
  });
});

describe("a mail that is repeated", () => {
  test("leaves on time, however often the shop starts, until it is called off", async () => {
    for (let start = 0; start < 3; start++) await mails.sendEvery(5 * MINUTE_MS, { to: "boss", subject: "report" });
    await redouble.clock.advance("16m");
    expectPunctual(
      tried.get("report"),
      [0, 5, 10, 15].map((minute) => minute * MINUTE_MS),
    );
    await mails.queue.removeJobScheduler("report");
    await redouble.clock.advance("1h");
    expect(sent.get("report")).toHaveLength(4);
  });
});

describe("an order", () => {
  test("is told to its customer when the last supplier has it", async () => {
    refusals.set("supplier 2", 3);
    await mails.sendOrder({ to: "bob", subject: "customer" }, [
      { to: "carl", subject: "supplier 1" },
      { to: "dora", subject: "supplier 2" },
    ]);
    await redouble.clock.advance("6m");
    expect([...sent.keys()]).toEqual(["supplier 1"]);
    await redouble.clock.advance("3m");
    expect([...sent.keys()]).toEqual(["supplier 1", "supplier 2", "customer"]);
  });
});

describe("a mailer that dies at work", () => {
  test("keeps its mail until it counts as stalled, then another one sends it", async () => {
    await mailers.pop()!.close();
    const doomed = startMailer(connection, ({ subject }) => {
      note(tried, subject);
      return new Promise(() => {});
    });
    await mails.sendLater([{ mail: { to: "ada", subject: "hello" }, delayMs: SECOND_MS }]);
    await redouble.clock.advance("2s");
    await doomed.close(true);

    mailers = [startMailer(connection, post)];
    await redouble.clock.advance("25s");
    expect(sent.size).toBe(0);
    await redouble.clock.advance("70s");
    expect(sent.get("hello")).toHaveLength(1);
    expect(tried.get("hello")).toHaveLength(2);
  });
});
