/** What processes use: CPU time, which a busy machine does not stretch as it stretches the clock on the wall, and memory. */
import { readdirSync, readFileSync } from "node:fs";

/** User and system time of an action of this process, in microseconds; garbage collected meanwhile counts. */
export function cpuMicroseconds(action: () => void): number {
  const from = process.cpuUsage();
  action();
  const { user, system } = process.cpuUsage(from);
  return user + system;
}

/** User and system time that a process has used, in milliseconds: the sum of its threads, finer than `stat` tells (Linux). */
export function cpuMs(pid: number): number {
  const tasks = `/proc/${pid}/task`;
  const nanoseconds = readdirSync(tasks).map((task) =>
    Number(readFileSync(`${tasks}/${task}/schedstat`, "utf8").split(" ")[0]),
  );
  return nanoseconds.reduce((sum, each) => sum + each, 0) / 1e6;
}

/** Resident memory of a process in bytes (Linux). */
export function residentBytes(pid: number): number {
  return Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1]) * 1024;
}
