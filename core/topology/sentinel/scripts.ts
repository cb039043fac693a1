// The scripts of a Sentinel: they wait in a queue, run beside it a few at a time, and are tried again when they fail
// (sentinel.c: sentinelScheduleScriptExecution, sentinelRunPendingScripts and on).
import type { Bytes } from "../../kernel/bytes.ts";
import type { Process } from "../../server/programs.ts";
import type { Sentinel } from "./sentinel.ts";

const MOST_RUNNING = 16;
const MOST_WAITING = 256;
const MOST_RUNS = 10;
const SIGKILL = 9;

/** The exit code that asks for another try; a signal does too. */
const TRY_AGAIN = 1;

/** What a notification script is told of: what an administrator would be woken for. The rest is only published. */
export const WARNINGS: ReadonlySet<Bytes> = new Set([
  "+monitor",
  "-monitor",
  "+set",
  "+reset-master",
  "+sdown",
  "-sdown",
  "+odown",
  "-odown",
  "+new-epoch",
  "+vote-for-leader",
  "+try-failover",
  "+elected-leader",
  "+failover-state-select-slave",
  "+selected-slave",
  "+promoted-slave",
  "+failover-state-reconf-slaves",
  "+failover-end",
  "+failover-end-for-timeout",
  "-failover-abort-no-good-slave",
  "-failover-abort-not-elected",
  "-failover-abort-slave-timeout",
  "+switch-master",
  "+config-update-from",
  "+sentinel-invalid-addr",
]);

export class ScriptJob {
  readonly path: Bytes;
  readonly args: readonly Bytes[];
  process: Process | undefined;
  /** When it was started, or is to be; undefined before its first run. */
  startsAt: number | undefined;
  runs = 0;

  constructor(path: Bytes, args: readonly Bytes[]) {
    this.path = path;
    this.args = args;
  }
}

export class Scripts {
  /** In the order in which they were asked for. */
  readonly jobs: ScriptJob[] = [];
  readonly #sentinel: Sentinel;

  constructor(sentinel: Sentinel) {
    this.#sentinel = sentinel;
  }

  get running(): number {
    return this.jobs.filter(({ process }) => process !== undefined).length;
  }

  /** It runs at the next turn, or once there is room. Where too many wait, the one that waits longest never runs. */
  schedule(path: Bytes, args: readonly Bytes[]): void {
    this.jobs.push(new ScriptJob(path, args));
    if (this.jobs.length <= MOST_WAITING) return;
    const oldest = this.jobs.findIndex(({ process }) => process === undefined);
    if (oldest >= 0) this.jobs.splice(oldest, 1);
  }

  /** What a turn of the Sentinel does about them: starts, collects, kills. */
  turn(): void {
    const before = new Set(this.jobs.filter(({ process }) => process !== undefined));
    this.#start();
    // Nobody is seen to end in the turn in which he was started.
    for (const job of before) this.#collect(job);
    this.#killLate();
  }

  /** The Sentinel's process is gone, and its queue with it. */
  forget(): void {
    this.jobs.length = 0;
  }

  #start(): void {
    const { now, server } = this.#sentinel;
    let room = MOST_RUNNING - this.running;
    for (const job of this.jobs) {
      if (room <= 0) return;
      if (job.process !== undefined || (job.startsAt ?? 0) > now) continue;
      job.startsAt = now;
      job.runs++;
      job.process = server.world.programs.start(job.path, job.args);
      room--;
    }
  }

  #collect(job: ScriptJob): void {
    const ended = job.process?.ended;
    if (ended === undefined) return;
    const { signal, exitCode } = ended;
    job.process = undefined;
    if ((signal !== 0 || exitCode === TRY_AGAIN) && job.runs < MOST_RUNS) {
      job.startsAt = this.#sentinel.now + this.#sentinel.timing["script-retry-delay"] * 2 ** (job.runs - 1);
      return;
    }
    this.jobs.splice(this.jobs.indexOf(job), 1);
    if (signal !== 0 || exitCode !== 0) {
      this.#sentinel.publish("-script-error", `${job.path} ${signal} ${exitCode}`);
    }
  }

  #killLate(): void {
    const { now, timing } = this.#sentinel;
    for (const { path, process, startsAt } of this.jobs) {
      if (process === undefined || now - (startsAt ?? now) <= timing["script-max-runtime"]) continue;
      this.#sentinel.publish("-script-timeout", `${path} ${process.pid}`);
      process.kill(SIGKILL);
    }
  }
}
