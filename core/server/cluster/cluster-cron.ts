// What a node does by itself: it pings, judges who is silent, and sees to failovers (cluster_legacy.c: clusterCron).
import type { Timer } from "../../kernel/scheduler.ts";
import type { Cluster } from "./cluster.ts";
import { checkNodes, forgetOldReports } from "./failure.ts";
import { moveToOrphan, orphans } from "./replica-migration.ts";
import { gossipAtRandom } from "./send.ts";

/** Ten rounds a second while something is amiss; else one when a node is due to be drawn for a ping. */
const CRON_MS = 100;
const GOSSIP_MS = 1_000;

export class ClusterCron {
  readonly #cluster: Cluster;
  #timer: Timer | undefined;
  /** When a node was last drawn for a ping, in the world's time: what its own clock shows does not matter. */
  #gossipedAt: number;

  constructor(cluster: Cluster) {
    this.#cluster = cluster;
    this.#gossipedAt = cluster.server.world.now;
  }

  /** The process starts again. */
  begin(): void {
    this.#timer = undefined;
    this.#gossipedAt = this.#cluster.server.world.now;
  }

  arm(): void {
    const { server } = this.#cluster;
    const { clock, world } = server;
    const soon = clock.worldTime(clock.now + CRON_MS);
    const at = this.#isQuiet ? Math.max(soon, this.#gossipedAt + GOSSIP_MS) : soon;
    if (this.#timer !== undefined && !this.#timer.cancelled && this.#timer.at <= at) return;
    this.#timer?.cancel();
    this.#timer = world.scheduleInBackground(at, () => {
      this.#timer = undefined;
      if (server.lifecycle.crashed) return;
      if (!server.stalled) this.#tick();
      this.arm();
    });
  }

  /** All is well: there is nothing to look after before the next ping. */
  get #isQuiet(): boolean {
    const cluster = this.#cluster;
    if (!cluster.isUp || cluster.manualFailover.inProgress || cluster.election.inProgress) return false;
    if (cluster.pingIntervalMs < GOSSIP_MS) return false;
    if (cluster.myself.isReplica && orphans(cluster).length > 0) return false;
    for (const node of cluster.nodes.values()) {
      if (node.pingSentAt !== 0 || node.inHandshake || node.suspected || node.failed) return false;
    }
    return true;
  }

  #tick(): void {
    const cluster = this.#cluster;
    const { now } = cluster.server.world;
    forgetOldReports(cluster);
    if (now - this.#gossipedAt >= GOSSIP_MS) {
      this.#gossipedAt = now;
      gossipAtRandom(cluster);
    }
    checkNodes(cluster);
    cluster.manualFailover.check();
    if (cluster.myself.isReplica) {
      this.#keepFollowing();
      cluster.election.check();
      moveToOrphan(cluster);
    }
    if (!cluster.isUp || !this.#isQuiet) cluster.updateState();
    cluster.redirectWaiting();
    cluster.server.outbox.flushAll();
  }

  /** A replica that has lost sight of whom it follows looks again. */
  #keepFollowing(): void {
    const { myself, server } = this.#cluster;
    if (myself.primary !== undefined && !server.replication.isReplica)
      server.replication.follow(myself.primary.address);
  }
}
