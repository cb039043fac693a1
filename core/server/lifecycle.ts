// What happens to a server's process from outside: it starts and dies, is stopped and goes on, and its clock is set.
import type { Bytes } from "../kernel/bytes.ts";
import { once } from "../kernel/once.ts";
import { ReplyError } from "../resp/errors.ts";
import type { Server } from "./server.ts";
import type { Signal } from "./shutdown.ts";

export class Lifecycle {
  readonly #server: Server;
  /** For how long it was kept busy so far, by commands that take their time. */
  busyMs = 0;
  startedAt: number;
  /** Changes with every start. */
  runId: Bytes;
  /** The process is gone: nobody answers at its address. */
  crashed = false;
  /** Its data are not all in memory yet. */
  loading = false;
  /** Since when it reads them, in its own time, and for how long. */
  loads = { since: 0, durationMs: 0 };
  #isBusyElsewhere = false;
  #frozen = 0;
  #closedPorts = 0;

  constructor(server: Server, runId: Bytes) {
    this.#server = server;
    this.runId = runId;
    this.startedAt = server.now;
  }

  /** It is there, and gets nothing done. */
  get stalled(): boolean {
    return this.#isBusyElsewhere || this.#frozen > 0;
  }

  /** Whether somebody who dials it is heard. */
  get listens(): boolean {
    return !this.crashed && this.#closedPorts === 0;
  }

  /** The process stops where it stands, as after SIGSTOP; call what it gives when it goes on. */
  freeze(): () => void {
    const { world, name } = this.#server;
    const thaw = world.network.freeze(name);
    this.#frozen++;
    return once(() => {
      this.#frozen--;
      thaw();
      this.#server.wake();
    });
  }

  /** Nothing runs here until what this gives is called; what others send is read then. */
  standStill(): () => void {
    this.#frozen++;
    return once(() => {
      this.#frozen--;
      this.#server.wake();
    });
  }

  /** It does one thing for so long, and nothing else. */
  stall(durationMs: number): void {
    if (durationMs <= 0) return;
    this.busyMs += durationMs;
    this.#isBusyElsewhere = true;
    this.#after(durationMs, () => {
      this.#isBusyElsewhere = false;
      this.#server.wake();
    });
  }

  /** Nobody reaches it any more, though it runs; call what it gives to open its port again. */
  closePort(): () => void {
    this.#closedPorts++;
    this.#server.connections.reset();
    return once(() => {
      this.#closedPorts--;
    });
  }

  /**
   * The process dies at once: every connection ends, and nothing is written any more. What it had written is on the disk; where
   * the machine lost its power with it, what was synced, and connections break.
   */
  crash({ power = false }: { readonly power?: boolean } = {}): void {
    if (power) this.#server.disk.losePower();
    if (this.crashed) return;
    const unread = this.#server.stalled;
    this.#stop();
    if (power) this.#server.connections.reset();
    else this.#server.connections.abandon({ unread });
  }

  /** The process is told to end, as by `kill`: it does so as after SHUTDOWN, when it comes to it. */
  signal(signal: Signal): void {
    this.#server.shutdown.signalled(signal);
  }

  /** The process ends in order, at once or when it is through with what it does last. */
  exit(afterMs = 0): void {
    if (this.crashed) return;
    if (afterMs > 0) {
      this.stall(afterMs);
      this.#after(afterMs, () => this.exit());
      return;
    }
    const { world, name, connections } = this.#server;
    this.#stop();
    connections.end();
    world.hooks.onExit({ server: name, now: world.now });
  }

  #stop(): void {
    const { replication, sentinel, expiry, snapshots, appendOnly, shutdown, busy, pausing, blocking } = this.#server;
    this.crashed = true;
    blocking.stop();
    pausing.stop();
    busy.stop();
    shutdown.stop();
    snapshots.stop();
    appendOnly.stop();
    replication.stop();
    sentinel?.stopped();
    expiry.rearm();
  }

  /**
   * The process starts for the first time, with what was laid on its disk where something was.
   * @throws Error where that cannot be read; TypeError for users that mean nothing
   */
  begin({ users, hasFiles }: { readonly users: readonly string[]; readonly hasFiles: boolean }): void {
    const problem = this.#takeUp({ users, keepsData: !hasFiles });
    if (problem !== undefined) throw new Error(`${this.#server.name} cannot start: ${problem}`);
  }

  /** The process starts again, with the data that it had where they were kept, else with those of its file. */
  restart({ keepsData = false }: { readonly keepsData?: boolean } = {}): void {
    const { config, random, cluster, sentinel, expiry, scripts } = this.#server;
    if (!this.crashed) this.crash();
    this.crashed = false;
    this.#isBusyElsewhere = false;
    scripts.flush();
    config.restore();
    this.runId = random.hex(40);
    this.startedAt = this.#server.now;
    this.#server.resetStats();
    this.#server.commandLogs.forget();
    if (!keepsData) this.#server.vectorSets = 0;
    const problem = this.#server.doors.reopen() ?? this.#takeUp({ keepsData });
    if (problem !== undefined) {
      this.#server.log(3, problem);
      this.crash();
      return;
    }
    cluster?.restarted();
    sentinel?.restarted();
    expiry.rearm();
  }

  /** Users and data are there; what is in the way, where something is. */
  #takeUp({
    users,
    keepsData,
  }: {
    readonly users?: readonly string[];
    readonly keepsData: boolean;
  }): Bytes | undefined {
    const server = this.#server;
    try {
      server.users.start(users);
    } catch (error) {
      if (error instanceof ReplyError) return error.message.replace(/^ERR /, "");
      throw error;
    }
    const file = server.snapshots.start({ keepsData: keepsData || server.config.flag("appendonly") });
    if (file === undefined) return `the data of ${server.config.text("dbfilename")} cannot be read`;
    if (!server.appendOnly.start({ keepsData })) return "the append-only file cannot be read";
    const { stream, expired } = file;
    server.replication.start({ keepsData, stored: stream, expired, offset: server.appendOnly.files.endOffset });
    return undefined;
  }

  /** It reads its data from the disk, and answers LOADING to whoever asks for them. */
  load(durationMs: number): void {
    if (durationMs <= 0) return;
    this.loading = true;
    this.loads = { since: this.#server.now, durationMs };
    this.#after(durationMs, () => (this.loading = false));
  }

  /** It is taken out of its world: it forgets everything, and does nothing by itself any more. Connections stay. */
  remove(): void {
    const { databases, expiry, replication, sentinel, snapshots, appendOnly, shutdown } = this.#server;
    for (const db of databases) db.flush();
    shutdown.stop();
    snapshots.stop();
    appendOnly.stop();
    expiry.rearm();
    replication.stop();
    sentinel?.stopped();
    this.crashed = true;
  }

  /** Its clock is set, forwards or back. */
  turnClock(byMs: number): void {
    this.#server.clock.jump(byMs);
    this.dateSet();
  }

  /** Its clock shows another date than it did. */
  dateSet(): void {
    this.#server.expiry.rearm();
    this.#server.snapshots.rearm();
    this.#server.appendOnly.rearm();
  }

  /** Its clock runs at another pace from now on. */
  driftClock(rate: number): void {
    this.#server.clock.drift(rate);
    this.#server.expiry.rearm();
    this.#server.snapshots.rearm();
    this.#server.appendOnly.rearm();
  }

  /** By its own clock. */
  #after(durationMs: number, then: () => void): void {
    const { world, clock } = this.#server;
    world.schedule(clock.worldTime(clock.now + durationMs), then);
  }
}
