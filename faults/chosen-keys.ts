// What some faults do to keys that a glob chooses, at once.
import { globMatch, type Server, type World } from "../core/index.ts";
import { serverNamed } from "./processes.ts";

export interface ChosenKeys {
  /** A glob. */
  readonly keys: string;
  /** Default: the first server. */
  readonly server?: string;
  /** The number of the database. Default 0. */
  readonly db?: number;
}

type Database = Server["databases"][number];

export function onChosenKeys(
  world: World,
  { keys, server: name, db: number = 0 }: ChosenKeys,
  act: (db: Database, key: string) => void,
): undefined {
  const server = serverNamed(world, name);
  const db = server.databases[number];
  if (db === undefined) return undefined;
  for (const key of db.keys()) if (globMatch(keys, key)) act(db, key);
  server.outbox.flushAll();
  return undefined;
}
