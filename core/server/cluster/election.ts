// A replica takes the place of a failed primary when most primaries vote for it (cluster_legacy.c: clusterHandleReplicaFailover).
import type { Cluster } from "./cluster.ts";
import { deliver, headerOf } from "./send.ts";
import type { Header } from "./message.ts";
import type { ClusterNode } from "./node.ts";

const FIXED_DELAY_MS = 500;
const MOST_RANDOM_DELAY_MS = 500;
/** A replica that is behind lets those go first that are less so. */
const DELAY_PER_RANK_MS = 1_000;
const LEAST_TIMEOUT_MS = 2_000;

export class Election {
  readonly #cluster: Cluster;
  /** When votes are asked for; undefined where no election was planned. */
  #at: number | undefined;
  #epoch = 0;
  #asked = false;
  #votes = 0;
  #rank = 0;

  constructor(cluster: Cluster) {
    this.#cluster = cluster;
  }

  get inProgress(): boolean {
    const primary = this.#cluster.myself.primary;
    return primary?.failed === true || this.#cluster.manualFailover.mayStart;
  }

  check(): void {
    const { myself, manualFailover, server, now, timeoutMs } = this.#cluster;
    const { primary } = myself;
    const manual = manualFailover.mayStart;
    if (primary === undefined || primary.slots.size === 0) return;
    if (!primary.failed && !manual) return;
    if (server.config.flag("cluster-replica-no-failover") && !manual) return;
    if (!manual && this.#isTooOld()) return;
    const votingMs = Math.max(2 * timeoutMs, LEAST_TIMEOUT_MS);
    const ageMs = this.#at === undefined ? Number.POSITIVE_INFINITY : now - this.#at;
    if (ageMs > 2 * votingMs) {
      this.#plan(manual);
      if (!manual) return;
    }
    if (!this.#asked && !manual) this.#letOthersGoFirst();
    if (now < this.#at! || now - this.#at! > votingMs) return;
    if (!this.#asked) {
      this.#ask(manual);
      return;
    }
    if (this.#votes < this.#cluster.majority) return;
    if (myself.configEpoch < this.#epoch) myself.configEpoch = this.#epoch;
    this.#at = undefined;
    this.#cluster.replacePrimary();
  }

  #plan(manual: boolean): void {
    const { now, random } = this.#cluster;
    this.#votes = 0;
    this.#asked = false;
    this.#rank = manual ? 0 : this.#currentRank();
    this.#at = manual
      ? now
      : now + FIXED_DELAY_MS + random.int(0, MOST_RANDOM_DELAY_MS - 1) + this.#rank * DELAY_PER_RANK_MS;
    const { myself } = this.#cluster;
    for (const other of myself.primary!.replicas) {
      if (other !== myself)
        deliver(this.#cluster, other, { type: "pong", header: headerOf(this.#cluster), gossip: [] });
    }
  }

  #letOthersGoFirst(): void {
    const rank = this.#currentRank();
    if (rank <= this.#rank) return;
    this.#at! += (rank - this.#rank) * DELAY_PER_RANK_MS;
    this.#rank = rank;
  }

  /** How many replicas of the same primary are further than this one. */
  #currentRank(): number {
    const { myself, server } = this.#cluster;
    return [...myself.primary!.replicas].filter(
      (other) => other !== myself && !other.noFailover && other.offset > server.replication.offset,
    ).length;
  }

  /** Its data are so old that its promotion would do harm (`cluster-replica-validity-factor`). */
  #isTooOld(): boolean {
    const { server, now, timeoutMs } = this.#cluster;
    const { replication, config } = server;
    const factor = config.number("cluster-replica-validity-factor");
    const sinceMs = now - (replication.linkIsUp ? replication.primary!.lastInteractionAt : replication.downSince);
    const ageMs = Math.max(0, sinceMs - timeoutMs);
    return factor > 0 && ageMs > 1000 * config.number("repl-ping-replica-period") + timeoutMs * factor;
  }

  #ask(manual: boolean): void {
    this.#cluster.currentEpoch++;
    this.#epoch = this.#cluster.currentEpoch;
    this.#asked = true;
    for (const node of this.#cluster.nodes.values()) {
      if (node === this.#cluster.myself || node.inHandshake) continue;
      deliver(this.#cluster, node, { type: "auth-request", header: headerOf(this.#cluster, { forcesVote: manual }) });
    }
  }

  /** This primary's vote: one an epoch, for a replica whose primary has failed and whose claims nobody outdoes. */
  voteFor(candidate: ClusterNode, header: Header): void {
    const { myself, now, timeoutMs, slots: known } = this.#cluster;
    if (myself.isReplica || myself.slots.size === 0) return;
    if (
      header.currentEpoch < this.#cluster.currentEpoch ||
      this.#cluster.lastVoteEpoch === this.#cluster.currentEpoch
    ) {
      return;
    }
    const { primary } = candidate;
    if (primary === undefined || (!primary.failed && !header.forcesVote)) return;
    if (now - primary.votedAt < 2 * timeoutMs) return;
    for (const slot of header.slots) {
      const owner = known.owners[slot];
      if (owner !== undefined && owner.configEpoch > header.configEpoch) return;
    }
    primary.votedAt = now;
    this.#cluster.lastVoteEpoch = this.#cluster.currentEpoch;
    deliver(this.#cluster, candidate, { type: "auth-ack", header: headerOf(this.#cluster) });
  }

  voted(voter: ClusterNode, header: Header): void {
    if (voter.isReplica || voter.slots.size === 0 || header.currentEpoch < this.#epoch) return;
    this.#votes++;
    this.check();
  }

  /** What was planned for another primary, or by other means, is off. */
  reset(): void {
    this.#at = undefined;
    this.#asked = false;
  }
}
