// An application on a real client, on faked timers, beside a deployment: one clock, which goes from one thing that is due to the next.
import FakeTimers from "@sinonjs/fake-timers";
import type { Random } from "../../core/index.ts";
import { intercept } from "../net/index.ts";
import { createRedouble, type Redouble } from "../redouble.ts";
import type { RedoubleOptions } from "../redouble-options.ts";
import { openScope } from "../scope.ts";
import { fakeTimerSettings } from "../time/fake-timer-settings.ts";
import { macrotask } from "../time/settle.ts";

/** The longest step, where nothing is due. */
const STEP_MS = 1_000;
/** What has not ended by then hangs. */
const LONGEST_MS = 600_000;

export interface VirtualTime {
  /** Begins work, and lets time pass until it has ended. Timers that clients set run where time is moved. */
  readonly during: <T>(work: () => Promise<T>) => Promise<T>;
}

/**
 * Plays something in a deployment of its own, whose addresses only this application reaches. What it draws by chance follows from the seed.
 *
 * @throws Error when work does not end within ten minutes of its own time
 */
export async function inVirtualTime<T>(
  options: RedoubleOptions & { readonly startTime: number },
  what: string,
  play: (redouble: Redouble, time: VirtualTime) => Promise<T>,
): Promise<T> {
  const fake = FakeTimers.install({ now: options.startTime, toFake: [...fakeTimerSettings.vitest.toFake] });
  const interception = intercept();
  const redouble = createRedouble({ ...options, asDefault: false });
  const scope = openScope(redouble, { name: what, leads: false });
  const unseed = seedMath(redouble.world.random.fork("Math.random"));
  try {
    return await play(redouble, {
      during: (work) => scope.run(() => finish({ redouble, fake }, work(), what)),
    });
  } finally {
    scope.end();
    await macrotask();
    redouble.stop();
    interception.restore();
    unseed();
    fake.uninstall();
  }
}

/** Clients draw delays and nodes by chance: from the seed, as everything else. Call what it gives to undo it. */
function seedMath(random: Random): () => void {
  const { random: before } = Math;
  Math.random = () => random.float();
  return () => {
    Math.random = before;
  };
}

interface Clocks {
  readonly redouble: Redouble;
  readonly fake: FakeTimers.Clock;
}

/** Time goes from one thing that is due to the next, so that one seed tells one story. */
async function finish<T>({ redouble, fake }: Clocks, work: Promise<T>, what: string): Promise<T> {
  const { world, clock } = redouble;
  const startedAt = world.now;
  let ended = false;
  const result = work.finally(() => {
    ended = true;
  });
  result.catch(() => {}); // it is awaited below
  await clock.settle();
  while (!ended) {
    if (world.now - startedAt > LONGEST_MS) throw new Error(`${what} does not end.`);
    const timer = nextTimer(fake);
    const due = Math.min(timer, world.nextDeadline() ?? Number.POSITIVE_INFINITY, world.now + STEP_MS);
    if (due < timer) {
      // The deployment alone: the application has to do with it only where something reaches it.
      const before = world.bytesMoved;
      fake.tick(Math.max(0, Math.ceil(due - world.now)));
      clock.enter();
      if (world.bytesMoved !== before) await clock.settle();
    } else await clock.advanceTo(Math.max(timer, world.now));
  }
  return result;
}

/** When the application's next timer is due; Infinity without one. */
function nextTimer({ timers }: FakeTimers.Clock): number {
  let next = Number.POSITIVE_INFINITY;
  for (const { callAt } of timers?.values() ?? []) next = Math.min(next, callAt ?? next);
  return next;
}
