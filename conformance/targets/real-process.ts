/** The process of a real server, whose clock may be in our hands. */
import { spawn, type ChildProcess } from "node:child_process";
import { closeSync, openSync } from "node:fs";
import { createConnection } from "node:net";
import path from "node:path";
import type { Address } from "./socket.ts";

export type ProcessOptions = {
  readonly program: string;
  /** Without it time is its machine's. */
  readonly clock?: { readonly preload: string; readonly path: string };
  /** While a file is there, its disk is full. */
  readonly fullMark?: string;
  /** Where it runs and writes its log. */
  readonly directory: string;
  readonly args: readonly string[];
};

const running = new Set<ChildProcess>();

process.once("exit", () => {
  for (const child of running) child.kill("SIGKILL");
});

/** Starts one; it dies with this process. */
export function startProcess({ program, clock, fullMark = "", directory, args }: ProcessOptions): ChildProcess {
  const log = openSync(path.join(directory, "log"), "a");
  const child = spawn(program, args, {
    cwd: directory,
    env: {
      PATH: process.env["PATH"],
      ...(clock && { LD_PRELOAD: clock.preload, REDOUBLE_CLOCK: clock.path, REDOUBLE_FULL_DISK: fullMark }),
    },
    stdio: ["ignore", log, log],
  });
  closeSync(log);
  running.add(child);
  child.once("exit", () => running.delete(child));
  return child;
}

/** Kills it, and returns once it is gone. */
export async function endProcess(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  await new Promise((resolve) => {
    child.once("exit", resolve);
    child.kill("SIGKILL");
  });
}

/** A connection that ends at once: it returns when the server has closed its side too, and rejects where nobody listens. */
export async function probe({ host, port }: Address): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    const socket = createConnection({ host, port });
    socket.once("connect", () => socket.end());
    socket.once("error", reject);
    socket.once("close", () => resolve());
    socket.resume();
  });
}
