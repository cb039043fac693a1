/** The process of a real server, whose clock may be in our hands. */
import { spawn, type ChildProcess } from "node:child_process";
import { closeSync, existsSync, openSync, readdirSync, readFileSync, statSync } from "node:fs";
import { createConnection } from "node:net";
import path from "node:path";
import { setTimeout as delay } from "node:timers/promises";

export type ProcessOptions = {
  readonly program: string;
  /** Without it time is its machine's. */
  readonly clock?: { readonly preload: string; readonly path: string; readonly place?: number };
  /** While a file is there, its disk is full. */
  readonly fullMark?: string;
  /** Where it runs and writes its log. */
  readonly directory: string;
  readonly args: readonly string[];
};

type Place = { readonly host: string; readonly port: number };

/** What came of a start: it listens, another process has its port, or it ended for a reason of its own. */
export type Outcome = "listens" | "port taken" | "ended";

/** On a machine that does much else, a process may be a while in coming up. */
const PATIENCE_MS = 60_000;

const running = new Set<ChildProcess>();

process.once("exit", () => {
  for (const child of running) child.kill("SIGKILL");
});

/** Starts one; it dies with this process. */
export function startProcess({ program, clock, fullMark = "", directory, args }: ProcessOptions): ChildProcess {
  const log = openSync(logOf(directory), "a");
  const child = spawn(program, args, {
    cwd: directory,
    env: {
      PATH: process.env["PATH"],
      ...(clock && { LD_PRELOAD: clock.preload, REDOUBLE_CLOCK: clock.path, REDOUBLE_FULL_DISK: fullMark }),
      ...(clock?.place !== undefined && { REDOUBLE_PLACE: String(clock.place) }),
    },
    stdio: ["ignore", log, log],
  });
  closeSync(log);
  running.add(child);
  child.once("exit", () => running.delete(child));
  return child;
}

/** Starts one, and returns once it listens there or is gone. */
export async function startListening(
  options: ProcessOptions,
  place: Place,
): Promise<{ readonly child: ChildProcess; readonly outcome: Outcome }> {
  const log = logOf(options.directory);
  const earlier = existsSync(log) ? statSync(log).size : 0;
  const child = startProcess(options);
  const patience = performance.now() + PATIENCE_MS;
  for (;;) {
    const answers = await probe(place).then(
      () => true,
      () => false,
    );
    const said = (): string => readFileSync(log, "latin1").slice(earlier);
    if (hasEnded(child)) return { child, outcome: said().includes("Address already in use") ? "port taken" : "ended" };
    if (answers) return { child, outcome: "listens" };
    if (performance.now() > patience) throw new Error(`a real server does not start:\n${said()}`);
    await delay(5);
  }
}

/** Kills it, and returns once it is gone. */
export async function endProcess(child: ChildProcess): Promise<void> {
  if (hasEnded(child)) return;
  await new Promise((resolve) => {
    child.once("exit", resolve);
    child.kill("SIGKILL");
  });
}

/** A connection that ends at once: it returns when the server has closed its side too, and rejects where nobody listens. */
export async function probe({ host, port }: Place): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    const socket = createConnection({ host, port });
    socket.once("connect", () => socket.end());
    socket.once("error", reject);
    socket.once("close", () => resolve());
    socket.resume();
  });
}

/** Whether a process computes or waits for its disk: neither asleep, nor gone (Linux). */
export function isAtWork(pid: number): boolean {
  return isThreadAtWork(pid, pid);
}

/** Whether a thread does something that is not the one by which it runs commands: it frees memory, or writes files (Linux). */
export function worksInBackground(pid: number): boolean {
  try {
    const threads = readdirSync(`/proc/${pid}/task`).map(Number);
    return threads.some((thread) => thread !== pid && isThreadAtWork(pid, thread));
  } catch {
    return false;
  }
}

function isThreadAtWork(pid: number, thread: number): boolean {
  try {
    return /\) [RD] /.test(readFileSync(`/proc/${pid}/task/${thread}/stat`, "latin1"));
  } catch {
    return false;
  }
}

/** The last lines that it wrote. */
export function lastWords(directory: string): string {
  return readFileSync(logOf(directory), "latin1").trim().split("\n").slice(-5).join("\n");
}

export function hasEnded(child: ChildProcess): boolean {
  return child.exitCode !== null || child.signalCode !== null;
}

function logOf(directory: string): string {
  return path.join(directory, "log");
}
