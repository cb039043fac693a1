/** All targets that can be had here. */
import { execFileSync } from "node:child_process";
import type { RealServers } from "../servers/servers.ts";
import { RealTarget } from "./real.ts";
import type { TargetMaker } from "./target.ts";

/** One maker for each real server that can be started here. */
export function realMakers({ programs, clock }: RealServers): TargetMaker[] {
  if (clock === undefined) return [];
  return [...programs].map(([profile, program]) => {
    const version = /(\w+) server v=([\d.]+)/.exec(execFileSync(program, ["--version"], { encoding: "latin1" }));
    return {
      kind: "real",
      profile,
      description: `${version?.[1] ?? "unknown"} ${version?.[2] ?? ""}`,
      make: (config) => new RealTarget({ profile, program, clockPreload: clock, config }),
    };
  });
}
