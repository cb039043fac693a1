/** All targets that can be had here. */
import { execFileSync } from "node:child_process";
import type { RealServers } from "../servers/servers.ts";
import { isRecorded, profileNames } from "../profiles.ts";
import { RealDeployment } from "./real-deployment.ts";
import { RealTarget } from "./real.ts";
import { SimulatedDeployment } from "./simulated-deployment.ts";
import { SimulatedTarget } from "./simulated.ts";
import type { TargetMaker } from "./target.ts";

/** One maker for each profile of Redouble itself. */
export function simulatedMakers(): TargetMaker[] {
  return profileNames.map((profile) => ({
    kind: "simulated",
    profile,
    description: isRecorded(profile) ? "held to recorded replies" : "held to what follows from the releases around it",
    make: (config, topology, files = []) =>
      topology
        ? new SimulatedDeployment({ profile, config, topology, files })
        : new SimulatedTarget({ profile, config }),
  }));
}

/** One maker for each real server that can be started here. */
export function realMakers({ programs, clock }: RealServers): TargetMaker[] {
  if (clock === undefined) return [];
  return [...programs].map(([profile, program]) => {
    const version = /(\w+) server v=([\d.]+)/.exec(execFileSync(program, ["--version"], { encoding: "latin1" }));
    return {
      kind: "real",
      profile,
      description: `${version?.[1] ?? "unknown"} ${version?.[2] ?? ""}`,
      make(config, topology, files = []) {
        const options = { profile, program, clockPreload: clock, config };
        return topology ? new RealDeployment({ ...options, topology, files }) : new RealTarget(options);
      },
    };
  });
}
