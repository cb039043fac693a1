// What the subcommands of ACL have in common.
import type { CommandFacts } from "../command.ts";

/** Of those that anybody may use who may use ACL. */
export const openFacts = {
  group: "server",
  since: "6.0.0",
  complexity: "O(1)",
  flags: ["noscript", "loading", "stale"],
} as const satisfies Partial<CommandFacts>;

/** Of those that are for administrators. */
export const adminFacts = {
  ...openFacts,
  complexity: "O(N) for N users",
  flags: ["admin", "noscript", "loading", "stale"],
} as const satisfies Partial<CommandFacts>;

/** Of those that every node of a cluster has to be told. */
export const everywhereFacts = {
  ...adminFacts,
  tips: ["request_policy:all_nodes", "response_policy:all_succeeded"],
  in: { "redis-7.0": { tips: undefined } },
} as const satisfies Partial<CommandFacts>;
