// Locks of redlock on a clock that is turned: who waits, who is refused, and whose lock ran out while he paid.
import { Redis } from "ioredis";
import { fakeTimers, redouble } from "redouble/vitest";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { Booking, HOLD_MS } from "./booking.ts";

let redis: Redis;
let booking: Booking;

beforeEach(() => {
  vi.useFakeTimers(fakeTimers.vitest);
  redis = new Redis();
  booking = new Booking(redis);
});
afterEach(() => {
  redis.disconnect();
  vi.useRealTimers();
});

const takes = (ms: number) => () => new Promise<void>((resolve) => setTimeout(resolve, ms));

test("a seat is sold once, and its lock is given back", async () => {
  expect(await booking.sell("12A", "ada", async () => {})).toBe(true);
  expect(await booking.sell("12A", "bob", async () => {})).toBe(false);
  expect(redouble.server.dump()).toEqual({ "12A": "ada" });
});

test("who comes while another one pays is refused after two tries more", async () => {
  const first = booking.sell("12A", "ada", takes(1000));
  await redouble.clock.settle();
  const second = booking.sell("12A", "bob", async () => {});
  const refusal = second.catch(String);
  await redouble.clock.advance("200ms");
  expect(await refusal).toContain("Exceeded 2 attempts to lock the resource");
  await redouble.clock.advance("800ms");
  expect(await first).toBe(true);
});

test("who pays for longer than the lock holds sells nothing, and the next one gets the seat", async () => {
  const slow = booking.sell("12A", "ada", takes(HOLD_MS + 1000));
  const loss = slow.catch(String);
  await redouble.clock.advance(HOLD_MS + 1);
  expect(await booking.sell("12A", "bob", async () => {})).toBe(true);
  await redouble.clock.advance("1s");
  expect(await loss).toContain("Cannot extend lock");
  expect(await redis.get("12A")).toBe("bob");
});
