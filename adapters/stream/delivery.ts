// When replies reach the application: never at once (ioredis queues a command after it wrote it), and soon.
import { realSetImmediate } from "../time/real-time.ts";

/**
 * Every so many deliveries one waits for the event loop, so that a loop of awaited commands starves nobody. A turn costs as
 * much as three commands; so many commands take less than the millisecond that timers count in.
 */
const BREATH = 128;

const resolved = Promise.resolve();
let deliveries = 0;

/**
 * Runs `deliver` in a promise job, every 128th time in a turn of the event loop. Neither is touched by the default fake
 * timers of vitest and jest.
 */
export function deliverLater(deliver: () => void): void {
  if (++deliveries % BREATH === 0) realSetImmediate(deliver);
  else void resolved.then(deliver);
}

/** An error that a listener throws is as uncaught as it is on a real socket, and no rejected promise. */
export function throwUncaught(error: unknown): void {
  realSetImmediate(() => {
    throw error;
  });
}
