// The configuration parameters that exist, room by room.
import { exists, type Profile } from "../../commands/profile.ts";
import { accessParameters } from "./access.ts";
import { clientParameters } from "./clients.ts";
import { clusterParameters } from "./cluster.ts";
import { encodingParameters } from "./encodings.ts";
import { logParameters } from "./logs.ts";
import { machineParameters } from "./machine.ts";
import { memoryParameters } from "./memory.ts";
import { networkParameters } from "./network.ts";
import type { Parameter } from "./parameter.ts";
import { persistenceParameters } from "./persistence.ts";
import { processParameters } from "./process.ts";
import { replicationParameters } from "./replication.ts";
import { tlsParameters } from "./tls.ts";

const parameters: readonly Parameter[] = [
  ...accessParameters,
  ...clientParameters,
  ...clusterParameters,
  ...encodingParameters,
  ...logParameters,
  ...machineParameters,
  ...memoryParameters,
  ...networkParameters,
  ...persistenceParameters,
  ...processParameters,
  ...replicationParameters,
  ...tlsParameters,
];

/** The parameters of a profile by name, and once more by their older name where they have one. */
export function parametersOf(profile: Profile): ReadonlyMap<string, Parameter> {
  const own = parameters.filter(
    ({ since, until }) => exists(since, profile) && (until === undefined || !exists(until, profile)),
  );
  return new Map(own.flatMap((each) => [each.name, ...(each.alias ? [each.alias] : [])].map((name) => [name, each])));
}
