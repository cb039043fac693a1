// What faults say of processes: servers by their names, and clear errors for names that there are not.
import type { Server, World } from "../core/index.ts";
import type { Fault } from "./fault.ts";
import { namesIn } from "./options.ts";

/** A server by its name; the first one where no name is given. */
export function serverNamed(world: World, name: string | undefined): Server {
  const server = name === undefined ? world.servers[0] : world.servers.find((each) => each.name === name);
  if (server !== undefined) return server;
  const names = world.servers.map((each) => each.name).join(", ");
  throw new TypeError(`There is no server "${name ?? ""}" in this world; there are ${names}.`);
}

/** What a process that dies is to lose. */
interface Loss {
  readonly keepsData: boolean;
  readonly power: boolean;
}

/** Throws where nothing is to be lost, and something all the same. */
export function checkLoss(fault: string, { keepsData, power }: Loss): void {
  if (keepsData && power) throw new TypeError(`${fault}: keepsData keeps what power loses; say one of them`);
}

/** Throws where a fault or a selector names a server that there is not: it could never strike. */
export function requireServers(
  world: World,
  { name, options }: Pick<Fault, "options"> & { readonly name?: string },
): void {
  for (const named of namesIn(options, name)) serverNamed(world, named);
}

/** Whom a server follows, whether it answers or not; undefined for a primary, and for one that follows somebody outside. */
export function primaryOf(world: World, { replication }: Server): Server | undefined {
  const to = replication.primary?.address;
  if (to === undefined) return undefined;
  // A link outlasts the port by which it was made.
  const wasThere = ({ address }: Server): boolean => address.host === to.host && address.port === to.port;
  return world.servers.find(({ doors }) => doors.hears(to)) ?? world.servers.find(wasThere);
}

/** One name or several, as an option may hold them. */
export type Names = string | readonly string[];

export function namesOf(names: Names): readonly string[] {
  return typeof names === "string" ? [names] : names;
}
