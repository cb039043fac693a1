// The append-only file: every change is in it, behind the data from which it began; what INFO and WAITAOF know of it, and what
// becomes of it when its server starts and ends (aof.c).
import type { Bytes } from "../../kernel/bytes.ts";
import type { AppendOnlyPort } from "../../commands/ports.ts";
import type { PropagatedCommand } from "../effects.ts";
import { StreamWriter } from "../replication/stream-writer.ts";
import type { Server } from "../server.ts";
import { annotation } from "./annotation.ts";
import { AppendOnlyFiles } from "./files.ts";
import { replayFiles } from "./replay.ts";
import { Rewrite } from "./rewrite.ts";
import { WrittenFile } from "./written-file.ts";

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
  /** The last file of the manifest, or one that has no place in it yet. */
  readonly written: WrittenFile;
  state: AppendOnlyState = "off";
  /** All files that count, and how long they were behind the last rewrite. */
  sizeBytes = 0;
  baseSizeBytes = 0;
  readonly #writer: StreamWriter;
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
    this.written = new WrittenFile(server, (sizeBytes) => {
      this.sizeBytes += sizeBytes;
      this.rewrite.grown();
    });
    this.#writer = new StreamWriter(server.profile);
  }

  /** What the buffer takes, even where nothing is in it. */
  get bufferMemoryBytes(): number {
    return this.state === "off" ? 0 : EMPTY_BUFFER_BYTES + this.written.bufferedBytes;
  }

  /** How far the replication stream is safe here; undefined where there is no file. */
  get syncedOffset(): number | undefined {
    if (this.state === "off") return undefined;
    return this.state === "waiting" ? 0 : this.written.safeOffset;
  }

  /** Nothing may change what cannot be written: it is tried once more before anybody is told so. */
  refusesWrites(): boolean {
    if (!this.written.failed || this.state === "off") return false;
    this.written.flush();
    return this.written.failed;
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

  sleepBeforeFlushes(durationMs: number): void {
    this.written.flushSleepMs = durationMs;
  }

  readConfig(): void {
    if (!this.#isRunning) return;
    const wanted = this.#server.config.flag("appendonly");
    if (wanted && this.state === "off") this.#turnOn();
    else if (!wanted && this.state !== "off") this.#turnOff();
    this.rearm();
    this.files.collect();
  }

  /** What it waits for may have come: a process that wrote the data is through, the clock was set, or other rules hold. */
  rearm(): void {
    this.written.rearm();
    this.rewrite.rearm();
  }

  /** The data as they are now are written first; what changes meanwhile goes behind them (startAppendOnly). */
  #turnOn(): void {
    const { snapshots, inTransaction } = this.#server;
    this.#listen("waiting");
    this.rewrite.kill();
    if (snapshots.underWay || inTransaction) this.rewrite.schedule();
    else this.rewrite.begin();
    this.written.begin();
  }

  #turnOff(): void {
    const { profile, replication } = this.#server;
    const { manifest } = this.files;
    this.written.flush();
    this.rewrite.kill();
    this.rewrite.scheduled = false;
    this.#forget();
    if (manifest.last !== undefined) this.#server.disk.sync(this.files.pathOf(manifest.last.name));
    this.written.wake();
    if (profile.can.notesAofOffsets && manifest.last !== undefined) {
      manifest.end(replication.offset);
      this.files.persist();
    }
    replication.own.update();
  }

  /** Other data take the place of all, which the file learns as a whole: it is off while `load` runs. */
  without<T>(load: () => T): T {
    if (this.state !== "off") this.#turnOff();
    const loaded = load();
    if (this.#isRunning && this.#server.config.flag("appendonly")) this.#turnOn();
    return loaded;
  }

  #listen(state: AppendOnlyState): void {
    this.state = state;
    this.#writer.forgetDatabase();
    this.#stopObserving ??= this.#server.effects.observe({
      audience: "aof",
      onPropagate: (commands, inTransaction) => this.#feed(commands, inTransaction),
    });
    this.#server.replication.own.update();
  }

  #forget(): void {
    this.state = "off";
    this.written.close();
    this.#stopObserving?.();
    this.#stopObserving = undefined;
  }

  /** One unit, as replicas get it, behind the time where that is asked for. */
  #feed(commands: readonly PropagatedCommand[], inTransaction: boolean): void {
    const bytes = this.#writer.write(commands, inTransaction);
    if (this.written.isOpen) this.written.add(this.#annotation() + bytes);
  }

  #annotation(): Bytes {
    const second = Math.floor(this.#server.now / 1000);
    if (second <= this.#annotatedSecond || !this.#server.config.flag("aof-timestamp-enabled")) return "";
    this.#annotatedSecond = second;
    return annotation(second);
  }

  /** A rewrite begins: what comes goes to another file, which has its place in the manifest where there is a base. */
  divide(): boolean {
    const { files, written } = this;
    written.flush();
    if (this.state === "off") return true;
    if (this.state === "waiting") {
      written.create(files.temporaryPath);
    } else {
      const before = files.manifest.copy();
      const { name } = files.manifest.extend(files.filename, this.#noted(this.#server.replication.offset));
      if (!files.persist()) {
        files.manifest = before;
        return false;
      }
      written.sync();
      written.create(files.pathOf(name));
    }
    this.#writer.forgetDatabase();
    return true;
  }

  #noted(offset: number): number | undefined {
    return this.#server.profile.can.notesAofOffsets ? offset : undefined;
  }

  /** The base is on the disk: what came meanwhile gets its place behind it. */
  settle(beganAt: number): void {
    const { files, written } = this;
    if (this.state === "waiting") {
      const { name } = files.manifest.extend(files.filename, this.#noted(beganAt));
      written.rename(files.pathOf(name));
      this.state = "on";
      written.rearm();
      written.wake();
    }
    files.manifest.retire({ keepsLast: this.state === "on" });
  }

  /** The base did not come about: what came meanwhile means nothing without it. */
  abandon(): void {
    if (this.state !== "waiting") return;
    this.written.close();
    this.#server.disk.remove(this.files.temporaryPath);
  }

  /** SHUTDOWN: false where the data are on the disk in no form yet, and the process is to go on for that. */
  finish({ force }: { readonly force: boolean }): boolean {
    if (this.state === "off") return true;
    if (this.state === "waiting" && this.rewrite.underWay && !force) return false;
    this.rewrite.kill();
    this.written.flush();
    this.written.sync();
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
    const { config, persistence } = this.#server;
    this.rewrite.forget();
    this.written.begin();
    this.sizeBytes = 0;
    this.baseSizeBytes = 0;
    this.#annotatedSecond = 0;
    this.#isRunning = true;
    if (!this.files.read()) return false;
    if (!config.flag("appendonly")) return true;
    if (!keepsData) persistence.flush();
    if (!keepsData && !(this.files.upgrade() && this.#load())) return false;
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
    const { files, written } = this;
    const { isEmpty, last } = files.manifest;
    if (isEmpty) this.rewrite.writeBase();
    if (last === undefined) {
      written.create(files.pathOf(files.manifest.extend(files.filename, this.#noted(0)).name));
      files.persist();
    } else {
      written.open(files.pathOf(last.name));
    }
    this.#listen("on");
    files.collect();
  }

  /** DEBUG LOADAOF. */
  reload(): boolean {
    const { persistence, effects, profile, lifecycle } = this.#server;
    this.written.flush();
    persistence.flush();
    const loaded = this.#replay() !== undefined;
    effects.dirty = 0;
    if (!loaded && !profile.can.outlivesBrokenFiles) lifecycle.crash();
    return loaded;
  }
}
