// The counters behind INFO and CONFIG RESETSTAT.
import type { Bytes } from "../kernel/bytes.ts";
import { LatencyHistogram } from "./latency-histogram.ts";

export interface CommandStats {
  calls: number;
  /** Refused before it ran. */
  rejected: number;
  /** Ran and replied an error. */
  failed: number;
  /** Microseconds, all calls together. */
  usec: number;
  /** As long as `latency-tracking` is on. */
  readonly latencies: LatencyHistogram;
}

export class Stats {
  connectionsReceived = 0;
  rejectedConnections = 0;
  commandsProcessed = 0;
  readsProcessed = 0;
  writesProcessed = 0;
  netInputBytes = 0;
  netOutputBytes = 0;
  keyspaceHits = 0;
  keyspaceMisses = 0;
  expiredKeys = 0;
  evictedKeys = 0;
  /** Clients for whom too much waited to be sent. */
  outputLimitDisconnections = 0;
  /** Clients that took too much memory. */
  evictedClients = 0;
  /** Fields of hashes. */
  expiredFields = 0;
  errorReplies = 0;
  /** SAVE and BGSAVE. */
  rdbSaves = 0;
  /** BGREWRITEAOF, and how often in a row it failed. */
  aofRewrites = 0;
  aofRewriteFailures = 0;
  /** Keys of whole databases that were freed in the background. */
  lazyFreed = 0;
  /** Packed pieces of payloads and files that were checked. */
  payloadsChecked = 0;
  /** Processes that were begun to save or to send the data. */
  forks = 0;
  /** What a cluster would have refused. */
  clusterIncompatibleOps = 0;
  /** Replicas that got everything, that went on where they were, and that asked for the latter in vain. */
  fullSyncs = 0;
  partialSyncs = 0;
  refusedPartialSyncs = 0;
  readonly commands = new Map<Bytes, CommandStats>();
  /** Error code -> how often it was replied. */
  readonly errors = new Map<Bytes, number>();
  /** The command that was asked for last: the same one often runs again. */
  #lastName: Bytes | undefined;
  #last: CommandStats | undefined;

  command(fullName: Bytes): CommandStats {
    if (fullName === this.#lastName) return this.#last!;
    let statistics = this.commands.get(fullName);
    if (statistics === undefined) {
      statistics = { calls: 0, rejected: 0, failed: 0, usec: 0, latencies: new LatencyHistogram() };
      this.commands.set(fullName, statistics);
    }
    this.#lastName = fullName;
    return (this.#last = statistics);
  }

  countError(code: Bytes): void {
    this.errorReplies++;
    this.errors.set(code, (this.errors.get(code) ?? 0) + 1);
  }

  reset(): void {
    this.#lastName = undefined;
    Object.assign(this, new Stats(), { commands: this.commands, errors: this.errors });
    this.commands.clear();
    this.errors.clear();
  }
}
