// A replica and whom it follows, for the faults that come between them.
import type { Server, World } from "../core/index.ts";
import { primaryOf, serverNamed } from "./processes.ts";

export interface Following {
  readonly replica: Server;
  readonly primary: Server;
}

/** A replica by its name, with its primary; undefined where it follows nobody of this world. */
export function followed(world: World, name: string): Following | undefined {
  const replica = serverNamed(world, name);
  const primary = primaryOf(world, replica);
  return primary && { replica, primary };
}

/** The primary forgets the history that the replica knows: it must be sent everything again. */
export function resync({ replica, primary }: Following): void {
  primary.replication.changeId();
  for (const { client } of Array.from(primary.replication.replicas)) {
    if (client.link.origin === replica.name) client.close();
  }
}
