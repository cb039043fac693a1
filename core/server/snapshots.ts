// SAVE, BGSAVE and save points: how a server's data get to its disk, and back when its process starts (rdb.c, server.c: serverCron).
import type { Bytes } from "../kernel/bytes.ts";
import type { ReloadOptions, ReloadOutcome, SnapshotPort } from "../commands/ports.ts";
import { CronTimer } from "./cron-timer.ts";
import { readSavePoints, type SavePoint } from "./save-points.ts";
import { KeyTwiceError, type LoadedFile } from "./persistence.ts";
import type { Server } from "./server.ts";

/** After a failure the save points wait so long; whole seconds, and more than these. */
const RETRY_SECONDS = 5;

const NOTHING: LoadedFile = { loaded: 0, expired: [], stream: undefined, sizeBytes: 0 };

/** BGSAVE under way: the data of the moment when it began, which are on the disk when it is over. */
interface BackgroundSave {
  readonly pieces: readonly Bytes[];
  readonly keys: number;
  /** Changes that are in it. */
  readonly changes: number;
  readonly startedAt: number;
  /** What it has written comes to nothing. */
  cancelled: boolean;
}

export class Snapshots implements SnapshotPort {
  readonly #server: Server;
  /** At the start, where nothing was saved since. */
  lastSaveAt: number;
  /** Whether BGSAVE succeeded the last time. */
  succeeded = true;
  /** How long the last BGSAVE took, in whole seconds; -1 where there was none. */
  lastDurationSeconds = -1;
  /** What the file that was loaded last held. */
  lastLoad: LoadedFile = NOTHING;
  #points: readonly SavePoint[] = [];
  #current: BackgroundSave | undefined;
  #isScheduled = false;
  /** The file is there because replicas asked for the data. */
  #isForReplicas = false;
  #lastTryAt = 0;
  /** The end of what is under way, or the next beginning. */
  readonly #timer: CronTimer;

  constructor(server: Server) {
    this.#server = server;
    this.#timer = new CronTimer(server);
    server.effects.alarm = () => this.#arm();
    this.lastSaveAt = server.now;
  }

  readConfig(): void {
    this.#points = readSavePoints(this.#server.config.text("save")) ?? [];
    this.rearm();
  }

  /** Whether data are to outlive the process without being asked for. */
  get savesByItself(): boolean {
    return this.#points.length > 0;
  }

  get underWay(): boolean {
    return this.#current !== undefined;
  }

  get scheduled(): boolean {
    return this.#isScheduled;
  }

  /** What INFO shows of a BGSAVE that is under way. */
  get progress(): { readonly keys: number; readonly seconds: number } | undefined {
    const current = this.#current;
    return current && { keys: current.keys, seconds: this.#secondsSince(current.startedAt) };
  }

  /** Whether the data cannot be saved, and nothing may be written for that. */
  get refusesWrites(): boolean {
    return !this.succeeded && this.savesByItself && this.#server.config.flag("stop-writes-on-bgsave-error");
  }

  save(): boolean {
    this.#server.stats.rdbSaves++;
    const durationMs = this.write();
    this.#server.stall(durationMs ?? 0);
    return durationMs !== undefined;
  }

  /** Writes the file at once; gives for how many milliseconds nothing else happens, undefined where it cannot be written. */
  write(): number | undefined {
    const { effects, now } = this.#server;
    const durationMs = this.durationMs(this.keys);
    if (!this.#server.disk.write(this.#path, this.#pieces())) return undefined;
    effects.dirty = 0;
    this.lastSaveAt = now;
    this.succeeded = true;
    this.rearm();
    return durationMs;
  }

  begin(): void {
    const { stats, effects, now } = this.#server;
    const keys = this.keys;
    effects.alarmAt = Infinity;
    stats.rdbSaves++;
    stats.forks++;
    this.#isScheduled = false;
    this.#lastTryAt = now;
    this.#current = { pieces: this.#pieces(), keys, changes: effects.dirty, startedAt: now, cancelled: false };
    this.#timer.afterProcess(this.durationMs(keys), () => this.#ended());
  }

  schedule(): void {
    this.#isScheduled = true;
    this.rearm();
  }

  cancel(): void {
    this.#isScheduled = false;
    if (this.#current === undefined) this.#arm();
    else this.#endEarly();
  }

  /** FLUSHALL: the file is to hold as little as memory. */
  flushed(): void {
    this.#endEarly();
    if (this.savesByItself) this.#server.stall(this.write() ?? 0);
  }

  /** DEBUG RELOAD. */
  reload({ saves, flushes, merges }: ReloadOptions): ReloadOutcome {
    const { persistence, lifecycle } = this.#server;
    if (saves && this.write() === undefined) return "unsaved";
    const file = this.#server.disk.read(this.#path);
    if (flushes) persistence.flush();
    if (file === undefined) return "unread";
    try {
      return persistence.load(file, { flushes: false, merges }) === undefined ? "unread" : "loaded";
    } catch (error) {
      if (!(error instanceof KeyTwiceError)) throw error;
      lifecycle.crash();
      return "unread";
    }
  }

  /** The data went to replicas; to the disk first, where they do that: false where it takes nothing. */
  transferred(file: readonly Bytes[] | undefined): boolean {
    const { stats, effects, now } = this.#server;
    stats.forks++;
    this.lastDurationSeconds = 0;
    if (file === undefined) return true;
    this.#isForReplicas = true;
    stats.rdbSaves++;
    this.#lastTryAt = now;
    this.succeeded = this.#server.disk.write(this.#path, file);
    if (!this.succeeded) return false;
    effects.dirty = 0;
    this.lastSaveAt = now;
    this.rearm();
    return true;
  }

  /** A replica got everything, which it loads from its file or as it comes; undefined where it can do neither. */
  received(file: Bytes): LoadedFile | undefined {
    const { config, persistence } = this.#server;
    const how = config.text("repl-diskless-load");
    if (config.flag("replica-lazy-flush")) this.#server.freedInBackground(this.keys);
    if (how !== "disabled" && (how !== "on-empty-db" || this.keys === 0)) return persistence.load(file);
    if (!this.#server.disk.write(this.#path, [file])) return undefined;
    const loaded = persistence.load(file);
    if (this.#leavesNoFiles) this.#server.disk.remove(this.#path);
    return loaded;
  }

  /** Replicas have what was saved for them. */
  forgetTransferred(): void {
    if (this.#isForReplicas && this.#leavesNoFiles) this.#server.disk.remove(this.#path);
    this.#isForReplicas = false;
  }

  /** Files are there for replication alone, and go when they have served it. */
  get #leavesNoFiles(): boolean {
    const { config, appendOnly } = this.#server;
    return config.flag("rdb-del-sync-files") && !this.savesByItself && appendOnly.state === "off";
  }

  /** The process is gone; what was being written comes to nothing. */
  stop(): void {
    this.#current = undefined;
    this.#isScheduled = false;
    this.#timer.cancel();
    this.#server.effects.alarmAt = Infinity;
  }

  /** The process starts, with the data of its file unless it has kept them; gives what was in it, undefined where that cannot be read. */
  start({ keepsData }: { readonly keepsData: boolean }): LoadedFile | undefined {
    const { persistence, effects, now } = this.#server;
    effects.dirty = 0;
    this.lastSaveAt = now;
    this.lastDurationSeconds = -1;
    this.lastLoad = NOTHING;
    this.succeeded = true;
    this.#arm();
    if (keepsData) return NOTHING;
    const file = this.#server.disk.read(this.#path);
    persistence.flush();
    return file === undefined ? NOTHING : this.#read(file);
  }

  #read(file: Bytes): LoadedFile | undefined {
    try {
      return this.#server.persistence.load(file, { merges: false });
    } catch (error) {
      if (error instanceof KeyTwiceError) return undefined;
      throw error;
    }
  }

  get #path(): string {
    const { config, disk } = this.#server;
    return disk.pathOf(config.text("dbfilename"));
  }

  /** In all databases. */
  get keys(): number {
    return this.#server.databases.reduce((sum, { size }) => sum + size, 0);
  }

  #pieces(): readonly Bytes[] {
    const { persistence, replication } = this.#server;
    return [...persistence.save(replication.storedFacts)];
  }

  /** `rdb-key-save-delay`: microseconds for each key, or for so many where it is negative. */
  durationMs(keys: number): number {
    const delay = this.#server.config.number("rdb-key-save-delay");
    return Math.floor((delay < 0 ? Math.floor(keys / -delay) : keys * delay) / 1000);
  }

  #secondsSince(then: number): number {
    return Math.floor(this.#server.now / 1000) - Math.floor(then / 1000);
  }

  #endEarly(): void {
    if (this.#current === undefined || this.#current.cancelled) return;
    this.#current.cancelled = true;
    this.#timer.afterProcess(0, () => this.#ended());
  }

  #ended(): void {
    const { effects, now } = this.#server;
    const { pieces, changes, startedAt, cancelled } = this.#current!;
    this.#current = undefined;
    this.lastDurationSeconds = this.#secondsSince(startedAt);
    if (!cancelled) {
      this.succeeded = this.#server.disk.write(this.#path, pieces);
      if (this.succeeded) {
        effects.dirty -= changes;
        this.lastSaveAt = now;
      }
    }
    this.#server.appendOnly.rearm();
    this.#arm();
  }

  /** What the next save waits for, or the clock, was changed. */
  rearm(): void {
    if (this.#current === undefined) this.#arm();
  }

  /** Waits for the next save, and for the changes that would let it come sooner. */
  #arm(): void {
    const { effects, lifecycle, appendOnly } = this.#server;
    this.#timer.cancel();
    if (lifecycle.crashed) return;
    effects.alarmAt = Math.min(...this.#points.map(({ changes }) => (changes > effects.dirty ? changes : Infinity)));
    const dueAt = appendOnly.rewrite.underWay ? Infinity : this.#dueAt();
    if (dueAt !== Infinity) this.#timer.at(dueAt, () => this.begin());
  }

  /** When a save that was scheduled, or that a save point asks for, begins: not before the next round of the cron. */
  #dueAt(): number {
    const { effects, now } = this.#server;
    const asking = this.#points.filter(({ changes }) => effects.dirty >= changes);
    if (!this.#isScheduled && asking.length === 0) return Infinity;
    const behind = (then: number, seconds: number): number => (Math.floor(then / 1000) + seconds + 1) * 1000;
    const soonest = this.#isScheduled ? 0 : Math.min(...asking.map(({ seconds }) => behind(this.lastSaveAt, seconds)));
    const retry = this.succeeded ? 0 : behind(this.#lastTryAt, RETRY_SECONDS);
    return Math.max(soonest, retry, now + this.#timer.roundMs);
  }
}
