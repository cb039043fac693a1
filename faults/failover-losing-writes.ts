// failoverLosingWrites: a primary acknowledges writes that no replica gets, and dies; a replica takes its place without them.
import type { Fault } from "./fault.ts";
import { checkOptions } from "./options.ts";
import { primaryOf, serverNamed } from "./processes.ts";

export interface FailoverLosingWritesOptions {
  /** How many writes are acknowledged and lost. */
  readonly writes: number;
  /** Default: the first server. */
  readonly primary?: string;
  /** The replica that takes over; default: the first of its own. Where Sentinels watch, and in a cluster, they choose it themselves. */
  readonly to?: string;
}

/** The primary loses its replicas at once, answers so many more writes, and crashes. */
export function failoverLosingWrites(options: FailoverLosingWritesOptions): Fault {
  checkOptions("failoverLosingWrites", options);
  const { writes } = options;
  if (!(Number.isInteger(writes) && writes >= 1))
    throw new TypeError("failoverLosingWrites: writes is a whole number from 1 on");
  /** None before it has cut the primary off from a replica. */
  let left = 0;
  return {
    name: "failoverLosingWrites",
    options: { ...options },
    selector: options.primary === undefined ? {} : { server: options.primary },
    hooks: {
      onReply({ flags, reply }, { world }) {
        if (left === 0 || !flags.has("write") || reply.startsWith("-") || --left > 0) return undefined;
        // Its reply leaves first: that is what makes the write an acknowledged one.
        world.schedule(world.now, () => {
          const primary = serverNamed(world, options.primary);
          primary.lifecycle.crash();
          if (world.servers.some(({ mode }) => mode !== "standalone")) return;
          const replica = world.servers.find(
            ({ name, replication }) => replication.isReplica && (options.to === undefined || name === options.to),
          );
          replica?.replication.lead();
        });
        return undefined;
      },
    },
    act({ world }) {
      const primary = serverNamed(world, options.primary);
      const mends = world.servers
        .filter((server) => primaryOf(world, server) === primary)
        .flatMap(({ name }) => [world.network.cut(primary.name, name), world.network.cut(name, primary.name)]);
      if (mends.length === 0) return false;
      left = writes;
      return () => {
        for (const mend of mends) mend();
      };
    },
  };
}
