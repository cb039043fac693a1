// LATENCY's memory: the last moments at which something took longer than `latency-monitor-threshold` (latency.c).
import type { Bytes } from "../kernel/bytes.ts";
import { latencyGraph } from "./latency-graph.ts";
import { latencyReport, type Examined } from "./latency-report.ts";

const MOST_SAMPLES = 160;

export interface LatencySample {
  /** In seconds of Unix time. */
  readonly at: number;
  readonly latencyMs: number;
}

export interface LatencyEvent {
  /** The oldest in front; of one second the worst. */
  readonly samples: LatencySample[];
  worstMs: number;
  sumMs: number;
  count: number;
}

export class LatencyMonitor {
  /** Milliseconds; 0: nothing is remembered. */
  threshold = 0;
  readonly events = new Map<Bytes, LatencyEvent>();

  add(name: Bytes, latencyMs: number, at: number): void {
    if (this.threshold === 0 || latencyMs < this.threshold) return;
    let event = this.events.get(name);
    if (event === undefined) this.events.set(name, (event = { samples: [], worstMs: 0, sumMs: 0, count: 0 }));
    const { samples } = event;
    event.worstMs = Math.max(event.worstMs, latencyMs);
    event.sumMs += latencyMs;
    event.count++;
    const last = samples.at(-1);
    if (last?.at === at) samples[samples.length - 1] = { at, latencyMs: Math.max(last.latencyMs, latencyMs) };
    else samples.push({ at, latencyMs });
    if (samples.length > MOST_SAMPLES) samples.shift();
  }

  /** LATENCY GRAPH at a moment, in milliseconds of Unix time; undefined where nothing is known of such an event. */
  graph(name: Bytes, now: number): Bytes | undefined {
    const event = this.events.get(name);
    return event && latencyGraph(name, event, Math.floor(now / 1000));
  }

  /** LATENCY DOCTOR */
  report(examined: Examined): Bytes {
    return latencyReport(this, examined);
  }

  /** Forgets events of these names, or all; how many there were. */
  reset(names: readonly Bytes[]): number {
    const all = names.length === 0 ? [...this.events.keys()] : names;
    return all.filter((name) => this.events.delete(name)).length;
  }
}
