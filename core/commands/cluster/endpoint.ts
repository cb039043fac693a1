// How clients are told to reach a node: by cluster-preferred-endpoint-type (cluster.c: clusterNodePreferredEndpoint).
import type { Bytes } from "../../kernel/bytes.ts";
import type { Cluster } from "../../server/cluster/cluster.ts";
import type { ClusterNode } from "../../server/cluster/node.ts";

/** Whoever asks; an address of IPv6 stands in brackets. */
interface Asker {
  readonly address: Bytes;
}

/** The address of a node, or what its clients are to dial instead. */
export function hostFor({ address }: Asker, node: ClusterNode): Bytes {
  const { clientIpv4, clientIpv6 } = node.names;
  return (address.startsWith("[") ? clientIpv6 : clientIpv4) || node.address.host;
}

/** Undefined where the client is to stay with the host that it knows. */
export function endpointOf({ server }: Cluster, asker: Asker, node: ClusterNode): Bytes | undefined {
  switch (server.config.text("cluster-preferred-endpoint-type")) {
    case "hostname":
      return node.names.hostname || "?";
    case "unknown-endpoint":
      return undefined;
    default:
      return hostFor(asker, node);
  }
}
