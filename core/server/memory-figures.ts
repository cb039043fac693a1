// The figures of MEMORY STATS, as each release names and orders them (object.c: memoryCommand).
import { exists, type Since } from "../commands/profile.ts";
import type { MemoryFigure } from "../commands/ports.ts";
import { tableBytes, type TableBytes } from "../keyspace/memory.ts";
import { STARTUP_BYTES } from "./memory.ts";
import type { Server } from "./server.ts";

type Row = readonly [name: MemoryFigure[0], figure: MemoryFigure[1], since?: Since];

const from74: Since = { redis: "7.4.0", valkey: "8.0.0" };

/** Data are reckoned as MEMORY USAGE reckons them; simulated memory has no peak, no allocator and no fragments. */
export function memoryFigures(server: Server): readonly MemoryFigure[] {
  const { profile, memory, memoryModel, databases, scripts } = server;
  const { dataset, overhead } = memory.measure();
  const { used } = memory;
  const keys = databases.reduce((sum, { size }) => sum + size, 0);
  const beyondStartup = used - STARTUP_BYTES;
  const rows: readonly Row[] = [
    ["peak.allocated", used],
    ["total.allocated", used],
    ["startup.allocated", STARTUP_BYTES],
    ["replication.backlog", 0],
    ["replica.fullsync.buffer", 0, { redis: "8.0.0" }],
    ["clients.slaves", 0],
    ["clients.normal", 0],
    ["cluster.links", 0],
    ["aof.buffer", server.appendOnly.bufferMemoryBytes],
    ["lua.caches", 0],
    ["functions.caches", 0],
    ["script.VMs", scripts.memoryBytes, { redis: "7.4.0" }],
    ...databases
      .filter(({ size }) => size > 0)
      .map((db): Row => [`db.${db.index}`, { figures: tableFigures(server, tableBytes(db, memoryModel)) }]),
    ["overhead.db.hashtable.lut", overhead, from74],
    ["overhead.db.hashtable.rehashing", 0, from74],
    ["overhead.total", STARTUP_BYTES + overhead],
    ["db.dict.rehashing.count", 0, from74],
    ["keys.count", keys],
    ["keys.bytes-per-key", keys === 0 ? 0 : Math.floor(beyondStartup / keys)],
    ["dataset.bytes", dataset],
    ["dataset.percentage", { ratio: beyondStartup === 0 ? 0 : (dataset * 100) / beyondStartup }],
    ["peak.percentage", { ratio: 100 }],
    ["allocator.allocated", used],
    ["allocator.active", used],
    ["allocator.resident", used],
    ["allocator.muzzy", 0, from74],
    ["allocator-fragmentation.ratio", { ratio: 1 }],
    ["allocator-fragmentation.bytes", 0],
    ["allocator-rss.ratio", { ratio: 1 }],
    ["allocator-rss.bytes", 0],
    ["rss-overhead.ratio", { ratio: 1 }],
    ["rss-overhead.bytes", 0],
    ["fragmentation", { ratio: 1 }],
    ["fragmentation.bytes", 0],
  ];
  return rows.flatMap(([name, figure, since]) => (exists(since, profile) ? [[name, figure] as const] : []));
}

function tableFigures({ profile }: Server, { main, expires }: TableBytes): readonly MemoryFigure[] {
  const figures: MemoryFigure[] = [
    ["overhead.hashtable.main", main],
    ["overhead.hashtable.expires", expires],
  ];
  // Gone since 7.4, and from Valkey.
  if (!exists(from74, profile)) figures.push(["overhead.hashtable.slot-to-keys", 0]);
  return figures;
}
