// LATENCY GRAPH: the samples of an event as columns, with how long ago each was written below it.
import type { Bytes } from "../kernel/bytes.ts";
import type { LatencyEvent } from "./latency-monitor.ts";

const WIDTH = 80;
const ROWS = 4;
/** The top of a column, by thirds of a row. */
const TOPS = ["_", "o", "#"];
const BODY = "|";

/** The picture of an event at a moment, in seconds of Unix time. */
export function latencyGraph(name: Bytes, { samples, worstMs }: LatencyEvent, now: number): Bytes {
  const latencies = samples.map(({ latencyMs }) => latencyMs);
  const [high, low] = [Math.max(...latencies), Math.min(...latencies)];
  const heading = `${name} - high ${high} ms, low ${low} ms (all time high ${worstMs} ms)`;
  const columns = samples.map(({ at, latencyMs }) => column(latencyMs - low, high - low, age(now - at)));
  const pictures: Bytes[] = [];
  for (let from = 0; from < columns.length; from += WIDTH) pictures.push(beside(columns.slice(from, from + WIDTH)));
  return `${heading}\n${"-".repeat(WIDTH)}\n${pictures.join("\n")}`;
}

/** From top to bottom: the bar, a blank, the label. */
function column(height: number, range: number, label: Bytes): readonly Bytes[] {
  const steps = ROWS * TOPS.length;
  const step = Math.min(steps - 1, Math.floor((height * steps) / (range || 1)));
  const bar = Array.from({ length: ROWS }, (_, row) => {
    const above = step - (ROWS - row - 1) * TOPS.length;
    return above >= TOPS.length ? BODY : (TOPS[above] ?? " ");
  });
  return [...bar, " ", ...label.split("")];
}

function beside(columns: readonly (readonly Bytes[])[]): Bytes {
  const height = Math.max(...columns.map(({ length }) => length));
  return Array.from({ length: height }, (_, row) => `${columns.map((each) => each[row] ?? " ").join("")}\n`).join("");
}

const UNITS = [
  ["d", 86_400],
  ["h", 3_600],
  ["m", 60],
  ["s", 1],
] as const;

function age(seconds: number): Bytes {
  const [unit, length] = UNITS.find(([, each]) => seconds >= each) ?? ["s", 1];
  return `${Math.floor(seconds / length)}${unit}`;
}
