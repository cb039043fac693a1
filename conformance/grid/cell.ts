// One cell of the grid: a fault meets an application, and what the application sees is written down.
import { inVirtualTime } from "../../adapters/scenarios/virtual-time.ts";
import type { Redouble } from "../../adapters/index.ts";
import type { Topology } from "../../core/index.ts";
import type { Fault } from "../../faults/index.ts";
import { openApplication, type Application, type ClientName } from "./applications.ts";

/** A key whose slot the first of three primaries has. */
const KEY = "{b}:1";
const START_TIME = Date.UTC(2026, 0, 1);
/** Whoever has no answer by then goes without. */
const PATIENCE_MS = 15_000;
const SEED = 1;

export interface Cell {
  readonly topology: Topology;
  readonly client: ClientName;
  readonly fault: Fault;
}

/** What was seen of a write and of the read behind it, or of what the fault is about. */
export function playCell({ topology, client, fault }: Cell): Promise<string> {
  return inVirtualTime(
    { topology, startTime: START_TIME, seed: SEED, keepCommands: 0, config: configFor(topology) },
    `The grid's ${fault.name}`,
    async (redouble, { during }) => {
      const application = openApplication(client, redouble);
      try {
        return await during(() => live(redouble, application, { client, fault }));
      } finally {
        redouble.faults.clear();
        application.close();
      }
    },
  );
}

function configFor({ kind }: Topology): Record<string, string> {
  return kind === "cluster" ? { "cluster-node-timeout": "2000" } : {};
}

async function live(
  redouble: Redouble,
  application: Application,
  { client, fault }: Pick<Cell, "client" | "fault">,
): Promise<string> {
  await application.connect();
  await application.set(KEY, "old");
  await sleep(1_000);
  redouble.clock.enter(); // the fault comes now, not when something last happened in the deployment
  switch (fault.name) {
    case "scriptFlush": {
      const { engine } = redouble.server;
      const sha = await load(engine);
      redouble.faults.inject(fault);
      return observe("evalsha", () => application.evalsha(sha, KEY));
    }
    case "outputOverrun":
      await application.set(KEY, "x".repeat(40_000));
      redouble.faults.inject(fault);
      return observe("large get", async () => ((await application.get(KEY)) === null ? "nil" : "a large value"));
    case "maxClients": {
      redouble.faults.inject(fault);
      const newcomer = openApplication(client, redouble);
      try {
        return await observe("another client's get", async () => {
          await newcomer.connect();
          return newcomer.get(KEY);
        });
      } finally {
        newcomer.close();
      }
    }
    case "processPause":
      redouble.faults.inject(fault);
      return observe("point and set", async () => {
        await redouble.point("before the write");
        return application.set(KEY, "new");
      });
    default: {
      redouble.faults.inject(fault);
      const write = await observe("set", () => application.set(KEY, "new"));
      const read = await observe("get", () => application.get(KEY));
      return `${write}<br>${read}`;
    }
  }
}

/** Loads a script past the client, as another application would. */
function load(server: Redouble["server"]["engine"]): Promise<string> {
  return new Promise((resolve) => {
    const link = server.connect({
      own: true,
      peer: { write: (bytes) => resolve(bytes.split("\r\n")[1] ?? ""), close() {} },
    });
    link.receive(new TextEncoder().encode('SCRIPT LOAD "return 1"\r\n'));
  });
}

async function observe(what: string, act: () => Promise<unknown>): Promise<string> {
  const began = Date.now();
  const told = act().then(
    (reply) => (reply === null ? "nil" : typeof reply === "string" ? reply : JSON.stringify(reply)),
    (error: unknown) => `\`${textOf(error)}\``,
  );
  const seen = await Promise.race([told, sleep(PATIENCE_MS).then(() => undefined)]);
  if (seen === undefined) return `${what}: nothing in ${PATIENCE_MS / 1000} s`;
  const elapsedMs = Date.now() - began;
  return `${what}: ${seen}${elapsedMs === 0 ? "" : ` after ${elapsedMs} ms`}`;
}

function textOf(error: unknown): string {
  const text =
    error instanceof Error ? `${error.name === "Error" ? "" : `${error.name}: `}${error.message}` : String(error);
  return text.replaceAll("|", "\\|").replaceAll("\n", " ");
}

function sleep(durationMs: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, durationMs);
  });
}
