// What the data of a server weigh together. While there is a limit the weight is kept up with every change; without one it is
// reckoned when somebody asks.
import type { Bytes } from "../kernel/bytes.ts";
import type { Database } from "../keyspace/database.ts";
import { keyBytes, tableBytes } from "../keyspace/memory.ts";
import type { Server } from "./server.ts";

export interface MeasuredMemory {
  /** Keys and values, bytes. */
  readonly dataset: number;
  /** Hash tables around them, bytes. */
  readonly overhead: number;
}

/** What a real server takes before it holds anything, in a round number. */
export const STARTUP_BYTES = 1_000_000;

/** The keys of a database with what each weighs, and those that have changed since. */
interface Ledger {
  readonly sizes: Map<Bytes, number>;
  readonly changed: Set<Bytes>;
  total: number;
}

export class Memory {
  readonly #server: Server;
  #ledgers: Map<Database, Ledger> | undefined;
  #measured: MeasuredMemory | undefined;
  #measuredAt = "";

  constructor(server: Server) {
    this.#server = server;
  }

  /** Whether every change is followed; call `changed` then. */
  set followed(followed: boolean) {
    this.#ledgers = followed ? (this.#ledgers ?? new Map<Database, Ledger>()) : undefined;
  }

  get followed(): boolean {
    return this.#ledgers !== undefined;
  }

  /** A key was written, or is gone. */
  changed(db: Database, key: Bytes): void {
    this.#ledgers?.get(db)?.changed.add(key);
  }

  /** Databases were exchanged. */
  forget(): void {
    this.#ledgers?.clear();
  }

  /** Bytes that INFO calls used_memory. */
  get used(): number {
    const { dataset, overhead } = this.measure();
    return STARTUP_BYTES + dataset + overhead;
  }

  measure(): MeasuredMemory {
    return this.#ledgers === undefined ? this.#reckonOnce() : this.#reckon((db) => this.#balance(db));
  }

  #reckonOnce(): MeasuredMemory {
    const {
      databases,
      keyspace: { changes },
    } = this.#server;
    const now = [changes, ...databases.map(({ size }) => size)].join();
    if (this.#measured === undefined || this.#measuredAt !== now) {
      this.#measuredAt = now;
      this.#measured = this.#reckon((db) => this.#weigh(db).total);
    }
    return this.#measured;
  }

  #reckon(dataset: (db: Database) => number): MeasuredMemory {
    const { databases, memoryModel } = this.#server;
    const inUse = databases.filter(({ size }) => size > 0);
    return {
      dataset: inUse.reduce((sum, db) => sum + dataset(db), 0),
      overhead: inUse
        .map((db) => tableBytes(db, memoryModel))
        .reduce((sum, { main, expires }) => sum + main + expires, 0),
    };
  }

  /** The total of a ledger that was brought up to date, or begun anew where it does not fit any more. */
  #balance(db: Database): number {
    const { memoryModel } = this.#server;
    const ledger = this.#ledgers!.get(db);
    if (ledger !== undefined) {
      for (const key of ledger.changed) {
        ledger.total -= ledger.sizes.get(key) ?? 0;
        ledger.sizes.delete(key);
        const size = keyBytes(db, key, memoryModel);
        if (size === 0) continue;
        ledger.sizes.set(key, size);
        ledger.total += size;
      }
      ledger.changed.clear();
      if (ledger.sizes.size === db.size) return ledger.total;
    }
    const fresh = this.#weigh(db);
    this.#ledgers!.set(db, fresh);
    return fresh.total;
  }

  #weigh(db: Database): Ledger {
    const { memoryModel } = this.#server;
    const sizes = new Map<Bytes, number>();
    let total = 0;
    for (const key of db.allKeys()) {
      const size = keyBytes(db, key, memoryModel);
      sizes.set(key, size);
      total += size;
    }
    return { sizes, changed: new Set(), total };
  }
}
