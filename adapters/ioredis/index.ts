// Everything that `ioredis` exports, with connections that end in the current redouble:
// `vi.mock("ioredis", () => import("redouble/ioredis"))`, `jest.mock("ioredis", () => require("redouble/ioredis"))`.
import type * as Ioredis from "ioredis";
import { standInFor } from "../common-js.ts";
import { missingPeer, peerModule } from "../peer-module.ts";
import { presetCluster, presetRedis } from "./preset.ts";

const real = peerModule<typeof Ioredis>("ioredis") ?? missingPeer<typeof Ioredis>("ioredis");

export type * from "ioredis";
export { RedoubleConnector } from "./connector.ts";

/** ioredis's client, on a simulated server. */
export const Redis: typeof Ioredis.Redis = presetRedis(real.Redis);
export type Redis = Ioredis.Redis;

/** ioredis's Cluster client; its nodes are reached through the interceptor of `redouble/net`. */
export const Cluster: typeof Ioredis.Cluster = presetCluster(real.Cluster);
export type Cluster = Ioredis.Cluster;

// The rest is ioredis's own.
export const Command: typeof Ioredis.Command = real.Command;
export type Command = Ioredis.Command;
export const ScanStream: typeof Ioredis.ScanStream = real.ScanStream;
export type ScanStream = Ioredis.ScanStream;
export const Pipeline: typeof Ioredis.Pipeline = real.Pipeline;
export type Pipeline = InstanceType<typeof Ioredis.Pipeline>;
export const AbstractConnector: typeof Ioredis.AbstractConnector = real.AbstractConnector;
export type AbstractConnector = InstanceType<typeof Ioredis.AbstractConnector>;
export const SentinelConnector: typeof Ioredis.SentinelConnector = real.SentinelConnector;
export type SentinelConnector = InstanceType<typeof Ioredis.SentinelConnector>;
export const SentinelIterator: typeof Ioredis.SentinelIterator = real.SentinelIterator;
export type SentinelIterator = InstanceType<typeof Ioredis.SentinelIterator>;
export const ReplyError: unknown = real.ReplyError;
export const print: typeof Ioredis.print = real.print;

/** @alias */
// oxlint-disable-next-line import/no-default-export -- ioredis has one
export default Redis;

// In CommonJS the module is the class itself.
Object.defineProperties(Redis, {
  Cluster: { value: Cluster, enumerable: true, configurable: true },
  Redis: { value: Redis, enumerable: true, configurable: true },
  default: { value: Redis, enumerable: true, configurable: true },
});
if (typeof module === "object") standInFor(module, real, Redis);
