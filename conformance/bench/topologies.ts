/** Deployments on the virtual clock: what an idle hour and a failover cost, and whether worlds beside each other cost more. */
import { cluster, createDeployment, sentinel, World, type Topology } from "../../core/index.ts";
import { cpuMicroseconds } from "./usage.ts";
import { interleaved, type Row } from "./row.ts";

const HOUR_MS = 3_600_000;
/** A primary is found down after half a minute; then Sentinels agree, elect and promote. */
const FAILOVER_MS = 60_000;
const WORLDS = 10;
const SLICE_MS = 100;

function start(topology: Topology, seed = 1) {
  const world = new World({ seed });
  const deployment = createDeployment(world, topology);
  world.advanceTo(world.now + 15_000);
  return { world, ...deployment };
}

const idleCluster = cluster({ primaries: 3, replicasPerPrimary: 1 });

export async function topologyRows(): Promise<Row[]> {
  return [await idleHourRow(), await failoverRow(), await besideRow()];
}

/** An hour of gossip, heartbeats and acknowledgements, against an hour on the wall: at most a second of it. */
async function idleHourRow(): Promise<Row> {
  const { world } = start(idleCluster);
  const result = await interleaved(
    3,
    () => cpuMicroseconds(() => world.advanceTo(world.now + HOUR_MS)) / 1e6,
    () => 1,
  );
  return {
    name: "an idle 6-node cluster, one virtual hour",
    compared: "CPU time / one second",
    ratio: result.ratio,
    bound: { atMost: 1 },
    detail: `${result.ours.toFixed(2)} s`,
  };
}

async function failoverRow(): Promise<Row> {
  const result = await interleaved(
    9,
    (round) => {
      const { world, servers, sentinels } = start(sentinel({ replicas: 1, sentinels: 3 }), round);
      servers.get("primary")!.lifecycle.crash();
      const microseconds = cpuMicroseconds(() => world.advanceTo(world.now + FAILOVER_MS));
      const { address } = servers.get("replica-1")!;
      if (sentinels.some(({ masters }) => masters.get("mymaster")!.address.port !== address.port)) {
        throw new Error("The replica was not promoted.");
      }
      return microseconds / 1e3;
    },
    () => 100,
  );
  return {
    name: "a Sentinel failover, with a minute around it",
    compared: "CPU time / 100 ms",
    ratio: result.ratio,
    bound: { atMost: 1 },
    detail: `${result.ours.toFixed(1)} ms`,
  };
}

/** Ten clusters take turns in slices of time; each costs what it costs alone. */
async function besideRow(): Promise<Row> {
  const alone = start(idleCluster).world;
  const beside = Array.from({ length: WORLDS }, (_, seed) => start(idleCluster, seed).world);
  const run = (worlds: readonly World[]): number =>
    cpuMicroseconds(() => {
      for (let at = 0; at < HOUR_MS / WORLDS; at += SLICE_MS)
        for (const world of worlds) world.advanceTo(world.now + SLICE_MS);
    }) / worlds.length;
  const result = await interleaved(
    3,
    () => run(beside),
    () => run([alone]),
  );
  return {
    name: "ten 6-node clusters side by side",
    compared: "CPU time of one of them / of one alone",
    ratio: result.ratio,
    bound: { atMost: 1.5 },
    detail: `${(result.ours / 1e3).toFixed(0)} ms / ${(result.theirs / 1e3).toFixed(0)} ms, six minutes`,
  };
}
