// Who is down: to one node by silence, to all by a majority (cluster_legacy.c: clusterCron, markNodeAsFailingIfNeeded).
import type { Cluster } from "./cluster.ts";
import { NodeLink } from "./node-link.ts";
import { deliver, headerOf, peerAt, send } from "./send.ts";
import type { ClusterNode } from "./node.ts";

const LEAST_HANDSHAKE_MS = 1_000;

/** A report holds so many node timeouts. */
const REPORT_VALIDITY = 2;

export function checkNodes(cluster: Cluster): void {
  const { now, timeoutMs, myself } = cluster;
  for (const node of cluster.nodes.values()) {
    if (node === myself || !node.hasAddress) continue;
    if (node.inHandshake) {
      if (now - node.handshakeSince! > Math.max(timeoutMs, LEAST_HANDSHAKE_MS)) cluster.remove(node);
      else cluster.greet(node);
      continue;
    }
    limitLink(cluster, node);
    const unreachable = peerAt(cluster, node) === undefined;
    if (unreachable) node.linked = false;
    if (node.pingSentAt === 0 && (unreachable || !node.linked || now - node.pongAt > cluster.pingIntervalMs))
      send(cluster, node, "ping");
    else if (node.pingSentAt !== 0 && !unreachable && now - node.pingSentAt > timeoutMs / 2) retry(cluster, node);
    const silentMs = now - Math.max(node.pingSentAt, node.heardAt);
    if (node.pingSentAt !== 0 && silentMs > timeoutMs && !node.suspected && !node.failed) {
      node.suspected = true;
      judge(cluster, node);
      cluster.updateState();
    }
  }
}

/** Too much waits for a node: the connection is made anew (`cluster-link-sendbuf-limit`, clusterLinkSendbufLimitExceeded). */
function limitLink(cluster: Cluster, node: ClusterNode): void {
  if (node.link.waitingBytes === 0) return;
  const limitBytes = cluster.server.config.number("cluster-link-sendbuf-limit");
  if (limitBytes === 0 || node.link.waitingBytes <= limitBytes) return;
  node.link.isCut = true;
  node.link = new NodeLink(cluster.now);
  cluster.linksCut++;
  if (node.pingSentAt === 0) send(cluster, node, "ping");
  else retry(cluster, node);
}

/** Half the timeout went by: the connection is made anew, and the ping is sent again as if it were the first. */
function retry(cluster: Cluster, node: ClusterNode): void {
  const { pingSentAt } = node;
  send(cluster, node, "ping");
  node.pingSentAt = pingSentAt;
}

/** A primary says that a node is down. */
export function reported(cluster: Cluster, node: ClusterNode, reporter: ClusterNode): void {
  node.failureReports.set(reporter, cluster.now);
  judge(cluster, node);
}

export function forgetOldReports(cluster: Cluster): void {
  const oldest = cluster.now - REPORT_VALIDITY * cluster.timeoutMs;
  for (const { failureReports } of cluster.nodes.values()) {
    for (const [reporter, at] of failureReports) if (at < oldest) failureReports.delete(reporter);
  }
}

function judge(cluster: Cluster, node: ClusterNode): void {
  if (!node.suspected || node.failed) return;
  const own = cluster.myself.isReplica || cluster.myself.slots.size === 0 ? 0 : 1;
  const others = [...node.failureReports.keys()].filter((each) => !each.isReplica && each.slots.size > 0).length;
  if (own + others < cluster.majority) return;
  // Replicas say it too: it is primaries that they counted.
  declareFailed(cluster, node);
}

/** It is down, and everybody is to know. */
export function declareFailed(cluster: Cluster, node: ClusterNode): void {
  markAsFailed(cluster, node);
  for (const other of cluster.nodes.values()) {
    if (other === cluster.myself || other === node || other.inHandshake) continue;
    deliver(cluster, other, { type: "fail", header: headerOf(cluster), failedId: node.id });
  }
}

export function markAsFailed(cluster: Cluster, node: ClusterNode): void {
  node.suspected = false;
  node.failedAt = cluster.now;
  cluster.updateState();
}
