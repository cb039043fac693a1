// The door of the engine.
export type { Bytes, Slice } from "./kernel/bytes.ts";
export { durationMs, type Duration, type DurationParts } from "./kernel/duration.ts";
export { World, type WorldOptions } from "./server/world.ts";
export type { Server } from "./server/server.ts";
export type { ConnectOptions, ServerOptions } from "./server/server-options.ts";
export type { CloseReason, Link, Peer } from "./server/link.ts";
export type { WasmPort } from "./scripting/wasm-port.ts";
export type { ExpiryMode } from "./server/expiry.ts";
export type { Client } from "./server/client.ts";
export type * from "./server/hooks.ts";
export { isOfThisMachine } from "./server/protected-mode.ts";
export type { Program, ProgramEnd, ProgramsByPath } from "./server/programs.ts";
export type { Door } from "./server/doors.ts";
export type { Doorkeeper, Place, PortKind } from "./server/doorkeepers.ts";
export type { Address, Call, Caller, CallHandler, DialOutside, Network } from "./server/network.ts";
// Deployments of several servers.
export * from "./topology/topology.ts";
export { createDeployment, scriptDirectives, type Deployment, type DeploymentOptions } from "./topology/deployment.ts";
export type { Sentinel } from "./topology/sentinel/sentinel.ts";
// For hosts that add commands of their own.
export { arg } from "./commands/args.ts";
export { defineCommand, defineContainer, type Command } from "./commands/command.ts";
// For what is derived from the table: the fuzzer of conformance, and the page of compatibility.
export { commands } from "./commands/commands.ts";
export { commandExists } from "./commands/command.ts";
export type { CommandContext } from "./commands/context.ts";
export { misconf, ReplyError } from "./resp/errors.ts";
export { profiles, type ProfileName } from "./commands/profile.ts";
export { globMatch } from "./kernel/glob.ts";
export { requireChoice, requireKnown, show } from "./kernel/known-options.ts";
export type { Random } from "./kernel/random.ts";
export { ReplyDecoder, ReplySyntaxError, type DecodedReply } from "./resp/reply-decoder.ts";
