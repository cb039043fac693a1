// The configuration parameters that exist, room by room.
import { exists, type Profile } from "../../commands/profile.ts";
import { accessParameters } from "./access.ts";
import { clientParameters } from "./clients.ts";
import { clusterParameters } from "./cluster.ts";
import { encodingParameters } from "./encodings.ts";
import { logParameters } from "./logs.ts";
import { memoryParameters } from "./memory.ts";
import type { Parameter } from "./parameter.ts";
import { persistenceParameters } from "./persistence.ts";
import { processParameters } from "./process.ts";
import { replicationParameters } from "./replication.ts";

const parameters: readonly Parameter[] = [
  ...accessParameters,
  ...clientParameters,
  ...clusterParameters,
  ...encodingParameters,
  ...logParameters,
  ...memoryParameters,
  ...persistenceParameters,
  ...processParameters,
  ...replicationParameters,
];

/** The parameters of a profile by name, and once more by their older name where they have one. */
export function parametersOf(profile: Profile): ReadonlyMap<string, Parameter> {
  const own = parameters.filter(({ since }) => exists(since, profile));
  return new Map(own.flatMap((each) => [each.name, ...(each.alias ? [each.alias] : [])].map((name) => [name, each])));
}
