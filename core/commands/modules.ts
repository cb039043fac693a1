// The modules that a release brings along: they are listed as loaded ones are, and cannot be unloaded.
import type { Bytes } from "../kernel/bytes.ts";
import type { Reply } from "../resp/reply.ts";
import { exists, type Profile } from "./profile.ts";

export interface BuiltInModule {
  readonly name: Bytes;
  readonly version: number;
  /** As INFO shows them. */
  readonly options: readonly Bytes[];
}

const vectorSets: BuiltInModule = {
  name: "vectorset",
  version: 1,
  options: ["handle-io-errors", "handle-repl-async-load"],
};

/** Those of a profile. */
export function builtInModules(profile: Profile): readonly BuiltInModule[] {
  return hasVectorSets(profile) ? [vectorSets] : [];
}

/** Whether there are vector sets (Redis 8.0). */
export function hasVectorSets(profile: Profile): boolean {
  return exists("8.0.0", profile);
}

/** The list in MODULE LIST and HELLO. */
export function replyModules(reply: Reply, modules: readonly BuiltInModule[]): void {
  reply.array(modules.length);
  for (const { name, version } of modules) {
    reply.map(4);
    reply.bulk("name");
    reply.bulk(name);
    reply.bulk("ver");
    reply.integer(version);
    reply.bulk("path");
    reply.bulk("");
    reply.bulk("args");
    reply.array(0);
  }
}
