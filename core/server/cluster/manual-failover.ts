// CLUSTER FAILOVER: a replica takes its primary's place while that one holds its clients back, so that nothing is lost
// (cluster_legacy.c: clusterHandleManualFailover, resetManualFailover).
import type { Timer } from "../../kernel/scheduler.ts";
import type { Cluster } from "./cluster.ts";
import { deliver, headerOf, send } from "./send.ts";
import type { Header } from "./message.ts";
import type { ClusterNode } from "./node.ts";

/** `cluster-manual-failover-timeout` of those that have no such parameter. */
const TIMEOUT_MS = 5_000;

export class ManualFailover {
  readonly #cluster: Cluster;
  #until: number | undefined;
  /** On the primary: who takes over. */
  #replica: ClusterNode | undefined;
  /** On the replica: how far the primary's stream goes, once that one has stopped its clients. */
  #primaryOffset: number | undefined;
  #mayStart = false;
  #timer: Timer | undefined;

  constructor(cluster: Cluster) {
    this.#cluster = cluster;
  }

  get inProgress(): boolean {
    return this.#until !== undefined;
  }

  get #timeoutMs(): number {
    const { config } = this.#cluster.server;
    const name = "cluster-manual-failover-timeout";
    return config.knows(name) ? config.number(name) : TIMEOUT_MS;
  }

  /** This primary holds its clients back. */
  get pauses(): boolean {
    return this.#replica !== undefined;
  }

  /** This replica has everything, or does not care: votes may be asked for. */
  get mayStart(): boolean {
    return this.#mayStart;
  }

  /** CLUSTER FAILOVER on a replica. */
  begin({ force }: { readonly force: boolean }): void {
    this.reset();
    this.#cluster.election.reset();
    this.#until = this.#cluster.now + this.#timeoutMs;
    if (force) this.#mayStart = true;
    else deliver(this.#cluster, this.#cluster.myself.primary!, { type: "mfstart", header: headerOf(this.#cluster) });
    this.#soon();
  }

  /** The primary is asked to hand over. */
  asked(replica: ClusterNode): void {
    if (replica.primary !== this.#cluster.myself) return;
    this.reset();
    this.#until = this.#cluster.now + this.#timeoutMs;
    this.#replica = replica;
    this.#cluster.server.pausing.holdWrites("failover", true);
    send(this.#cluster, replica, "ping");
    this.#cluster.arm();
  }

  /** The primary tells, with every message, how far its stream goes while it stands still. */
  heard(sender: ClusterNode, { paused, offset }: Header): void {
    if (!this.inProgress || this.#mayStart || !paused || sender !== this.#cluster.myself.primary) return;
    this.#primaryOffset ??= offset;
    this.#soon();
  }

  check(): void {
    if (this.#until === undefined) return;
    if (this.#cluster.now > this.#until) {
      this.reset();
      return;
    }
    if (this.#replica !== undefined) send(this.#cluster, this.#replica, "ping");
    if (this.#primaryOffset !== undefined && this.#cluster.server.replication.offset >= this.#primaryOffset) {
      this.#mayStart = true;
    }
  }

  reset(): void {
    if (this.#replica !== undefined) this.#cluster.server.pausing.holdWrites("failover", false);
    this.#until = undefined;
    this.#replica = undefined;
    this.#primaryOffset = undefined;
    this.#mayStart = false;
  }

  /** Before the next round: a real node sees to it before it sleeps. */
  #soon(): void {
    const { world } = this.#cluster.server;
    this.#timer?.cancel();
    this.#timer = world.schedule(world.now, () => {
      this.check();
      this.#cluster.election.check();
      this.#cluster.election.check();
      this.#cluster.arm();
    });
  }
}
