// A server's data as bytes and back: DUMP and RESTORE of one value, of the function libraries, the file of everything (rdb.c).
import type { Bytes } from "../kernel/bytes.ts";
import type { ClientPort, PersistencePort } from "../commands/ports.ts";
import { hasVectorSets } from "../commands/modules.ts";
import type { Database } from "../keyspace/database.ts";
import type { Value } from "../keyspace/value.ts";
import type { CodecContext } from "../persistence/codec-context.ts";
import { dumpValue, restoreValue } from "../persistence/dump.ts";
import { dumpLibraries, restoreLibraries } from "../persistence/function-codec.ts";
import { RdbError, readRdb, writeRdb, type RdbDatabase, type RdbUsage } from "../persistence/rdb-file.ts";
import { ReplyError } from "../resp/errors.ts";
import { usedMemory } from "./info/fields.ts";
import type { Server } from "./server.ts";

/** Where the stream of replication had come when a file was written. */
export interface StoredStream {
  readonly id: Bytes;
  readonly offset: number;
  /** The database that the stream had selected. */
  readonly database: number;
}

/** A key of a file. */
export interface StoredKey {
  readonly database: number;
  readonly key: Bytes;
}

/** What a file held. */
export interface LoadedFile {
  /** How many keys were loaded. */
  readonly loaded: number;
  /** Those that were over, and that only a primary takes away. */
  readonly expired: readonly StoredKey[];
  readonly stream: StoredStream | undefined;
  /** How long it was. */
  readonly sizeBytes: number;
}

/** How a file is taken. */
interface LoadOptions {
  /** All that is here goes first. Default yes. */
  readonly flushes?: boolean;
  /** Its keys take the places of those that are here. Default yes. */
  readonly merges?: boolean;
  /** It is the base of an append-only file: what is over in it may get another time by what follows. Default no. */
  readonly isAofBase?: boolean;
}

/** A process that finds a key twice ends at once: what it holds is no data set. */
export class KeyTwiceError extends Error {
  override readonly name = "KeyTwiceError";
}

export class Persistence implements PersistencePort {
  readonly #server: Server;

  constructor(server: Server) {
    this.#server = server;
  }

  dump(value: Value): Bytes {
    return dumpValue(value, this.#compressing);
  }

  restore(payload: Bytes, { account, kind }: ClientPort): Value {
    const trusted = kind === "primary" || account?.sanitizesPayloads === false;
    return restoreValue(payload, { ...this.#codec, checked: this.#counting(trusted) });
  }

  /** Every payload is checked here, as it must be read; what a real server would check so is counted: `sanitize-dump-payload`. */
  #counting(trusted: boolean): (pieces: number) => void {
    const { config, stats } = this.#server;
    const mode = config.text("sanitize-dump-payload");
    const counts = mode === "yes" || (mode === "clients" && !trusted);
    return (pieces) => {
      if (counts) stats.payloadsChecked += pieces;
    };
  }

  dumpLibraries(): Bytes {
    return dumpLibraries(this.#libraries, this.#compressing);
  }

  readLibraries(payload: Bytes): Bytes[] {
    return restoreLibraries(payload, this.#codec);
  }

  /** All data as a file in the RDB format, in pieces. */
  save(facts: readonly (readonly [Bytes, Bytes])[], { isAofBase = false } = {}): Iterable<Bytes> {
    const { profile, databases, now } = this.#server;
    return writeRdb(
      {
        auxiliary: [
          [profile.family === "valkey" ? "valkey-ver" : "redis-ver", profile.version],
          ["redis-bits", "64"],
          ["ctime", String(Math.floor(now / 1000))],
          ["used-mem", String(usedMemory(this.#server))],
          ...facts,
          ["aof-base", isAofBase ? "1" : "0"],
        ],
        functions: this.#libraries,
        databases: databases.filter(({ size }) => size > 0).map((db) => this.#rdbDatabase(db)),
      },
      { ...this.#compressing, checksum: this.#server.config.flag("rdbchecksum") },
    );
  }

  #rdbDatabase(db: Database): RdbDatabase {
    const policy = this.#server.config.text("maxmemory-policy");
    const usageOf = (key: Bytes): RdbUsage | undefined => {
      if (policy.endsWith("-lru")) return { idleSeconds: Math.floor(db.idleMs(key)! / 1000) };
      return policy.endsWith("-lfu") ? { frequency: db.frequency(key)! } : undefined;
    };
    const entries = db.allKeys().map((key) => {
      return { key, value: db.raw(key)!, deadline: db.deadline(key), usage: usageOf(key) };
    });
    return { index: db.index, size: db.size, expires: db.deadlines.size, entries };
  }

  /** Forgets all data. */
  flush(): void {
    const { databases, functions, tracking, expiry } = this.#server;
    for (const db of databases) db.flush();
    functions.flush();
    tracking.flushed();
    expiry.forgetOwn();
  }

  /**
   * Puts the data of a file in the RDB format in the place of all that is here, or beside them; undefined where it cannot be read.
   *
   * @throws KeyTwiceError for a key that is here already, unless the file's take their places
   */
  load(file: Bytes, { flushes = true, merges = true, isAofBase = false }: LoadOptions = {}): LoadedFile | undefined {
    const { databases, functions, expiry, replication, now, snapshots } = this.#server;
    if (flushes) this.flush();
    const facts = new Map<Bytes, Bytes>();
    let loaded = 0;
    const expired: StoredKey[] = [];
    let sizeBytes: number;
    try {
      sizeBytes = readRdb(
        file,
        { ...this.#codec, now: 0, checked: this.#counting(true) },
        {
          auxiliary: (name, value) => void facts.set(name, value),
          function: (code) => void functions.load(code, { replace: merges }),
          entry: (index, { key, value, deadline, usage }) => {
            if (deadline !== undefined && deadline < now && !replication.isReplica && !isAofBase) {
              expired.push({ database: index, key });
              return;
            }
            loaded++;
            const db = databases[index]!;
            if (!merges && db.has(key)) throw new KeyTwiceError(key);
            db.set(key, value);
            if (deadline !== undefined) db.setDeadline(key, deadline);
            if (usage !== undefined) db.setUsage(key, usage);
          },
        },
      );
    } catch (error) {
      if (!(error instanceof RdbError) && !(error instanceof ReplyError)) throw error;
      if (flushes) this.flush();
      return undefined;
    }
    expiry.rearm();
    return (snapshots.lastLoad = { loaded, expired, stream: streamOf(facts), sizeBytes });
  }

  get #libraries(): Bytes[] {
    return this.#server.functions.all.map(({ code }) => code);
  }

  get #codec(): CodecContext {
    const server = this.#server;
    const { config, profile, limits, now } = server;
    const { rdbVersion, shortestDoubles } = profile.can;
    const triesNewer = config.knows("rdb-version-check") && config.text("rdb-version-check") === "relaxed";
    const doubleStyle = shortestDoubles ? "shortest" : "printf17";
    const vectorSetUid = hasVectorSets(profile) ? () => server.nextVectorSetUid() : undefined;
    return { version: rdbVersion, triesNewer, limits, doubleStyle, now, vectorSetUid };
  }

  get #compressing(): CodecContext & { readonly compress: boolean } {
    return { ...this.#codec, compress: this.#server.config.flag("rdbcompression") };
  }
}

function streamOf(facts: ReadonlyMap<Bytes, Bytes>): StoredStream | undefined {
  const id = facts.get("repl-id");
  const offset = facts.get("repl-offset");
  const database = facts.get("repl-stream-db");
  if (id === undefined || offset === undefined || database === undefined || Number(database) < 0) return undefined;
  return { id, offset: Number(offset), database: Number(database) };
}
