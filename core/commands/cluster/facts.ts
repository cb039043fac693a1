// What the CLUSTER subcommands share: facts, nodes by their ids, slots as words.
import type { Bytes } from "../../kernel/bytes.ts";
import { parseInt64 } from "../../kernel/integers.ts";
import { SLOTS } from "../../kernel/slot-ranges.ts";
import { ReplyError } from "../../resp/errors.ts";
import type { Cluster } from "../../server/cluster/cluster.ts";
import type { ClusterNode } from "../../server/cluster/node.ts";
import type { Arg, Parsed } from "../args.ts";
import { defineCommand, type Command, type CommandFacts } from "../command.ts";
import type { CommandContext } from "../context.ts";

export const clusterFacts = {
  group: "cluster",
  since: "3.0.0",
  complexity: "O(1)",
  flags: ["stale"],
} as const satisfies Partial<CommandFacts>;

/** Changes what a node knows. */
export const adminFacts = {
  ...clusterFacts,
  flags: ["admin", "stale", "no_async_loading"],
  acl: ["admin", "dangerous"],
} as const satisfies Partial<CommandFacts>;

/** What nobody can foretell. */
export const untold = { tips: ["nondeterministic_output"] } as const satisfies Partial<CommandFacts>;

/** The bus of a node listens so far above its port, where nothing else is said. */
export const BUS_OFFSET = 10_000;

/** A subcommand, which runs only where a cluster is. */
export function defineClusterCommand<const A extends readonly Arg[]>(
  definition: Omit<Parameters<typeof defineCommand<A>>[0], "run"> & {
    readonly run: (context: CommandContext & { readonly cluster: Cluster }, args: Parsed<A>) => void;
  },
): Command {
  return defineCommand({
    ...definition,
    run(context, args: Parsed<A>) {
      const cluster = clusterOf(context);
      definition.run(Object.assign(Object.create(context) as CommandContext, { cluster }), args);
    },
  });
}

export function clusterOf({ server: { cluster } }: CommandContext): Cluster {
  if (cluster === undefined) throw new ReplyError("ERR This instance has cluster support disabled");
  return cluster;
}

export function nodeOf(cluster: Cluster, id: Bytes): ClusterNode {
  const node = cluster.nodes.get(id);
  if (node === undefined) throw unknownNode(id);
  return node;
}

export const unknownNode = (id: Bytes): ReplyError => new ReplyError(`ERR Unknown node ${id}`);

export function readSlot(word: Bytes): number {
  const slot = parseInt64(word);
  if (typeof slot !== "number" || slot < 0 || slot >= SLOTS) {
    throw new ReplyError("ERR Invalid or out of range slot");
  }
  return slot;
}
