// Runs a failure story: its deployment, its timeline, a real ioredis, all on one clock.
import type * as Ioredis from "ioredis";
import type { AnyScenario, ConnectOptions, Origin, Stage } from "../../scenarios/index.ts";
import { missingPeer, peerModule } from "../peer-module.ts";
import type { Redouble } from "../redouble.ts";
import { inVirtualTime } from "./virtual-time.ts";

const { Cluster, Redis } = peerModule<typeof Ioredis>("ioredis") ?? missingPeer<typeof Ioredis>("ioredis");

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
const ORIGIN_LATENCY_MS = 50;
/** No jitter: whatever is random follows from the seed. */
const FAIL_FAST = { enableOfflineQueue: false, enableReadyCheck: false, maxRetriesPerRequest: 0 };
const patienceMs = (nth: number): number => Math.min(50 * nth, 1_000);

/** @throws Error when the story does not end within ten minutes of its own time */
export async function runScenario(
  scenario: AnyScenario,
  { seed = 1, implementation = scenario.right }: RunOptions = {},
): Promise<ScenarioRun> {
  return inVirtualTime(
    {
      seed,
      topology: scenario.topology,
      startTime: START_TIME,
      keepCommands: 0,
      ...(scenario.config && { config: scenario.config }),
    },
    `The scenario ${scenario.name}`,
    async (redouble, { during }) => {
      const stage = new ScenarioStage(redouble);
      const stop = redouble.play(scenario.timeline());
      try {
        const result = await during(() => scenario.workload(stage, implementation as never));
        const violations = scenario.oracle(result);
        return { violations, story: tell(redouble, stage), durationMs: redouble.world.now - START_TIME };
      } finally {
        stop();
        stage.close();
      }
    },
  );
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
  readonly #clients: (Ioredis.Redis | Ioredis.Cluster)[] = [];
  readonly #random;

  constructor(redouble: Redouble) {
    this.#redouble = redouble;
    this.#random = redouble.world.random.fork("scenario");
    this.origin = countingOrigin(this);
  }

  async connect({ server, ...options }: ConnectOptions = {}): Promise<Ioredis.Redis | Ioredis.Cluster> {
    const client = this.#client(server, options);
    client.on("error", () => {}); // commands tell of it
    this.#clients.push(client);
    await client.connect();
    return client;
  }

  #client(
    server: string | undefined,
    { failFast = false, retryDelayMs = patienceMs }: Omit<ConnectOptions, "server">,
  ): Ioredis.Redis | Ioredis.Cluster {
    const { topology } = this.#redouble;
    const patience = { lazyConnect: true, retryStrategy: retryDelayMs, ...(failFast && FAIL_FAST) };
    if (server !== undefined || topology.kind !== "cluster")
      return new Redis({ ...this.#address(server), ...patience });
    return new Cluster([this.#address(undefined)], {
      lazyConnect: true,
      clusterRetryStrategy: retryDelayMs,
      ...(failFast && { enableOfflineQueue: false, redisOptions: FAIL_FAST }),
    });
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
    const { address } = server === undefined ? this.#redouble.main : this.#redouble.named(server).engine;
    return { host: address.host, port: address.port };
  }

  /** A timer of the application may be ahead of the deployment. */
  now(): number {
    const { clock, world } = this.#redouble;
    clock.enter();
    clock.leave();
    return world.now;
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
