/** Line by line what redis-benchmark measures: CPU time a command beside redis-server's, pipelined. */
import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { startRealServer } from "../servers/real-server.ts";
import { interleaved, type Row } from "./row.ts";
import { serve } from "./sockets.ts";
import { cpuMs } from "./usage.ts";

const run = promisify(execFile);
const PIPELINE = 16;
const ROUNDS = 5;
const AT_MOST = 1.8;

type Line = {
  /** The name of one of the benchmark's own tests, or a command for it to send. */
  readonly send: readonly [test: string] | readonly string[];
  readonly requests: number;
  /** How many different keys or members are drawn from; ten thousand where it is not given. */
  readonly range?: number;
};

/** In an order in which what takes finds what was put. */
const LINES: readonly Line[] = [
  { send: ["incr"], requests: 300_000 },
  { send: ["lpush"], requests: 300_000 },
  { send: ["lpop"], requests: 300_000 },
  { send: ["rpush"], requests: 300_000 },
  // By itself the benchmark's own test of LRANGE pushes first, and that would be measured too.
  { send: ["LRANGE", "mylist", "0", "99"], requests: 60_000 },
  { send: ["rpop"], requests: 300_000 },
  { send: ["sadd"], requests: 300_000, range: 1_000_000 },
  { send: ["spop"], requests: 300_000, range: 1_000_000 },
  { send: ["hset"], requests: 300_000, range: 1_000_000 },
  { send: ["zadd"], requests: 300_000, range: 1_000_000 },
  { send: ["zpopmin"], requests: 300_000, range: 1_000_000 },
  { send: ["mset"], requests: 60_000 },
  { send: ["XADD", "mystream", "*", "field", "value"], requests: 200_000 },
];

type Measured = { readonly port: number; readonly pid: number };

export async function lineRows(program: string, benchmark: string): Promise<Row[]> {
  const real = await startRealServer(program);
  const ours = await serve();
  try {
    const rows: Row[] = [];
    for (const line of LINES) {
      const result = await interleaved(
        ROUNDS,
        () => microseconds(line, benchmark, ours),
        () => microseconds(line, benchmark, real),
      );
      rows.push({
        name: `${line.send.join(" ").toUpperCase()}, 50 clients, -P ${PIPELINE}`,
        compared: "CPU of redouble serve / redis-server",
        ratio: result.ratio,
        bound: { atMost: AT_MOST },
        detail: `${result.ours.toFixed(2)} us / ${result.theirs.toFixed(2)} us`,
      });
    }
    return rows;
  } finally {
    ours.stop();
    real.stop();
  }
}

/** CPU time of a command in the measured process. */
async function microseconds(
  { send, requests, range = 10_000 }: Line,
  benchmark: string,
  { port, pid }: Measured,
): Promise<number> {
  const options = ["-p", port, "-n", requests, "-c", 50, "-P", PIPELINE, "-r", range, "-q"].map(String);
  const before = cpuMs(pid);
  await run(benchmark, [...options, ...(send.length === 1 ? ["-t", ...send] : send)]);
  return ((cpuMs(pid) - before) * 1e3) / requests;
}
