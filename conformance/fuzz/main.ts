/** `npm run fuzz`: random and mutated frames against Redouble, and beside real servers. */
import { Worker } from "node:worker_threads";
import { Command } from "commander";
import { findServers } from "../servers/servers.ts";
import { realMakers, simulatedMakers } from "../targets/makers.ts";
import { hunt, huntBeside } from "./fuzz.ts";

type Options = { frames: string; beside: string; seed: string; profile?: string; patience: string };

const program = new Command("fuzz")
  .description("Sends random and mutated frames, cut anywhere: to Redouble, and the same to real servers.")
  .option("--frames <number>", "frames for Redouble alone", "1000000")
  .option("--beside <number>", "frames for Redouble and each real server", "20000")
  .option("--profile <name>", "only beside this one")
  .option("--seed <number>", "what the frames follow from", String(Date.now() % 1_000_000))
  .option("--patience <seconds>", "a session that takes longer is a hang", "20");

const options = program.parse().opts<Options>();
const [frames, beside, seed] = [Number(options.frames), Number(options.beside), Number(options.seed)];
console.log(`seed ${seed}`);
const beat = watch(Number(options.patience));

const started = performance.now();
let shown = 0;
if (frames > 0) {
  const found = await hunt(simulatedMakers(), {
    frames,
    seed,
    onProgress: ({ frames: sent, heapBytes }) => {
      beat();
      if (sent < shown + 100_000) return;
      shown = sent;
      console.log(`${sent} frames, ${seconds()}, the heap ${mebibytes(heapBytes)} larger than at the start`);
    },
  });
  console.log(
    `Redouble: ${found.frames} frames in ${seconds()}; the heap at most ${mebibytes(found.mostHeapBytes)} larger, ${mebibytes(found.heldBytes)} in the end`,
  );
}
if (beside > 0) {
  const servers = findServers({ lay: true });
  for (const sentence of servers.missing) console.log(sentence);
  for (const real of realMakers(servers)) {
    const simulated = simulatedMakers().find(({ profile }) => profile === real.profile);
    if (!simulated || (options.profile !== undefined && options.profile !== real.profile)) continue;
    const same = await huntBeside({ simulated, real }, { frames: beside, seed, onProgress: beat });
    console.log(`${real.description}: ${same.frames} frames answered alike, ${same.replyBytes} bytes of replies`);
  }
}
process.exit(0);

/** Ends the process when nobody beats for so long: from a thread of its own, since a hang would stop any timer here. */
function watch(patienceSeconds: number): () => void {
  const beats = new Int32Array(new SharedArrayBuffer(4));
  const guard = `
    const { workerData: { beats, patienceSeconds } } = require("node:worker_threads");
    let last = -1;
    setInterval(() => {
      const now = Atomics.load(beats, 0);
      if (now === last) { require("node:fs").writeSync(2, "no session ended for " + patienceSeconds + " s: it hangs\\n"); process.kill(process.pid, "SIGKILL"); }
      last = now;
    }, patienceSeconds * 1000);`;
  new Worker(guard, { eval: true, workerData: { beats, patienceSeconds } }).unref();
  return () => void Atomics.add(beats, 0, 1);
}

function seconds(): string {
  return `${((performance.now() - started) / 1000).toFixed(1)} s`;
}

function mebibytes(bytes: number): string {
  return `${(bytes / 2 ** 20).toFixed(1)} MiB`;
}
