// clusterDown: no node of a cluster sees most of the others, and each refuses what concerns keys: CLUSTERDOWN.
import type { Fault } from "./fault.ts";
import { checkOptions } from "./options.ts";
import { nodesOf } from "./slots.ts";

export type ClusterDownOptions = Readonly<Record<never, never>>;

/**
 * The bus between all nodes is cut, and `cluster-node-timeout` has gone by already. Applications reach every node. Taken out, the
 * nodes hear each other again, and serve as soon as real ones would.
 */
export function clusterDown(options: ClusterDownOptions = {}): Fault {
  checkOptions("clusterDown", options);
  return {
    name: "clusterDown",
    options: { ...options },
    selector: {},
    hooks: {},
    act({ world }) {
      const nodes = nodesOf(world);
      if (nodes.length < 2) return false;
      const mends = nodes.flatMap(({ name: from }) =>
        nodes.filter(({ name }) => name !== from).map(({ name: to }) => world.network.cut(from, to)),
      );
      for (const { cluster } of nodes) {
        for (const node of cluster.nodes.values()) {
          if (node === cluster.myself) continue;
          // Who is suspected has a ping to answer: its answer, once it gets through, is the end of the suspicion.
          if (node.pingSentAt === 0) cluster.greet(node);
          node.suspected = true;
        }
        cluster.updateState();
        cluster.redirectWaiting();
        cluster.arm();
      }
      return () => {
        for (const mend of mends) mend();
      };
    },
  };
}
