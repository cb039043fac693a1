/** Servers in processes of their own, at ports that were free. */
import type { ChildProcess } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { freePort } from "./ports.ts";
import { lastWords, startListening, type ProcessOptions } from "./real-process.ts";

export type RealServer = { readonly port: number; readonly pid: number; stop(): void };

export const HOST = "127.0.0.1";
/** Between the look at a port and the start, another process may take it. */
const ATTEMPTS = 20;

/** A real server on its machine's time. */
export async function startRealServer(program: string, flags: readonly string[] = []): Promise<RealServer> {
  return await startServer(program, (port, directory) => {
    const own = ["--port", String(port), "--bind", HOST, "--save", "", "--dir", directory];
    return [...own, ...flags];
  });
}

/** Any program that listens at the port it is told, with a directory of its own. */
export async function startServer(
  program: string,
  argsFor: (port: number, directory: string) => readonly string[],
): Promise<RealServer> {
  const directory = mkdtempSync(path.join(tmpdir(), "redouble-real-"));
  const { child, port } = await startAnywhere((at) => ({ program, directory, args: argsFor(at, directory) }));
  return {
    port,
    pid: child.pid!,
    stop() {
      child.kill("SIGKILL");
      rmSync(directory, { recursive: true, force: true });
    },
  };
}

/** Starts a process at a free port, and returns once it listens. Rejects with its own words where it does not start. */
export async function startAnywhere(
  optionsAt: (port: number) => ProcessOptions,
): Promise<{ readonly child: ChildProcess; readonly port: number }> {
  for (let attempt = 1; ; attempt++) {
    const port = await freePort();
    const options = optionsAt(port);
    const { child, outcome } = await startListening(options, { host: HOST, port });
    if (outcome === "listens") return { child, port };
    if (outcome === "ended" || attempt === ATTEMPTS)
      throw new Error(`a server does not start:\n${lastWords(options.directory)}`);
  }
}
