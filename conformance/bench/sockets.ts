/** Over a real socket: CPU time a command beside redis-server's, and the memory of a million keys. */
import { execFile } from "node:child_process";
import net from "node:net";
import path from "node:path";
import { promisify } from "node:util";
import { startRealServer, startServer, type RealServer } from "../servers/real-server.ts";
import { interleaved, type Row } from "./row.ts";
import { cpuMs, residentBytes } from "./usage.ts";

const run = promisify(execFile);
const CLI = path.resolve(import.meta.dirname, "../../dist/esm/adapters/cli/main.js");
const REQUESTS = 60_000;
const KEYS = 1_000_000;

/** `redouble serve` in a process of its own. */
export async function serve(flags: readonly string[] = []): Promise<RealServer> {
  return await startServer(process.execPath, (port) => [...flags, CLI, "serve", "--port", String(port)]);
}

export async function socketRows(program: string, benchmark: string): Promise<Row[]> {
  const real = await startRealServer(program);
  const ours = await serve();
  try {
    return [
      await cpuRow({ real, ours, benchmark, pipeline: 1, atMost: 1.6 }),
      await cpuRow({ real, ours, benchmark, pipeline: 16, atMost: 1.8 }),
      await memoryRow(program),
    ];
  } finally {
    ours.stop();
    real.stop();
  }
}

type CpuOptions = {
  readonly real: RealServer;
  readonly ours: RealServer;
  readonly benchmark: string;
  readonly pipeline: number;
  readonly atMost: number;
};

async function cpuRow({ real, ours, benchmark, pipeline, atMost }: CpuOptions): Promise<Row> {
  const microseconds = async ({ port, pid }: { port: number; pid: number }): Promise<number> => {
    const before = cpuMs(pid);
    const requests = pipeline === 1 ? REQUESTS : REQUESTS * 4;
    const options = [
      "-p",
      String(port),
      "-t",
      "set,get",
      "-n",
      String(requests),
      "-c",
      "50",
      "-P",
      String(pipeline),
      "-q",
    ];
    await run(benchmark, [...options, "-r", "10000"]);
    return ((cpuMs(pid) - before) * 1e3) / (2 * requests);
  };
  const result = await interleaved(
    5,
    () => microseconds(ours),
    () => microseconds(real),
  );
  return {
    name: `CPU a command, 50 clients, -P ${pipeline}`,
    compared: "redouble serve / redis-server",
    ratio: result.ratio,
    bound: { atMost },
    detail: `${result.ours.toFixed(2)} us / ${result.theirs.toFixed(2)} us`,
  };
}

/** Growth of resident memory by a million 16-byte keys with 10-byte values, each in a fresh process, after a collection. */
async function memoryRow(program: string): Promise<Row> {
  const result = await interleaved(
    1,
    async () => {
      const serving = await serve(["--expose-gc", "--import", COLLECTOR]);
      try {
        return await growth({ ...serving, collects: true });
      } finally {
        serving.stop();
      }
    },
    async () => {
      const real = await startRealServer(program);
      try {
        return await growth(real);
      } finally {
        real.stop();
      }
    },
    { warmUp: false },
  );
  return {
    name: "memory of a million 16-byte keys with 10-byte values",
    compared: "redouble serve / redis-server",
    ratio: result.ratio,
    bound: { atMost: 3 },
    detail: `${(result.ours / 1e6).toFixed(0)} MB / ${(result.theirs / 1e6).toFixed(0)} MB`,
  };
}

type Measured = { readonly port: number; readonly pid: number; readonly collects?: boolean };

/** Collects garbage in the measured process when it is told to by SIGUSR2. */
const COLLECTOR = `data:text/javascript,${encodeURIComponent('process.on("SIGUSR2",()=>{gc();gc()})')}`;

async function growth({ port, pid, collects = false }: Measured): Promise<number> {
  await load(port, "warm:", 1_000);
  await collect({ pid, collects });
  const before = residentBytes(pid);
  await load(port, "key:", KEYS);
  await collect({ pid, collects });
  return residentBytes(pid) - before;
}

async function collect({ pid, collects }: Pick<Measured, "pid" | "collects">): Promise<void> {
  if (collects) process.kill(pid, "SIGUSR2");
  await new Promise((resolve) => setTimeout(resolve, 1_000));
}

async function load(port: number, prefix: string, count: number): Promise<void> {
  const socket = net.connect(port, "127.0.0.1");
  let replies = 0;
  await new Promise<void>((resolve, reject) => {
    socket.on("error", reject);
    socket.on("data", (chunk: Buffer) => {
      for (const byte of chunk) if (byte === 43) replies++;
      if (replies === count) resolve();
    });
    const send = (from: number): void => {
      let text = "";
      const to = Math.min(count, from + 1_000);
      for (let i = from; i < to; i++) {
        const key = prefix + String(i).padStart(16 - prefix.length, "0");
        text += `*3\r\n$3\r\nSET\r\n$16\r\n${key}\r\n$10\r\n${String(i).padStart(10, "0")}\r\n`;
      }
      socket.write(text, "latin1", () => {
        if (to < count) send(to);
      });
    };
    send(0);
  });
  socket.destroy();
}
