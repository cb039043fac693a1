// The file to which changes go: what a turn changed is written before anybody is answered, and synced as often as `appendfsync`
// says (aof.c: flushAppendOnlyFile).
import type { Bytes } from "../../kernel/bytes.ts";
import { CronTimer } from "../cron-timer.ts";
import type { Server } from "../server.ts";

/** With `appendfsync everysec` what was written is synced so often. */
const SYNC_MS = 1000;

/** A disk that stays full is asked as seldom. */
const LONGEST_RETRY_MS = 60_000;

/** Learns how many bytes more are in the file. */
type Grown = (sizeBytes: number) => void;

export class WrittenFile {
  readonly #server: Server;
  readonly #grown: Grown;
  readonly #timer: CronTimer;
  /** Nothing could be written the last time. */
  failed = false;
  /** DEBUG AOF-FLUSH-SLEEP, in milliseconds. */
  flushSleepMs = 0;
  /** What the turn changed. */
  #buffer: Bytes = "";
  #path: string | undefined;
  #isSynced = true;
  /** After so long what could not be written is tried again, where nobody asks before. */
  #retryMs = 0;
  #lastSyncAt: number;
  /** When it is synced next, and whether somebody waits for that. */
  #dueAt: number | undefined;
  #isAwaited = false;
  /** How far the replication stream had come when all of it was synced. */
  #syncedOffset = 0;

  constructor(server: Server, grown: Grown) {
    this.#server = server;
    this.#grown = grown;
    this.#timer = new CronTimer(server);
    this.#lastSyncAt = server.now;
  }

  /** Whether there is one. */
  get isOpen(): boolean {
    return this.#path !== undefined;
  }

  get sizeBytes(): number {
    return this.#path === undefined ? 0 : this.#server.disk.sizeOf(this.#path);
  }

  /** Bytes that are not written yet. */
  get bufferedBytes(): number {
    return this.#buffer.length;
  }

  /** How far the replication stream is safe. */
  get safeOffset(): number {
    return this.#isSynced && this.#buffer === "" ? this.#server.replication.offset : this.#syncedOffset;
  }

  /** Goes on behind what is there already. */
  open(path: string): void {
    this.#path = path;
    this.#isSynced = true;
  }

  /** Begins with nothing in it. */
  create(path: string): void {
    this.#server.disk.create(path);
    this.open(path);
  }

  rename(path: string): void {
    if (this.#path !== undefined) this.#server.disk.rename(this.#path, path);
    this.#path = path;
  }

  /** What is not written yet is written nowhere. */
  close(): void {
    this.#buffer = "";
    this.#path = undefined;
    this.#isSynced = true;
    this.#timer.cancel();
    this.#dueAt = undefined;
  }

  /** Nothing has gone wrong yet, and the next sync is a second away. */
  begin(): void {
    this.failed = false;
    this.#lastSyncAt = this.#server.now;
  }

  /** The turn changed more. */
  add(bytes: Bytes): void {
    this.#buffer += bytes;
  }

  /** The turn is over. */
  flush(): void {
    if (this.#buffer === "") return;
    if (this.flushSleepMs > 0) this.#server.stall(this.flushSleepMs);
    if (!this.#server.disk.append(this.#path!, this.#buffer)) {
      this.#failedToWrite();
      return;
    }
    const { length } = this.#buffer;
    this.failed = false;
    this.#retryMs = 0;
    this.#buffer = "";
    this.#isSynced = false;
    this.#arm();
    this.#grown(length);
  }

  /** Who promises that nothing is lost cannot go on; others try again. */
  #failedToWrite(): void {
    if (this.#server.config.text("appendfsync") === "always") {
      this.#server.log(3, "the append-only file cannot be written, and every change is to be in it: the process ends");
      this.#server.lifecycle.crash();
      return;
    }
    this.failed = true;
    this.#dueAt = undefined;
    this.#retryMs = Math.min(Math.max(2 * this.#retryMs, this.#timer.roundMs), LONGEST_RETRY_MS);
    this.#timer.at(this.#server.now + this.#retryMs, () => this.flush());
  }

  /** When what was written is to be synced, by which clock, or who waits for it may have changed. */
  rearm(): void {
    this.#dueAt = undefined;
    this.#arm();
  }

  /** It is synced now, or when that is due. */
  #arm(): void {
    const { config, snapshots, appendOnly, blocking, profile, now } = this.#server;
    if (this.#isSynced) return;
    const isRewritten = snapshots.underWay || appendOnly.rewrite.underWay;
    if (isRewritten && config.flag("no-appendfsync-on-rewrite")) {
      if (profile.can.promisesWithoutSync) this.#promise();
      return;
    }
    const policy = config.text("appendfsync");
    if (policy === "no") return;
    const dueAt = policy === "always" ? now : this.#lastSyncAt + SYNC_MS;
    const awaited = blocking.size > 0;
    if (dueAt <= now) this.sync();
    else if (this.#dueAt !== dueAt || this.#isAwaited !== awaited) {
      this.#dueAt = dueAt;
      this.#isAwaited = awaited;
      this.#timer.at(dueAt, () => this.#due(), { awaited });
    }
  }

  #due(): void {
    this.rearm();
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
    this.wake();
  }

  /** Whoever waits for what is safe is tried. */
  wake(): void {
    const { blocking } = this.#server;
    if (blocking.size > 0) blocking.acknowledgementCame();
  }
}
