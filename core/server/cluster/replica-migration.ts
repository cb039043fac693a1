// A primary that has lost all its replicas gets one of those that another has to spare (cluster_legacy.c: clusterHandleSlaveMigration).
import type { Cluster } from "./cluster.ts";
import type { ClusterNode } from "./node.ts";

/** A primary must have been without replicas for so long: its own may be on its way back. */
const DELAY_MS = 5_000;

/** Primaries that serve and have no sound replica, though they had one. */
export function orphans({ nodes }: Cluster): ClusterNode[] {
  const orphaned: ClusterNode[] = [];
  for (const node of nodes.values()) {
    if (node.isReplica || node.failed || !node.wantsReplicas || node.slots.size === 0) continue;
    if (node.soundReplicas === 0) orphaned.push(node);
  }
  return orphaned;
}

/** This replica follows an orphan from now on, where its own primary can spare it and it is the one to go. */
export function moveToOrphan(cluster: Cluster): void {
  const { myself, nodes, now, server, isUp, mayChangePrimary } = cluster;
  const own = myself.primary;
  const orphaned = orphans(cluster);
  if (own === undefined || orphaned.length === 0 || !mayChangePrimary || !isUp) return;
  const primaries = [...nodes.values()].filter((node) => !node.isReplica);
  const most = Math.max(0, ...primaries.map(({ failed, soundReplicas }) => (failed ? 0 : soundReplicas)));
  if (most < 2 || own.failed || own.soundReplicas !== most) return;
  const reachable = [...own.replicas].filter(({ failed, suspected }) => !failed && !suspected);
  if (reachable.length <= server.config.number("cluster-migration-barrier")) return;
  for (const node of primaries) node.orphanedAt = orphaned.includes(node) ? (node.orphanedAt ?? now) : undefined;
  const rivals = primaries.filter(({ soundReplicas }) => soundReplicas === most);
  const isFirst = rivals.every(({ replicas }) => [...replicas].every(({ id }) => id >= myself.id));
  const [target] = orphaned;
  if (isFirst && now - target!.orphanedAt! > DELAY_MS) cluster.follow(target!);
}
