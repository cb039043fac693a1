/** Nodes of a real server, in processes of their own. */
import { spawn, type ChildProcess } from "node:child_process";
import { randomInt } from "node:crypto";
import { mkdirSync, mkdtempSync, openSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { OwnConnection } from "../targets/own-connection.ts";

export type RealNodes = {
  readonly ports: readonly number[];
  close(): Promise<void>;
};

export type RealNodesOptions = {
  readonly program: string;
  readonly nodes: number;
  readonly config?: Readonly<Record<string, string>>;
};

const ATTEMPTS = 20;
/** No port is the number of a slot, and none, nor that of its bus, is one that connections get by themselves. */
const [FIRST_PORT, LAST_PORT] = [16_400, 22_000];
const PATIENCE_MS = 5_000;

/** Empty nodes that know no other, at ports one behind the other; their buses listen ten thousand above. */
export async function startRealNodes(options: RealNodesOptions): Promise<RealNodes> {
  for (let attempt = 1; ; attempt++) {
    const nodes = await startAt(randomInt(FIRST_PORT, LAST_PORT), options);
    if (nodes !== undefined) return nodes;
    if (attempt === ATTEMPTS) throw new Error("There are no free ports for the nodes.");
  }
}

/** Undefined where a port is taken. */
async function startAt(
  first: number,
  { program, nodes, config = {} }: RealNodesOptions,
): Promise<RealNodes | undefined> {
  const directory = mkdtempSync(path.join(tmpdir(), "redouble-nodes-"));
  const ports = Array.from({ length: nodes }, (_, at) => first + at);
  const children = ports.map((port) => {
    const dir = path.join(directory, String(port));
    mkdirSync(dir);
    const given = { port: String(port), bind: "127.0.0.1", dir, save: "", ...config };
    const log = openSync(path.join(dir, "server.log"), "w");
    const words = Object.entries(given).flatMap(([name, value]) => [`--${name}`, value]);
    return spawn(program, words, { cwd: dir, stdio: ["ignore", log, log] });
  });
  const kill = (): void => {
    for (const child of children) child.kill("SIGKILL");
  };
  process.once("exit", kill);
  const close = async (): Promise<void> => {
    process.off("exit", kill);
    const ended = Promise.all(children.map(gone));
    kill();
    await ended;
    rmSync(directory, { recursive: true, force: true });
  };
  const up = await Promise.all(ports.map((port, at) => answers(port, children[at]!)));
  if (up.every(Boolean)) return { ports, close };
  await close();
  return undefined;
}

function gone(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return Promise.resolve();
  return new Promise((resolve) => void child.once("exit", () => resolve()));
}

async function answers(port: number, child: ChildProcess): Promise<boolean> {
  const patience = performance.now() + PATIENCE_MS;
  while (child.exitCode === null && performance.now() < patience) {
    try {
      const own = await OwnConnection.connect({ host: "127.0.0.1", port });
      await own.ask("PING");
      own.close();
      return child.exitCode === null;
    } catch {
      await delay(10);
    }
  }
  return false;
}
