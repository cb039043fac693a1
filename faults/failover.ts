// failover: a replica takes its primary's place on command, and nothing that was acknowledged is lost.
import type { Fault } from "./fault.ts";
import { checkOptions } from "./options.ts";
import { order } from "./order.ts";
import { primaryOf, serverNamed } from "./processes.ts";

export interface FailoverOptions {
  /** The replica that takes over; with Sentinels they choose. Default: the first one. */
  readonly to?: string;
}

/** By FAILOVER of the primary; in a cluster by the replica's CLUSTER FAILOVER; where Sentinels watch, by the first one's SENTINEL FAILOVER. */
export function failover(options: FailoverOptions = {}): Fault {
  checkOptions("failover", options);
  return {
    name: "failover",
    options: { ...options },
    selector: {},
    hooks: {},
    act({ world }) {
      const sentinel = world.servers.find(({ mode, listens }) => mode === "sentinel" && listens);
      if (sentinel !== undefined) {
        const name = order(sentinel, ["ROLE"]).split("\r\n")[5] ?? "";
        return obeyed(order(sentinel, ["SENTINEL", "FAILOVER", name]));
      }
      const replica =
        options.to === undefined
          ? world.servers.find(({ replication, listens }) => replication.isReplica && listens)
          : serverNamed(world, options.to);
      const primary = replica && primaryOf(world, replica);
      if (primary?.listens !== true) return false;
      if (replica!.cluster !== undefined) return obeyed(order(replica!, ["CLUSTER", "FAILOVER"]));
      const { host, port } = replica!.doors.processAddress;
      return obeyed(order(primary, ["FAILOVER", "TO", host, String(port)]));
    },
  };
}

/** Nothing was done where the order was refused. */
function obeyed(reply: string): false | undefined {
  return reply.startsWith("-") ? false : undefined;
}
