// The categories of commands, which rules and ACL CAT speak of.
import { lower, type Bytes } from "../../kernel/bytes.ts";
import type { AclCategory } from "../command.ts";
import type { ResolvedCommand } from "../command-table.ts";

/** All of them, in the order in which Redis lists them. */
export const categories: readonly AclCategory[] = [
  "keyspace",
  "read",
  "write",
  "set",
  "sortedset",
  "list",
  "hash",
  "string",
  "bitmap",
  "hyperloglog",
  "geo",
  "stream",
  "pubsub",
  "admin",
  "fast",
  "slow",
  "blocking",
  "dangerous",
  "connection",
  "transaction",
  "scripting",
];

/** A category by its name in any case; undefined where there is none. */
export function findCategory(name: Bytes): AclCategory | undefined {
  const wanted = lower(name);
  return categories.find((each) => each === wanted);
}

/** The categories of a command: its own, and those that follow from its flags (server.c: setImplicitACLCategories); none of a module's. */
export function categoriesOf({ command, flags }: ResolvedCommand): readonly AclCategory[] {
  if (command.module !== undefined) return [];
  const found = new Set(command.acl);
  if (flags.has("write")) found.add("write");
  if (flags.has("readonly") && !found.has("scripting")) found.add("read");
  if (flags.has("admin")) found.add("admin").add("dangerous");
  found.add(flags.has("fast") ? "fast" : "slow");
  return categories.filter((each) => found.has(each));
}
