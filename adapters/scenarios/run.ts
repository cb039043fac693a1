// Runs a failure story: its deployment, its timeline, a real ioredis on faked timers, all on one clock that follows from the seed.
import FakeTimers from "@sinonjs/fake-timers";
import type * as Ioredis from "ioredis";
import type { AnyScenario, ConnectOptions, Origin, Stage } from "../../scenarios/index.ts";
import { intercept } from "../net/index.ts";
import { createRedouble, type Redouble } from "../redouble.ts";
import { openScope } from "../scope.ts";
import { fakeTimerSettings } from "../time/fake-timer-settings.ts";
import { macrotask } from "../time/settle.ts";
import { missingPeer, peerModule } from "../peer-module.ts";

const { Redis } = peerModule<typeof Ioredis>("ioredis") ?? missingPeer<typeof Ioredis>("ioredis");

export interface RunOptions {
  /** Default 1. */
  readonly seed?: number | string;
  /** Default: the scenario's right way. */
  readonly implementation?: unknown;
}

export interface ScenarioRun {
  /** What is wrong in the end, in the oracle's words; empty when the story went well. */
  readonly violations: readonly string[];
  /** What happened, line by line, each with its time since the start. */
  readonly story: readonly StoryLine[];
  /** How long it took on the deployment's clock. */
  readonly durationMs: number;
}

export interface StoryLine {
  readonly atMs: number;
  readonly text: string;
}

const START_TIME = Date.UTC(2026, 0, 1);
/** The longest step, where nothing is due. */
const STEP_MS = 1_000;
/** A story that has not ended by then hangs. */
const LONGEST_MS = 600_000;
const ORIGIN_LATENCY_MS = 50;
/** No jitter: whatever is random follows from the seed. */
const FAIL_FAST = { enableOfflineQueue: false, enableReadyCheck: false, maxRetriesPerRequest: 0 };
const PATIENCE = { lazyConnect: true, retryStrategy: (nth: number) => Math.min(50 * nth, 1_000) };

/** @throws Error when the story does not end within ten minutes of its own time */
export async function runScenario(
  scenario: AnyScenario,
  { seed = 1, implementation = scenario.right }: RunOptions = {},
): Promise<ScenarioRun> {
  const fake = FakeTimers.install({ now: START_TIME, toFake: [...fakeTimerSettings.vitest.toFake] });
  const interception = intercept();
  const redouble = createRedouble({
    seed,
    topology: scenario.topology,
    startTime: START_TIME,
    asDefault: false,
    keepCommands: 0,
    ...(scenario.config && { config: scenario.config }),
  });
  const scope = openScope(redouble, { name: `the scenario ${scenario.name}`, leads: false });
  const stage = new ScenarioStage(redouble);
  const stop = redouble.play(scenario.timeline());
  try {
    // Timers that clients set run where time is moved: that too belongs to the story.
    const result = await scope.run(() =>
      finish({ redouble, fake }, scenario.workload(stage, implementation as never), scenario.name),
    );
    const violations = scenario.oracle(result);
    return { violations, story: tell(redouble, stage), durationMs: redouble.world.now - START_TIME };
  } finally {
    stop();
    stage.close();
    scope.end();
    await macrotask();
    redouble.stop();
    interception.restore();
    fake.uninstall();
  }
}

interface Clocks {
  readonly redouble: Redouble;
  readonly fake: FakeTimers.Clock;
}

/** Time goes from one thing that is due to the next, so that one seed tells one story. */
async function finish<T>({ redouble, fake }: Clocks, workload: Promise<T>, name: string): Promise<T> {
  const { world, clock } = redouble;
  let ended = false;
  const result = workload.finally(() => {
    ended = true;
  });
  result.catch(() => {}); // it is awaited below
  await clock.settle();
  while (!ended) {
    if (world.now - START_TIME > LONGEST_MS) throw new Error(`The scenario ${name} does not end.`);
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

/** Faults and what the workload noted, in the order of their times. */
function tell(redouble: Redouble, stage: ScenarioStage): StoryLine[] {
  const faults = redouble.faults.all.map(({ fault, injectedAt, fired }) => {
    const times = fired > 1 ? ` (struck ${fired} times)` : "";
    return { atMs: injectedAt - START_TIME, text: `fault: ${fault.name} ${JSON.stringify(fault.options)}${times}` };
  });
  return [...faults, ...stage.notes].toSorted((a, b) => a.atMs - b.atMs);
}

class ScenarioStage implements Stage {
  readonly notes: StoryLine[] = [];
  readonly origin: Origin;
  readonly #redouble: Redouble;
  readonly #clients: Ioredis.Redis[] = [];
  readonly #random;

  constructor(redouble: Redouble) {
    this.#redouble = redouble;
    this.#random = redouble.world.random.fork("scenario");
    this.origin = countingOrigin(this);
  }

  async connect({ server, failFast = false }: ConnectOptions = {}): Promise<Ioredis.Redis> {
    const client = new Redis({ ...this.#address(server), ...PATIENCE, ...(failFast && FAIL_FAST) });
    client.on("error", () => {}); // commands tell of it
    this.#clients.push(client);
    await client.connect();
    return client;
  }

  #address(server: string | undefined) {
    const { topology, servers } = this.#redouble;
    if (server === undefined && topology.kind === "sentinel") {
      const sentinels = [...servers.values()]
        .map(({ engine }) => engine)
        .filter(({ mode }) => mode === "sentinel")
        .map(({ address }) => ({ ...address }));
      return { sentinels, name: topology.masterName, sentinelRetryStrategy: () => 200 };
    }
    const { address } = server === undefined ? this.#redouble.main : this.#redouble.named(server)!;
    return { host: address.host, port: address.port };
  }

  now(): number {
    return this.#redouble.world.now;
  }

  sleep(durationMs: number): Promise<void> {
    return new Promise((resolve) => {
      setTimeout(resolve, durationMs);
    });
  }

  point(name: string): Promise<void> {
    return this.#redouble.point(name);
  }

  random(): number {
    return this.#random.float();
  }

  note(text: string): void {
    this.notes.push({ atMs: this.now() - START_TIME, text });
  }

  close(): void {
    for (const client of this.#clients) client.disconnect();
  }
}

function countingOrigin(stage: Stage): Origin {
  const counts = new Map<string, number>();
  return {
    async load(key) {
      counts.set(key, (counts.get(key) ?? 0) + 1);
      await stage.sleep(ORIGIN_LATENCY_MS);
      return `${key} as the origin has it`;
    },
    loads: (key) =>
      key === undefined ? [...counts.values()].reduce((sum, each) => sum + each, 0) : (counts.get(key) ?? 0),
  };
}
