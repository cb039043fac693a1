// The append-only file: what changes is written behind what was there, and synced as often as `appendfsync` says (aof.c).
import type { Bytes } from "../../kernel/bytes.ts";
import type { AppendOnlyPort } from "../../commands/ports.ts";
import { CronTimer } from "../cron-timer.ts";
import type { PropagatedCommand } from "../effects.ts";
import { StreamWriter } from "../replication/stream-writer.ts";
import type { Server } from "../server.ts";
import { annotation } from "./annotation.ts";
import { AppendOnlyFiles } from "./files.ts";
import { replayFiles } from "./replay.ts";
import { Rewrite } from "./rewrite.ts";

/** With `appendfsync everysec` what was written is synced so often. */
const SYNC_MS = 1000;

/** A disk that stays full is asked as seldom. */
const LONGEST_RETRY_MS = 60_000;
const EMPTY_BUFFER_BYTES = 8;

/**
 * - `waiting`: it was turned on, and the data of the moment are not on the disk yet
 * - `on`: every change is in it
 */
export type AppendOnlyState = "off" | "waiting" | "on";

export class AppendOnlyFile implements AppendOnlyPort {
  readonly #server: Server;
  readonly files: AppendOnlyFiles;
  readonly rewrite: Rewrite;
  state: AppendOnlyState = "off";
  /** All files that count, and how long they were behind the last rewrite. */
  sizeBytes = 0;
  baseSizeBytes = 0;
  /** Nothing could be written the last time. */
  failed = false;
  /** DEBUG AOF-FLUSH-SLEEP, in milliseconds. */
  flushSleepMs = 0;
  readonly #writer: StreamWriter;
  readonly #timer: CronTimer;
  /** What the turn changed. */
  #buffer: Bytes = "";
  /** What is written to: the last file of the manifest, or one that has no place in it yet. */
  #path: string | undefined;
  #isSynced = true;
  /** After so long what could not be written is tried again, where nobody asks before. */
  #retryMs = 0;
  #lastSyncAt: number;
  /** How far the replication stream had come when all of it was synced. */
  #syncedOffset = 0;
  /** The second of the last annotation. */
  #annotatedSecond = 0;
  #stopObserving: (() => void) | undefined;
  /** What is in it runs again. */
  isReading = false;
  /** The process has its data, and goes by its configuration. */
  #isRunning = false;

  constructor(server: Server) {
    this.#server = server;
    this.files = new AppendOnlyFiles(server);
    this.rewrite = new Rewrite(server, this);
    this.#writer = new StreamWriter(server.profile);
    this.#timer = new CronTimer(server);
    this.#lastSyncAt = server.now;
  }

  /** Bytes that are not written yet. */
  get bufferedBytes(): number {
    return this.#buffer.length;
  }

  /** What the buffer takes, even where nothing is in it. */
  get bufferMemoryBytes(): number {
    return this.state === "off" ? 0 : EMPTY_BUFFER_BYTES + this.#buffer.length;
  }

  /** How far the replication stream is safe here; undefined where there is no file. */
  get syncedOffset(): number | undefined {
    if (this.state === "off") return undefined;
    if (this.state === "waiting") return 0;
    return this.#isSynced && this.#buffer === "" ? this.#server.replication.offset : this.#syncedOffset;
  }

  /** Nothing may change what cannot be written: it is tried once more before anybody is told so. */
  refusesWrites(): boolean {
    if (this.failed && this.state !== "off") this.flush();
    return this.failed && this.state !== "off";
  }

  get underWay(): boolean {
    return this.rewrite.underWay;
  }

  begin(): boolean {
    return this.rewrite.begin();
  }

  schedule(): void {
    this.rewrite.schedule();
  }

  readConfig(): void {
    if (!this.#isRunning) return;
    const wanted = this.#server.config.flag("appendonly");
    if (wanted && this.state === "off") this.turnOn();
    else if (!wanted && this.state !== "off") this.turnOff();
    if (!this.#isSynced) this.#sync();
    this.rewrite.rearm();
    this.files.collect();
  }

  /** The data as they are now are written first; what changes meanwhile goes behind them (startAppendOnly). */
  turnOn(): void {
    const { snapshots, now } = this.#server;
    this.#open("waiting");
    if (this.rewrite.underWay) this.rewrite.kill();
    if (snapshots.underWay || this.#server.inTransaction) this.rewrite.schedule();
    else this.rewrite.begin();
    this.#lastSyncAt = now;
    this.failed = false;
  }

  turnOff(): void {
    this.flush();
    if (this.#path !== undefined) this.#server.disk.sync(this.#path);
    this.rewrite.kill();
    this.rewrite.scheduled = false;
    this.#forget();
    this.#wake();
    if (this.#server.profile.can.notesAofOffsets && this.files.manifest.last !== undefined) {
      this.files.manifest.end(this.#server.replication.offset);
      this.files.persist();
    }
    this.#server.replication.updateFeeding();
  }

  /** Other data take the place of all, which the file learns as a whole: it is off while `load` runs. */
  without<T>(load: () => T): T {
    if (this.state !== "off") this.turnOff();
    const loaded = load();
    if (this.#isRunning && this.#server.config.flag("appendonly")) this.turnOn();
    return loaded;
  }

  #open(state: AppendOnlyState): void {
    this.state = state;
    this.#writer.forgetDatabase();
    this.#stopObserving ??= this.#server.effects.observe({
      audience: "aof",
      onPropagate: (commands, inTransaction) => this.#feed(commands, inTransaction),
    });
    this.#server.replication.updateFeeding();
  }

  #forget(): void {
    this.state = "off";
    this.#buffer = "";
    this.#path = undefined;
    this.#isSynced = true;
    this.#timer.cancel();
    this.#stopObserving?.();
    this.#stopObserving = undefined;
  }

  /** One unit, as replicas get it, behind the time where that is asked for. */
  #feed(commands: readonly PropagatedCommand[], inTransaction: boolean): void {
    const bytes = this.#writer.write(commands, inTransaction);
    if (this.#path !== undefined) this.#buffer += this.#annotation() + bytes;
  }

  #annotation(): Bytes {
    const second = Math.floor(this.#server.now / 1000);
    if (second <= this.#annotatedSecond || !this.#server.config.flag("aof-timestamp-enabled")) return "";
    this.#annotatedSecond = second;
    return annotation(second);
  }

  /** The end of a turn: what it changed is written before anybody is answered (flushAppendOnlyFile). */
  flush(): void {
    if (this.#buffer === "") return;
    if (this.flushSleepMs > 0) this.#server.stall(this.flushSleepMs);
    if (!this.#server.disk.append(this.#path!, this.#buffer)) {
      this.#failedToWrite();
      return;
    }
    this.failed = false;
    this.#retryMs = 0;
    this.sizeBytes += this.#buffer.length;
    this.#buffer = "";
    this.#isSynced = false;
    this.#sync();
    this.rewrite.grown();
  }

  /** Who promises that nothing is lost cannot go on; others try again. */
  #failedToWrite(): void {
    if (this.#server.config.text("appendfsync") === "always") {
      this.#server.log(3, "the append-only file cannot be written, and every change is to be in it: the process ends");
      this.#server.lifecycle.crash();
      return;
    }
    this.failed = true;
    this.#retryMs = Math.min(Math.max(2 * this.#retryMs, this.#timer.roundMs), LONGEST_RETRY_MS);
    this.#timer.at(this.#server.now + this.#retryMs, () => this.flush());
  }

  #sync(): void {
    const { config, snapshots, blocking, profile, now } = this.#server;
    const isRewritten = snapshots.underWay || this.rewrite.underWay;
    if (isRewritten && config.flag("no-appendfsync-on-rewrite")) {
      if (profile.can.promisesWithoutSync) this.#promise();
      return;
    }
    const policy = config.text("appendfsync");
    if (policy === "no") return;
    const dueAt = policy === "always" ? now : this.#lastSyncAt + SYNC_MS;
    if (dueAt <= now) this.sync();
    else this.#timer.at(dueAt, () => this.#syncLater(), { awaited: blocking.size > 0 });
  }

  #syncLater(): void {
    if (!this.#isSynced) this.#sync();
    this.#server.outbox.flushAll();
  }

  /** All that was written is safe from now on. */
  sync(): void {
    if (this.#path === undefined) return;
    this.#server.disk.sync(this.#path);
    this.#isSynced = true;
    this.#lastSyncAt = this.#server.now;
    this.#promise();
  }

  #promise(): void {
    this.#syncedOffset = this.#server.replication.offset;
    this.#wake();
  }

  /** Whoever waits for what is safe now. */
  #wake(): void {
    const { blocking } = this.#server;
    if (blocking.size > 0) blocking.acknowledgementCame();
  }

  /** Somebody waits for what was written to be safe: this does not happen some time. */
  awaited(): void {
    if (!this.#isSynced) this.#sync();
  }

  /** What it waits for may have come: a process that wrote the data is through, or the clock was set. */
  rearm(): void {
    if (!this.#isSynced) this.#sync();
    this.rewrite.rearm();
  }

  /** A rewrite begins: what comes goes to another file, which has a place in the manifest where the base is on the disk. */
  divide(): boolean {
    const { config, replication } = this.#server;
    this.flush();
    if (this.state === "off") return true;
    if (this.state === "waiting") {
      this.#path = this.files.temporaryPath;
    } else {
      const before = this.files.manifest.copy();
      const offset = this.#noted(replication.offset);
      const { name } = this.files.manifest.extend(config.text("appendfilename"), offset);
      if (!this.files.persist()) {
        this.files.manifest = before;
        return false;
      }
      this.sync();
      this.#path = this.files.pathOf(name);
    }
    this.#writer.forgetDatabase();
    this.#server.disk.create(this.#path);
    this.#isSynced = true;
    return true;
  }

  #noted(offset: number): number | undefined {
    return this.#server.profile.can.notesAofOffsets ? offset : undefined;
  }

  /** The base is on the disk: what came meanwhile gets its place behind it. */
  settle(beganAt: number): void {
    if (this.state === "waiting") {
      const { name } = this.files.manifest.extend(this.#server.config.text("appendfilename"), this.#noted(beganAt));
      this.#server.disk.rename(this.files.temporaryPath, this.files.pathOf(name));
      this.#path = this.files.pathOf(name);
      this.state = "on";
      if (!this.#isSynced) this.#sync();
      this.#wake();
    }
    this.files.manifest.retire({ keepsLast: this.state === "on" });
  }

  /** The base did not come about: what came meanwhile means nothing without it. */
  abandon(): void {
    if (this.state !== "waiting") return;
    this.#buffer = "";
    this.#path = undefined;
    this.#server.disk.remove(this.files.temporaryPath);
  }

  /** Bytes of the file that is written to. */
  get openSizeBytes(): number {
    return this.#path === undefined ? 0 : this.#server.disk.sizeOf(this.#path);
  }

  /** SHUTDOWN: false where the data are on the disk in no form yet, and the process is to go on for that. */
  finish({ force }: { readonly force: boolean }): boolean {
    if (this.state === "off") return true;
    if (this.state === "waiting" && this.rewrite.underWay && !force) return false;
    this.rewrite.kill();
    this.flush();
    this.sync();
    return true;
  }

  /** The process is gone; what it had not written is lost. */
  stop(): void {
    this.#isRunning = false;
    this.rewrite.stop();
    this.#forget();
  }

  /**
   * The process starts with what its files hold, unless it has kept its data; false where they cannot be read, and nobody
   * knows what is in them.
   */
  start({ keepsData }: { readonly keepsData: boolean }): boolean {
    const { config, now, persistence } = this.#server;
    this.rewrite.forget();
    this.failed = false;
    this.sizeBytes = 0;
    this.baseSizeBytes = 0;
    this.#annotatedSecond = 0;
    this.#lastSyncAt = now;
    this.#syncedOffset = 0;
    this.#isRunning = true;
    if (!this.files.read()) return false;
    if (!config.flag("appendonly")) return true;
    if (!keepsData) persistence.flush();
    if (!keepsData && !this.#load()) return false;
    this.#continue();
    return true;
  }

  #load(): boolean {
    const loaded = this.#replay();
    if (loaded === undefined) return false;
    this.sizeBytes = loaded.sizeBytes;
    this.baseSizeBytes = this.files.sizeOf(this.files.manifest.base);
    return true;
  }

  #replay(): ReturnType<typeof replayFiles> {
    this.isReading = true;
    const loaded = replayFiles(this.#server, this.files);
    this.isReading = false;
    this.#server.expiry.rearm();
    return loaded;
  }

  /** Goes on behind what is there (aofOpenIfNeededOnServerStart). */
  #continue(): void {
    const { disk } = this.#server;
    const { files } = this;
    const { isEmpty, last } = files.manifest;
    if (isEmpty) this.rewrite.writeBase();
    this.#path = files.pathOf((last ?? files.manifest.extend(files.filename, this.#noted(0))).name);
    if (last === undefined) {
      disk.create(this.#path);
      files.persist();
    }
    this.#open("on");
    files.collect();
  }

  /** DEBUG LOADAOF. */
  reload(): boolean {
    const { persistence, effects, profile } = this.#server;
    this.flush();
    persistence.flush();
    const loaded = this.#replay() !== undefined;
    effects.dirty = 0;
    if (!loaded && !profile.can.outlivesBrokenFiles) this.#server.lifecycle.crash();
    return loaded;
  }
}
