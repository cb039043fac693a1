// What the data of a server weigh together; reckoned anew only when something has changed.
import { databaseMemory } from "../keyspace/memory.ts";
import type { Server } from "./server.ts";

export interface MeasuredMemory {
  /** Keys and values, bytes. */
  readonly dataset: number;
  /** Hash tables around them, bytes. */
  readonly overhead: number;
}

export class Memory {
  readonly #server: Server;
  #measured: MeasuredMemory | undefined;
  #measuredAt = "";

  constructor(server: Server) {
    this.#server = server;
  }

  measure(): MeasuredMemory {
    const { databases, memoryModel, changes } = this.#server;
    const now = [changes, ...databases.map(({ size }) => size)].join();
    if (this.#measured !== undefined && this.#measuredAt === now) return this.#measured;
    this.#measuredAt = now;
    const parts = databases.filter(({ size }) => size > 0).map((db) => databaseMemory(db, memoryModel));
    this.#measured = {
      dataset: parts.reduce((sum, { values }) => sum + values, 0),
      overhead: parts.reduce((sum, { tables }) => sum + tables, 0),
    };
    return this.#measured;
  }
}
