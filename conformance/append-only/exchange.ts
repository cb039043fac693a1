/** Append-only files that cross: what one server wrote until it died another one reads, and both hold the same data. */
import fc from "fast-check";
import { primaryWithReplicas } from "../../core/index.ts";
import { openWire, textsOf, type Wire } from "../differential/wire.ts";
import type { Bytes } from "../format/escapes.ts";
import { acts } from "../replication/acts.ts";
import { undemanding, type Processes, type Target, type TargetMaker } from "../targets/target.ts";

export type ExchangeOptions = {
  readonly writer: TargetMaker;
  readonly reader: TargetMaker;
  /** Whether a base is a file of its own format, or commands. */
  readonly base: "rdb" | "commands";
  /** Writes and reads, drawn at random. */
  readonly commands: number;
  readonly seed: number;
};

export type Exchange = {
  readonly commands: number;
  /** Of all files. */
  readonly sizeBytes: number;
  /** DEBUG DIGEST on both sides. */
  readonly digest: Bytes;
};

const BATCH = 200;
const DIRECTORY = "appendonlydir";
const SERVER = "primary";

/** Throws where the reader holds other data than the writer did. */
export async function exchange({ writer, reader, base, commands, seed }: ExchangeOptions): Promise<Exchange> {
  const config = [
    ["appendonly", "yes"],
    ["appendfsync", "always"],
    ["aof-use-rdb-preamble", base === "rdb" ? "yes" : "no"],
    ["auto-aof-rewrite-percentage", "0"],
  ] as const;
  const topology = primaryWithReplicas({ replicas: 0 });
  const [from, to] = [writer.make(config, topology), reader.make(config, topology)];
  try {
    for (const target of [from, to]) {
      await target.start();
      await target.reset(undemanding);
    }
    const sent = await write(from, { profile: writer.profile, commands, seed });
    const before = await digestOf(from);
    const sizeBytes = await carry(from, to);
    const after = await digestOf(to);
    if (before !== after) throw new Error(`the writer holds ${before}, the reader ${after}: seed ${seed}`);
    return { commands: sent, sizeBytes, digest: after };
  } finally {
    await Promise.all([from.stop(), to.stop()]);
  }
}

/** In the middle the file is rewritten. Nothing goes by itself: both would have to do it at the same moment. */
async function write(
  target: Target,
  { profile, commands, seed }: Pick<ExchangeOptions, "commands" | "seed"> & Pick<Target, "profile">,
): Promise<number> {
  const wire = await openWire(target);
  await wire.ask([["DEBUG", "SET-ACTIVE-EXPIRE", "0"]]);
  let sent = 0;
  let isRewritten = false;
  for (let batch = 0; sent < commands; batch++) {
    const requests = fc
      .sample(acts(profile, BATCH), { numRuns: 1, seed: seed + batch })
      .flat()
      .flatMap((act) => ("requests" in act ? act.requests : []));
    await wire.ask([...requests, ["DISCARD"], ["SELECT", "0"]]);
    sent += requests.length;
    if (isRewritten || sent < commands / 2) continue;
    isRewritten = true;
    await rewrite(target, wire);
  }
  wire.close();
  return sent;
}

async function rewrite(target: Target, wire: Wire): Promise<void> {
  await wire.ask([["BGREWRITEAOF"]]);
  for (let rounds = 0; (await wire.ask([["INFO", "persistence"]])).includes("aof_rewrite_in_progress:1"); rounds++) {
    if (rounds > 1000) throw new Error("the rewrite does not end");
    await target.advance(100);
  }
}

async function digestOf(target: Target): Promise<Bytes> {
  const wire = await openWire(target);
  const [digest = ""] = textsOf(await wire.ask([["DEBUG", "DIGEST"]]));
  wire.close();
  return digest;
}

/** The writer dies, and the reader starts with what it left. */
async function carry(from: Target, to: Target): Promise<number> {
  const [source, sink] = [processesOf(from), processesOf(to)];
  await source.act("crash", SERVER);
  await sink.act("crash", SERVER);
  let sizeBytes = 0;
  for (const name of await source.listFiles(SERVER, DIRECTORY)) {
    const content = await source.readFile(SERVER, `${DIRECTORY}/${name}`);
    await sink.lay(SERVER, `${DIRECTORY}/${name}`, content ?? "");
    sizeBytes += content?.length ?? 0;
  }
  await sink.act("restart", SERVER);
  return sizeBytes;
}

function processesOf({ processes }: Target): Processes {
  if (processes === undefined) throw new Error("files lie where processes have names");
  return processes;
}
