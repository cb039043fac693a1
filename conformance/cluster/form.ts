/** Makes a cluster of empty nodes, simulated or real, by the same commands: three primaries, and replicas of them in turn. */
import { setTimeout as delay } from "node:timers/promises";
import { OwnConnection } from "../targets/own-connection.ts";

const PRIMARIES = 3;
const SLOTS = 16_384;
const PATIENCE_MS = 20_000;

/** Resolves with the ids of the nodes when all of them serve, and the replicas have what their primaries have. */
export async function form(ports: readonly number[]): Promise<readonly string[]> {
  const nodes = await Promise.all(ports.map((port) => OwnConnection.connect({ host: "127.0.0.1", port })));
  const [first] = nodes as [OwnConnection];
  const ids = await Promise.all(nodes.map((node) => node.text("CLUSTER", "MYID")));
  for (const [at, node] of nodes.entries()) {
    await node.ask("CLUSTER", "SET-CONFIG-EPOCH", String(at + 1));
    if (at >= PRIMARIES) continue;
    const [from, to] = [at, at + 1].map((share) => Math.round((share * SLOTS) / PRIMARIES));
    await node.ask("CLUSTER", "ADDSLOTSRANGE", String(from), String(to! - 1));
  }
  for (const port of ports.slice(1)) await first.ask("CLUSTER", "MEET", "127.0.0.1", String(port));
  for (const node of nodes) await until(async () => knowsAll(await node.text("CLUSTER", "NODES"), ids));
  for (const [at, node] of nodes.entries()) {
    if (at >= PRIMARIES) await node.ask("CLUSTER", "REPLICATE", ids[at % PRIMARIES]!);
  }
  for (const node of nodes) {
    await until(async () => (await node.text("CLUSTER", "INFO")).includes("cluster_state:ok"));
    await until(async () => !/master_link_status:down/.test(await node.text("INFO", "replication")));
    await until(async () => (await node.text("CLUSTER", "NODES")).match(/slave/g)?.length === ids.length - PRIMARIES);
  }
  // A replica counts once it is known how far it is, which is nowhere before anything was written.
  for (const node of nodes.slice(0, PRIMARIES)) await node.ask("FLUSHALL");
  for (const node of nodes) {
    await until(async () => {
      const slots = JSON.stringify(await node.ask("CLUSTER", "SLOTS"));
      return ids.every((id) => slots.includes(id));
    });
  }
  for (const node of nodes) node.close();
  return ids;
}

/** Each of them has said who it is. */
function knowsAll(nodes: string, ids: readonly string[]): boolean {
  return !nodes.includes("handshake") && ids.every((id) => nodes.includes(id));
}

async function until(holds: () => Promise<boolean>): Promise<void> {
  const patience = performance.now() + PATIENCE_MS;
  while (!(await holds())) {
    if (performance.now() > patience) throw new Error("The nodes do not become a cluster.");
    await delay(20);
  }
}
