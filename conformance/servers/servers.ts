/** Finds the real servers, lays them where that is possible, and builds the preload that turns their clock, tells when they are idle, and fills their disk. */
import { execFileSync } from "node:child_process";
import { accessSync, constants, existsSync, mkdirSync, renameSync, statSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { recordedProfiles, type ProfileName } from "../profiles.ts";

const here = path.dirname(fileURLToPath(import.meta.url));

/** Where real servers lie: `REDOUBLE_SERVERS`, or `.servers` at the root of the repository. */
export function serversDirectory(): string {
  return process.env["REDOUBLE_SERVERS"] ?? path.resolve(here, "../../.servers");
}

export type RealServers = {
  /** The programs that can be started here. */
  readonly programs: ReadonlyMap<ProfileName, string>;
  /** The preload; undefined when none could be built, and then no program is listed. */
  readonly clock: string | undefined;
  /** What is missing and why, one sentence each. */
  readonly missing: readonly string[];
};

/** Looks for real servers and lays what is missing; with `lay: false` it takes only what is there. */
export function findServers({ lay }: { readonly lay: boolean }): RealServers {
  const directory = serversDirectory();
  const missing: string[] = [];
  if (lay) {
    const trouble = attempt(() =>
      execFileSync("bash", [path.join(here, "lay.sh"), directory], { stdio: ["ignore", "ignore", "pipe"] }),
    );
    if (trouble !== undefined) missing.push(`Real servers could not be laid: ${trouble}.`);
  }
  const programs = new Map<ProfileName, string>();
  for (const profile of recordedProfiles) {
    const program = path.join(directory, profile, "bin", "server");
    if (isExecutable(program)) programs.set(profile, program);
    else missing.push(`No real server for ${profile} in ${directory}.`);
  }
  if (programs.size === 0) return { programs, clock: undefined, missing };
  const clock = path.join(directory, "turned-clock.so");
  const trouble = attempt(() => buildClock(clock, { install: lay }));
  if (trouble === undefined) return { programs, clock, missing };
  return {
    programs: new Map(),
    clock: undefined,
    missing: [...missing, `The clock preload could not be built: ${trouble}.`],
  };
}

function buildClock(output: string, { install }: { readonly install: boolean }): void {
  const sources = ["turned-clock.c", "event-loop.c", "full-disk.c"].map((name) => path.join(here, name));
  const isFresh = (source: string): boolean => statSync(output).mtimeMs >= statSync(source).mtimeMs;
  if (existsSync(output) && [...sources, path.join(here, "turned-clock.h")].every(isFresh)) return;
  const compiler = ["cc", "gcc", "clang"].find(isInstalled) ?? (install ? installCompiler() : undefined);
  if (compiler === undefined) throw new Error("no C compiler");
  mkdirSync(path.dirname(output), { recursive: true });
  const fresh = `${output}.${process.pid}`;
  const words = ["-O2", "-shared", "-fPIC", "-o", fresh, ...sources, "-ldl"];
  execFileSync(compiler, words, { stdio: ["ignore", "ignore", "pipe"] });
  renameSync(fresh, output);
}

function installCompiler(): string | undefined {
  if (process.getuid?.() !== 0 || !isInstalled("apt-get")) return undefined;
  execFileSync("apt-get", ["-qq", "-y", "install", "gcc", "libc6-dev"], { stdio: ["ignore", "ignore", "pipe"] });
  return "gcc";
}

function isInstalled(program: string): boolean {
  return attempt(() => execFileSync(program, ["--version"], { stdio: "ignore" })) === undefined;
}

function isExecutable(file: string): boolean {
  return attempt(() => accessSync(file, constants.X_OK)) === undefined;
}

/** The message of what was thrown, a program's own words before Node's; undefined when nothing was. */
function attempt(action: () => unknown): string | undefined {
  try {
    action();
    return undefined;
  } catch (error) {
    if (!(error instanceof Error)) return String(error);
    const said = "stderr" in error ? String(error.stderr).trim().split("\n").at(-1) : "";
    return said || error.message.split("\n")[0];
  }
}
