// A failure story: a deployment, what goes wrong and when, an application, and what must hold in the end. It comes with a way of
// doing it that fails, and one that does not.
import type { Topology } from "../core/index.ts";
import type { Timeline } from "../faults/index.ts";

/** What a story needs of a real client; ioredis has it. */
export interface ScenarioClient {
  call(command: string, ...args: readonly (string | number)[]): Promise<unknown>;
  subscribe(channel: string): Promise<unknown>;
  on(event: "message", listener: (channel: string, message: string) => void): unknown;
  /** The connection is over; it is there again. */
  on(event: "close" | "ready", listener: () => void): unknown;
}

export interface ConnectOptions {
  /**
   * One server by its name, past Sentinels and cluster views. Default: the way in that the deployment has for clients, which is
   * ioredis's Cluster where there is one.
   */
  readonly server?: string;
  /** Milliseconds before it connects for the nth time in a row, counted from 1. Default 50 more each time, up to a second. */
  readonly retryDelayMs?: (nth: number) => number;
  /** Commands fail at once instead of waiting for a server that is away. Default no, as ioredis has it. */
  readonly failFast?: boolean;
}

/** Where a story plays: what an implementation may use. All times are those of the deployment, in milliseconds. */
export interface Stage {
  /** A real client, connected. */
  connect(options?: ConnectOptions): Promise<ScenarioClient>;
  now(): number;
  /** Time passes. */
  sleep(durationMs: number): Promise<void>;
  /** A point at which a fault may stop the application. */
  point(name: string): Promise<void>;
  /** A system of record behind the cache; it takes `latencyMs`, and counts who asks. */
  readonly origin: Origin;
  /** A number in [0, 1) that follows from the seed. */
  random(): number;
  /** A line of the story. */
  note(text: string): void;
}

export interface Origin {
  load(key: string): Promise<string>;
  /** How often it was asked for a key, or for any. */
  loads(key?: string): number;
}

/** `I` is what an implementation is, `R` what its run leaves behind for the oracle. */
export interface Scenario<I = never, R = unknown> {
  /** `failover-loses-writes` */
  readonly name: string;
  /** One sentence: what happens. */
  readonly title: string;
  /** What an implementation is: its type, for people, and what it is to do. */
  readonly takes: { readonly type: string; readonly meaning: string };
  readonly topology: Topology;
  /** Start-up configuration of every server, as in redis.conf. */
  readonly config?: Readonly<Record<string, string>>;
  /** Faults keep state, so each run gets its own. */
  readonly timeline: () => Timeline;
  readonly workload: (stage: Stage, implementation: I) => Promise<R>;
  /** What is wrong in the end, a sentence each; nothing when all is well. */
  readonly oracle: (result: R) => readonly string[];
  /** The way that fails. */
  readonly naive: I;
  /** The way that holds. */
  readonly right: I;
  /** Why the one fails and the other does not, for the story's page. */
  readonly moral: string;
}

/** Defines a scenario: the implementation's type follows from its two ways. */
export function defineScenario<I, R>(scenario: Scenario<I, R>): Scenario<I, R> {
  return scenario;
}

/** Tries again until it holds or the time is over; the last error is thrown. */
export async function retrying<T>(
  stage: Stage,
  act: () => Promise<T>,
  { forMs, everyMs }: { readonly forMs: number; readonly everyMs: number },
): Promise<T> {
  const until = stage.now() + forMs;
  for (;;) {
    try {
      return await act();
    } catch (error) {
      if (stage.now() >= until) throw error;
      await stage.sleep(everyMs);
    }
  }
}
