/** `npm run bench`: one table of ratios, each against a peer measured in the same run. Exits 1 when a bound is broken. */
import path from "node:path";
import { findServers, serversDirectory } from "../servers/servers.ts";
import { clientRows } from "./clients.ts";
import { engineRows } from "./engine.ts";
import { growthRows } from "./growth.ts";
import { lineRows } from "./lines.ts";
import { messageRows } from "./messages.ts";
import { startRealServer } from "../servers/real-server.ts";
import { keepsBound, printTable, type Row } from "./row.ts";
import { scriptRows } from "./scripts.ts";
import { socketRows } from "./sockets.ts";
import { sortedSetRows } from "./sorted-set.ts";
import { topologyRows } from "./topologies.ts";
import { waitingRows } from "./waiting.ts";

const { programs, missing } = findServers({ lay: true });
const program = programs.get("redis-8.0");
for (const sentence of missing) console.log(sentence);

const only = process.argv[2];
const rows: Row[] = [];
const measure = async (name: string, rowsOf: () => Promise<Row[]> | Row[]): Promise<void> => {
  if (only !== undefined && only !== name) return;
  const from = performance.now();
  rows.push(...(await rowsOf()));
  console.log(`measured ${name}: ${((performance.now() - from) / 1e3).toFixed(0)} s`);
};

await measure("engine", engineRows);
await measure("sorted-set", sortedSetRows);
await measure("waiting", waitingRows);
await measure("scripts", scriptRows);
await measure("topologies", topologyRows);
await measure("growth", growthRows);
const real = program === undefined ? undefined : await startRealServer(program);
await measure("clients", () => clientRows(real));
real?.stop();
if (program === undefined) console.log("Without a real server nothing is measured over sockets.");
else {
  const benchmark = path.join(serversDirectory(), "redis-8.0/bin/benchmark");
  await measure("sockets", () => socketRows(program, benchmark));
  await measure("lines", () => lineRows(program, benchmark));
  await measure("messages", () => messageRows(program));
}

console.log(`\n${printTable(rows)}\n`);
process.exit(rows.every((row) => keepsBound(row) !== false) ? 0 : 1);
