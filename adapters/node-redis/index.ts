// Everything that `redis` (node-redis) exports, with clients whose sockets end in simulated servers:
// `vi.mock("redis", () => import("redouble/node-redis"))`, `jest.mock("redis", () => require("redouble/node-redis"))`.
import type * as NodeRedis from "redis";
import { standInFor } from "../common-js.ts";
import { missingPeer, peerModule } from "../peer-module.ts";
import { presetMakers } from "./preset.ts";

const real = peerModule<typeof NodeRedis>("redis") ?? missingPeer<typeof NodeRedis>("redis");
const makers = presetMakers(real);

export type * from "redis";

/** Makes a client of a simulated server. */
export const createClient: typeof NodeRedis.createClient = makers.createClient;
/** Makes a pool of clients of a simulated server. */
export const createClientPool: typeof NodeRedis.createClientPool = makers.createClientPool;
/** Makes a Cluster client of simulated servers. */
export const createCluster: typeof NodeRedis.createCluster = makers.createCluster;
/** Makes a Sentinel client of simulated servers. */
export const createSentinel: typeof NodeRedis.createSentinel = makers.createSentinel;

// The rest is node-redis's own. An ES module must name what it exports; a test compares the names.
export const DEFAULT_RESP: typeof NodeRedis.DEFAULT_RESP = real.DEFAULT_RESP;
export const RESP_TYPES: typeof NodeRedis.RESP_TYPES = real.RESP_TYPES;
export const VerbatimString: typeof NodeRedis.VerbatimString = real.VerbatimString;
export type VerbatimString = NodeRedis.VerbatimString;
export const defineScript: typeof NodeRedis.defineScript = real.defineScript;
export const digest: typeof NodeRedis.digest = real.digest;
export const RedisClient: typeof NodeRedis.RedisClient = real.RedisClient;
export const RedisClientPool: typeof NodeRedis.RedisClientPool = real.RedisClientPool;
export const RedisCluster: typeof NodeRedis.RedisCluster = real.RedisCluster;
export const RedisSentinel: typeof NodeRedis.RedisSentinel = real.RedisSentinel;
export const RedisSentinelClient: typeof NodeRedis.RedisSentinelClient = real.RedisSentinelClient;
export const GEO_REPLY_WITH = own("GEO_REPLY_WITH");
export const CLIENT_KILL_FILTERS: typeof NodeRedis.CLIENT_KILL_FILTERS = real.CLIENT_KILL_FILTERS;
export const CLIENT_UNBLOCK_MODES: typeof NodeRedis.CLIENT_UNBLOCK_MODES = real.CLIENT_UNBLOCK_MODES;
export const FAILOVER_MODES: typeof NodeRedis.FAILOVER_MODES = real.FAILOVER_MODES;
export const CLUSTER_SLOT_STATES: typeof NodeRedis.CLUSTER_SLOT_STATES = real.CLUSTER_SLOT_STATES;
export const COMMAND_LIST_FILTER_BY: typeof NodeRedis.COMMAND_LIST_FILTER_BY = real.COMMAND_LIST_FILTER_BY;
export const REDIS_FLUSH_MODES: typeof NodeRedis.REDIS_FLUSH_MODES = real.REDIS_FLUSH_MODES;
export const AR_PREDICATE_TYPES: typeof NodeRedis.AR_PREDICATE_TYPES = real.AR_PREDICATE_TYPES;
export const AR_PREDICATE_COMBINATORS: typeof NodeRedis.AR_PREDICATE_COMBINATORS = real.AR_PREDICATE_COMBINATORS;
export const AR_OPERATIONS: typeof NodeRedis.AR_OPERATIONS = real.AR_OPERATIONS;
export const BasicClientSideCache: typeof NodeRedis.BasicClientSideCache = real.BasicClientSideCache;
export type BasicClientSideCache = NodeRedis.BasicClientSideCache;
export const BasicPooledClientSideCache: typeof NodeRedis.BasicPooledClientSideCache = real.BasicPooledClientSideCache;
export type BasicPooledClientSideCache = NodeRedis.BasicPooledClientSideCache;
export const OpenTelemetry: typeof NodeRedis.OpenTelemetry = real.OpenTelemetry;
export type OpenTelemetry = NodeRedis.OpenTelemetry;
export const CHANNELS: typeof NodeRedis.CHANNELS = real.CHANNELS;
export const AbortError: typeof NodeRedis.AbortError = real.AbortError;
export type AbortError = NodeRedis.AbortError;
export const WatchError: typeof NodeRedis.WatchError = real.WatchError;
export type WatchError = NodeRedis.WatchError;
export const ConnectionTimeoutError: typeof NodeRedis.ConnectionTimeoutError = real.ConnectionTimeoutError;
export type ConnectionTimeoutError = NodeRedis.ConnectionTimeoutError;
export const SocketTimeoutError: typeof NodeRedis.SocketTimeoutError = real.SocketTimeoutError;
export type SocketTimeoutError = NodeRedis.SocketTimeoutError;
export const ClientClosedError: typeof NodeRedis.ClientClosedError = real.ClientClosedError;
export type ClientClosedError = NodeRedis.ClientClosedError;
export const ClientOfflineError: typeof NodeRedis.ClientOfflineError = real.ClientOfflineError;
export type ClientOfflineError = NodeRedis.ClientOfflineError;
export const DisconnectsClientError: typeof NodeRedis.DisconnectsClientError = real.DisconnectsClientError;
export type DisconnectsClientError = NodeRedis.DisconnectsClientError;
export const SocketClosedUnexpectedlyError: typeof NodeRedis.SocketClosedUnexpectedlyError =
  real.SocketClosedUnexpectedlyError;
export type SocketClosedUnexpectedlyError = NodeRedis.SocketClosedUnexpectedlyError;
export const RootNodesUnavailableError: typeof NodeRedis.RootNodesUnavailableError = real.RootNodesUnavailableError;
export type RootNodesUnavailableError = NodeRedis.RootNodesUnavailableError;
export const ScanIteratorInterruptedError: typeof NodeRedis.ScanIteratorInterruptedError =
  real.ScanIteratorInterruptedError;
export type ScanIteratorInterruptedError = NodeRedis.ScanIteratorInterruptedError;
export const ReconnectStrategyError: typeof NodeRedis.ReconnectStrategyError = real.ReconnectStrategyError;
export type ReconnectStrategyError = NodeRedis.ReconnectStrategyError;
export const ErrorReply: typeof NodeRedis.ErrorReply = real.ErrorReply;
export type ErrorReply = NodeRedis.ErrorReply;
export const SimpleError: typeof NodeRedis.SimpleError = real.SimpleError;
export type SimpleError = NodeRedis.SimpleError;
export const BlobError: typeof NodeRedis.BlobError = real.BlobError;
export type BlobError = NodeRedis.BlobError;
export const TimeoutError: typeof NodeRedis.TimeoutError = real.TimeoutError;
export type TimeoutError = NodeRedis.TimeoutError;
export const SocketTimeoutDuringMaintenanceError: typeof NodeRedis.SocketTimeoutDuringMaintenanceError =
  real.SocketTimeoutDuringMaintenanceError;
export type SocketTimeoutDuringMaintenanceError = NodeRedis.SocketTimeoutDuringMaintenanceError;
export const CommandTimeoutDuringMaintenanceError: typeof NodeRedis.CommandTimeoutDuringMaintenanceError =
  real.CommandTimeoutDuringMaintenanceError;
export type CommandTimeoutDuringMaintenanceError = NodeRedis.CommandTimeoutDuringMaintenanceError;
export const MultiErrorReply: typeof NodeRedis.MultiErrorReply = real.MultiErrorReply;
export type MultiErrorReply = NodeRedis.MultiErrorReply;
export const OpenTelemetryError: typeof NodeRedis.OpenTelemetryError = real.OpenTelemetryError;
export type OpenTelemetryError = NodeRedis.OpenTelemetryError;
export const MaxCommandRedirectionsError: typeof NodeRedis.MaxCommandRedirectionsError =
  real.MaxCommandRedirectionsError;
export type MaxCommandRedirectionsError = NodeRedis.MaxCommandRedirectionsError;
export const REDISEARCH_LANGUAGE = own("REDISEARCH_LANGUAGE");
export const SCHEMA_FIELD_TYPE = own("SCHEMA_FIELD_TYPE");
export const SCHEMA_TEXT_FIELD_PHONETIC = own("SCHEMA_TEXT_FIELD_PHONETIC");
export const SCHEMA_VECTOR_FIELD_ALGORITHM = own("SCHEMA_VECTOR_FIELD_ALGORITHM");
export const FT_AGGREGATE_GROUP_BY_REDUCERS = own("FT_AGGREGATE_GROUP_BY_REDUCERS");
export const FT_AGGREGATE_STEPS = own("FT_AGGREGATE_STEPS");
export const TIME_SERIES_ENCODING = own("TIME_SERIES_ENCODING");
export const TIME_SERIES_DUPLICATE_POLICIES = own("TIME_SERIES_DUPLICATE_POLICIES");
export const TIME_SERIES_AGGREGATION_TYPE = own("TIME_SERIES_AGGREGATION_TYPE");
export const TIME_SERIES_BUCKET_TIMESTAMP = own("TIME_SERIES_BUCKET_TIMESTAMP");
export const TIME_SERIES_REDUCERS = own("TIME_SERIES_REDUCERS");
export const TS_READ_TIMESTAMP = own("TS_READ_TIMESTAMP");

if (typeof module === "object") standInFor(module, real);

/** What the module exports and its types do not show. */
function own(name: string): unknown {
  return (real as Readonly<Record<string, unknown>>)[name];
}
