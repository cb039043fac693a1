// BGREWRITEAOF: the data of a moment become the base of the append-only file, and what led to them is history (aof.c:
// rewriteAppendOnlyFileBackground, backgroundRewriteDoneHandler).
import type { Bytes } from "../../kernel/bytes.ts";
import { commandsOf, NoCommandsError } from "../../persistence/value-commands.ts";
import { CronTimer } from "../cron-timer.ts";
import { encodeRequest } from "../replication/stream-writer.ts";
import type { Server } from "../server.ts";
import { annotation } from "./annotation.ts";
import type { AppendOnlyFile } from "./append-only-file.ts";

/** So many failures in a row may follow each other at once; then there are pauses, each twice as long as the one before. */
const FREE_FAILURES = 3;
const LONGEST_PAUSE_MS = 3_600_000;
const FIRST_PAUSE_MS = 60_000;

/** A rewrite under way: the data of the moment when it began, which are on the disk when it is over. */
interface Running {
  readonly format: "rdb" | "aof";
  /** Undefined where the process that writes them dies. */
  readonly pieces: readonly Bytes[] | undefined;
  readonly keys: number;
  readonly startedAt: number;
  /** Of the replication stream. */
  readonly offset: number;
}

export class Rewrite {
  readonly #server: Server;
  readonly #file: AppendOnlyFile;
  readonly #timer: CronTimer;
  /** It is to begin as soon as it can. */
  scheduled = false;
  succeeded = true;
  /** How long the last one took, in whole seconds; -1 where there was none. */
  lastDurationSeconds = -1;
  #current: Running | undefined;
  #lastTryAt = 0;

  constructor(server: Server, file: AppendOnlyFile) {
    this.#server = server;
    this.#file = file;
    this.#timer = new CronTimer(server);
  }

  get underWay(): boolean {
    return this.#current !== undefined;
  }

  /** What INFO shows of one that is under way. */
  get progress(): { readonly keys: number; readonly seconds: number } | undefined {
    const current = this.#current;
    return current && { keys: current.keys, seconds: this.#secondsSince(current.startedAt) };
  }

  /** False where it cannot begin. */
  begin(): boolean {
    const { stats, snapshots, replication, now } = this.#server;
    this.scheduled = false;
    if (!this.#file.divide()) {
      this.succeeded = false;
      return false;
    }
    stats.aofRewrites++;
    stats.forks++;
    this.#lastTryAt = now;
    const { keys } = snapshots;
    this.#current = { ...this.#data(), keys, startedAt: now, offset: replication.offset };
    this.#timer.afterProcess(snapshots.durationMs(keys), () => this.#ended());
    return true;
  }

  /** By hand: failures before it delay it no longer. */
  schedule(): void {
    this.#server.stats.aofRewriteFailures = 0;
    this.scheduled = true;
    this.rearm();
  }

  /** Whatever it has written comes to nothing. */
  kill(): void {
    if (this.#current === undefined) return;
    this.#current = undefined;
    this.#timer.cancel();
    this.#file.abandon();
    this.#server.snapshots.rearm();
  }

  /** The process is gone. */
  stop(): void {
    this.#current = undefined;
    this.scheduled = false;
    this.#timer.cancel();
  }

  /** Another process knows nothing of what was before it. */
  forget(): void {
    this.succeeded = true;
    this.lastDurationSeconds = -1;
  }

  /** The first base of all, when a process starts. */
  writeBase(): void {
    const { format, pieces } = this.#data();
    if (pieces === undefined) {
      this.#server.lifecycle.crash();
      return;
    }
    const { files } = this.#file;
    this.#server.disk.write(files.pathOf(files.manifest.rebase(files.filename, format).name), pieces);
  }

  /** The file has grown. */
  grown(): void {
    if (!this.#timer.armed && this.#isDue) this.rearm();
  }

  /** What the next one waits for may have changed. */
  rearm(): void {
    const { lifecycle, snapshots, now } = this.#server;
    if (this.#current !== undefined) return;
    this.#timer.cancel();
    if (lifecycle.crashed || snapshots.underWay || !(this.scheduled || this.#isDue)) return;
    this.#timer.at(Math.max(this.#pausedUntil, now + this.#timer.roundMs), () => this.begin());
  }

  /** `auto-aof-rewrite-percentage` */
  get #isDue(): boolean {
    const { config } = this.#server;
    const { state, sizeBytes, baseSizeBytes } = this.#file;
    const percentage = config.number("auto-aof-rewrite-percentage");
    if (state !== "on" || percentage === 0 || sizeBytes <= config.number("auto-aof-rewrite-min-size")) return false;
    const base = baseSizeBytes === 0 ? 1 : baseSizeBytes;
    return Math.floor((sizeBytes * 100) / base) - 100 >= percentage;
  }

  get #pausedUntil(): number {
    const failures = this.#server.stats.aofRewriteFailures;
    if (failures < FREE_FAILURES) return 0;
    return this.#lastTryAt + Math.min(FIRST_PAUSE_MS * 2 ** (failures - FREE_FAILURES), LONGEST_PAUSE_MS);
  }

  #ended(): void {
    const { stats, snapshots } = this.#server;
    const { format, pieces, startedAt, offset } = this.#current!;
    this.#current = undefined;
    this.lastDurationSeconds = this.#secondsSince(startedAt);
    this.succeeded = pieces !== undefined && this.#replaceBase(format, pieces, offset);
    if (this.succeeded) {
      stats.aofRewriteFailures = 0;
    } else {
      stats.aofRewriteFailures++;
      this.#file.abandon();
      this.scheduled ||= this.#file.state === "waiting";
    }
    this.#file.rearm();
    snapshots.rearm();
    this.#server.outbox.flushAll();
  }

  #replaceBase(format: "rdb" | "aof", pieces: readonly Bytes[], offset: number): boolean {
    const { files } = this.#file;
    const { manifest } = files;
    const before = manifest.copy();
    const base = manifest.rebase(files.filename, format);
    if (!this.#server.disk.write(files.pathOf(base.name), pieces)) {
      files.manifest = before;
      return false;
    }
    this.#file.settle(offset);
    files.persist();
    if (this.#file.state !== "off") {
      this.#file.sizeBytes = files.sizeOf(base) + this.#file.written.sizeBytes;
      this.#file.baseSizeBytes = this.#file.sizeBytes;
    }
    files.collect();
    return true;
  }

  #secondsSince(then: number): number {
    return Math.floor(this.#server.now / 1000) - Math.floor(then / 1000);
  }

  #data(): Pick<Running, "format" | "pieces"> {
    const { config, persistence } = this.#server;
    if (config.flag("aof-use-rdb-preamble")) {
      return { format: "rdb", pieces: [...persistence.save([], { isAofBase: true })] };
    }
    try {
      return { format: "aof", pieces: [...this.#commands()] };
    } catch (error) {
      if (!(error instanceof NoCommandsError)) throw error;
      return { format: "aof", pieces: undefined };
    }
  }

  /** All data as the commands that make them, a piece for each key. */
  *#commands(): IterableIterator<Bytes> {
    const { config, databases, functions, profile, now } = this.#server;
    const scores = profile.can.shortestDoubles ? "shortest" : "printf17";
    if (config.flag("aof-timestamp-enabled")) yield annotation(Math.floor(now / 1000));
    for (const { code } of functions.all) yield encodeRequest(["FUNCTION", "LOAD", code]);
    for (const db of databases.filter(({ size }) => size > 0)) {
      yield encodeRequest(["SELECT", String(db.index)]);
      for (const key of db.allKeys()) {
        const commands = commandsOf({ key, value: db.raw(key)!, deadline: db.deadline(key) }, scores);
        yield Array.from(commands, encodeRequest).join("");
      }
    }
  }
}
