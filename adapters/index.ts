// The main door: a simulated deployment, its clock, its servers.
export { createRedouble, type Redouble } from "./redouble.ts";
export type { RedoubleOptions } from "./redouble-options.ts";
export { currentRedouble } from "./current.ts";
export type { ServerHandle } from "./server-handle.ts";
export type { DumpedValue, ExpiringValue, LoadedFields, LoadedValue } from "./values.ts";
export type { ReceivedCommand } from "./command-log.ts";
export { CommandError, type RedisValue } from "./own-client.ts";
export type { Argument } from "./text.ts";
export type { Clock, ClockMode } from "./time/clock.ts";
export type { Duration, DurationParts } from "../core/index.ts";
export { fakeTimerSettings } from "./time/fake-timer-settings.ts";
export {
  cluster,
  clusterNodes,
  independent,
  primaryWithReplicas,
  sentinel,
  standalone,
  World,
  type ExpiryMode,
  type Hooks,
  type Link,
  type Peer,
  type ProfileName,
  type Server,
  type ServerOptions,
  type Topology,
  type WorldOptions,
} from "../core/index.ts";
export type { Fault, FaultGuard, Injector } from "../faults/index.ts";
