// The configuration parameters that exist, as CONFIG SET checks them and CONFIG GET prints them (config.c).
import { parseInt64 } from "../kernel/integers.ts";
import { lower, type Bytes } from "../kernel/bytes.ts";
import { readMemorySize } from "../commands/numbers.ts";
import { exists, type Profile, type Since } from "../commands/profile.ts";
import {
  problemOfHostname,
  problemOfIpv4,
  problemOfIpv6,
  problemOfNodename,
  problemOfNodenameWithColons,
} from "./cluster/announced-values.ts";
import { INITIAL_OUTPUT_LIMITS, readOutputLimits } from "./output-limits.ts";
import { readSavePoints, showSavePoints } from "./save-points.ts";
import { readEventLetters, showEventLetters } from "./keyspace-events.ts";

/** A value that was read, or what is wrong with it in Redis's words. */
type Outcome<V> = { readonly value: V } | { readonly problem: Bytes };

export interface Parameter {
  readonly name: string;
  /** An older name of the same parameter. */
  readonly alias?: string;
  readonly since?: Since;
  /** Given at start-up only. */
  readonly immutable?: boolean;
  /** Changed only where `enable-protected-configs` allows it. */
  readonly isProtected?: boolean;
  /** No pattern finds it: whoever asks for it must know its name. */
  readonly hidden?: boolean;
  initial(profile: Profile): string;
  /** Checks a value and gives the form in which it is kept; what it does not speak of stays as it is. */
  read(text: Bytes, current: string): Outcome<string>;
  /** What CONFIG GET prints of it, where that is not all. */
  show?(value: string): string;
}

type Common = Pick<Parameter, "name" | "alias" | "since" | "immutable" | "isProtected" | "hidden">;

function between(value: bigint, min: bigint, max: bigint): Outcome<string> {
  return value < min || value > max
    ? { problem: `argument must be between ${min} and ${max} inclusive` }
    : { value: String(value) };
}

function integer(common: Common, { initial, min, max }: { initial: bigint; min: bigint; max: bigint }): Parameter {
  return {
    ...common,
    initial: () => String(initial),
    read(text) {
      const value = parseInt64(text);
      return value === undefined
        ? { problem: "argument couldn't be parsed into an integer" }
        : between(BigInt(value), min, max);
    },
  };
}

function memory(
  common: Common,
  { initial, min, max }: { initial: bigint | ((profile: Profile) => bigint); min: bigint; max: bigint },
): Parameter {
  return {
    ...common,
    initial: (profile) => String(typeof initial === "bigint" ? initial : initial(profile)),
    read(text) {
      const value = readMemorySize(text);
      return value === undefined ? { problem: "argument must be a memory value" } : between(value, min, max);
    },
  };
}

function boolean(common: Common, initial: (profile: Profile) => boolean): Parameter {
  return {
    ...common,
    initial: (profile) => (initial(profile) ? "yes" : "no"),
    read(text) {
      const value = lower(text);
      return value === "yes" || value === "no" ? { value } : { problem: "argument must be 'yes' or 'no'" };
    },
  };
}

function choice(common: Common, values: readonly string[], initial: string): Parameter {
  return {
    ...common,
    initial: () => initial,
    read(text) {
      const value = lower(text);
      return values.includes(value)
        ? { value }
        : { problem: `argument(s) must be one of the following: ${values.join(", ")}` };
    },
  };
}

function text(common: Common, initial: string): Parameter {
  return { ...common, initial: () => initial, read: (value) => ({ value }) };
}

/** Where files lie: every directory is there, and what is no absolute path goes on from the one before. */
function directory(since: Since, emptyProblem: Bytes): Parameter {
  return {
    name: "dir",
    since,
    isProtected: true,
    initial: () => "/data",
    read(path, current) {
      const parts: string[] = [];
      for (const part of (path.startsWith("/") ? path : `${current}/${path}`).split("/")) {
        if (part === "..") parts.pop();
        else if (part !== "" && part !== ".") parts.push(part);
      }
      return path === "" ? { problem: emptyProblem } : { value: `/${parts.join("/")}` };
    },
  };
}

/** @param emptyProblem what is wrong with an empty name, where anything is */
function dataFile(since: Since, emptyProblem?: Bytes): Parameter {
  return {
    name: "dbfilename",
    since,
    isProtected: true,
    initial: () => "dump.rdb",
    read(name) {
      if (name.includes("/")) return { problem: "dbfilename can't be a path, just a filename" };
      return name === "" && emptyProblem !== undefined ? { problem: emptyProblem } : { value: name };
    },
  };
}

const savePoints: Parameter = {
  name: "save",
  initial: () => "",
  read: (text) =>
    readSavePoints(text) === undefined ? { problem: "Invalid save parameters" } : { value: showSavePoints(text) },
};

const SHUTDOWN_WORDS = ["default", "save", "nosave", "now", "force"];

/** How the process ends when it is told to: some of the options of SHUTDOWN. */
function onSignal(name: string): Parameter {
  return {
    name,
    initial: () => "default",
    read(text) {
      const given = lower(text).split(" ");
      if (!given.every((word) => SHUTDOWN_WORDS.includes(word))) {
        return { problem: `argument(s) must be one of the following: ${SHUTDOWN_WORDS.join(", ")}` };
      }
      if (given.includes("save") && given.includes("nosave")) {
        return { problem: "shutdown options SAVE and NOSAVE can't be used simultaneously" };
      }
      const told = SHUTDOWN_WORDS.slice(1).filter((word) => given.includes(word));
      return { value: told.length === 0 ? "default" : told.join(" ") };
    },
  };
}

/** A text of which not every one will do. */
function announced(common: Common, problemOf: (value: Bytes) => Bytes | undefined): Parameter {
  return {
    ...text(common, ""),
    read(value) {
      const problem = problemOf(value);
      return problem === undefined ? { value } : { problem };
    },
  };
}

const outputLimits: Parameter = {
  name: "client-output-buffer-limit",
  initial: () => INITIAL_OUTPUT_LIMITS,
  read: readOutputLimits,
};

const keyspaceEvents: Parameter = {
  name: "notify-keyspace-events",
  initial: () => "",
  read(text) {
    const value = readEventLetters(text);
    return value === undefined ? { problem: "Invalid event class character. Use 'Ag$lshzxeKEtmdn'." } : { value };
  },
  show: showEventLetters,
};

/** Users are declared as such: no file of them is read. */
const aclFile: Parameter = {
  ...text({ name: "aclfile", immutable: true }, ""),
  read: (value) => (value === "" ? { value } : { problem: "no file of users is read; declare them as users" }),
};

/** A parameter that says where the server listens: the host decides that, and it cannot change while the server runs. */
function listening(name: string): Parameter {
  return {
    name,
    initial: () => "",
    read: () => ({ problem: "Unable to listen on this port. Check server logs." }),
  };
}

/** A parameter that takes more than it keeps: beyond its limits it stays at them. */
function clamped(parameter: Parameter, { least, most }: { least: bigint; most: bigint }): Parameter {
  return {
    ...parameter,
    read(text, current) {
      const outcome = parameter.read(text, current);
      if ("problem" in outcome) return outcome;
      const value = BigInt(outcome.value);
      return { value: String(value < least ? least : value > most ? most : value) };
    },
  };
}

/** What persistence is set to: nothing is written, and what would change that is refused in the words of a server that cannot. */
function persisting(name: string, nothing: string, problem: Bytes): Parameter {
  return {
    name,
    initial: () => nothing,
    read: (value) => (lower(value) === nothing ? { value: nothing } : { problem }),
  };
}

const INT64_MAX = 9223372036854775807n;
const UINT64_MAX = 18446744073709551615n;
const INT_MAX = 2147483647n;
const MEGABYTE = 1_048_576n;

const PORT = { initial: 0n, min: 0n, max: 65535n };

/** What counts or measures without a limit of its own. */
const count = (initial: bigint) => ({ initial, min: 0n, max: INT64_MAX });

const EVICTION_POLICIES = [
  "volatile-lru",
  "volatile-lfu",
  "volatile-random",
  "volatile-ttl",
  "allkeys-lru",
  "allkeys-lfu",
  "allkeys-random",
  "noeviction",
] as const;

/** Bytes, or a part of `maxmemory`. */
const maxmemoryClients: Parameter = {
  name: "maxmemory-clients",
  initial: () => "0",
  read(text) {
    const percent = /^(\d+)%$/.exec(text)?.[1];
    if (percent !== undefined) {
      if (Number(percent) > 100) return { problem: "percentage argument must be less or equal to 100" };
      return { value: Number(percent) === 0 ? "0" : `${Number(percent)}%` };
    }
    const value = readMemorySize(text);
    if (value === undefined || value < 0n) return { problem: "argument must be a memory or percent value" };
    return { value: String(value) };
  },
};

/** Of INFO latencystats. */
const percentiles: Parameter = {
  name: "latency-tracking-info-percentiles",
  initial: () => "50 99 99.9",
  read(text) {
    const words = text.split(" ").filter(Boolean);
    const problem = (what: Bytes): Outcome<string> => ({ problem: `${what}` });
    if (words.some((word) => !/^[+-]?\d*\.?\d+(e[+-]?\d+)?$/i.test(word)))
      return problem("Invalid latency-tracking-info-percentiles parameters");
    const numbers = words.map(Number);
    if (numbers.some((number) => number < 0 || number > 100))
      return problem("latency-tracking-info-percentiles parameters should sit between [0.0,100.0]");
    return { value: numbers.join(" ") };
  },
};

/** Which commands are logged: Valkey has names of its own, and those of Redis for the slow ones too. */
const logging: readonly Parameter[] = [
  integer(
    { name: "slowlog-log-slower-than", since: { redis: "7.0.0" } },
    { initial: 10_000n, min: -1n, max: INT64_MAX },
  ),
  integer({ name: "slowlog-max-len", since: { redis: "7.0.0" } }, count(128n)),
  integer(
    { name: "commandlog-execution-slower-than", alias: "slowlog-log-slower-than", since: { valkey: "8.1.0" } },
    { initial: 10_000n, min: -1n, max: INT64_MAX },
  ),
  integer(
    { name: "commandlog-slow-execution-max-len", alias: "slowlog-max-len", since: { valkey: "8.1.0" } },
    count(128n),
  ),
  ...["commandlog-request-larger-than", "commandlog-reply-larger-than"].map((name) =>
    integer({ name, since: { valkey: "8.1.0" } }, { initial: MEGABYTE, min: -1n, max: INT64_MAX }),
  ),
  ...["commandlog-large-request-max-len", "commandlog-large-reply-max-len"].map((name) =>
    integer({ name, since: { valkey: "8.1.0" } }, count(128n)),
  ),
];

export const parameters: readonly Parameter[] = [
  choice({ name: "acl-pubsub-default" }, ["allchannels", "resetchannels"], "resetchannels"),
  integer({ name: "acllog-max-len" }, { initial: 128n, min: 0n, max: INT64_MAX }),
  aclFile,
  integer({ name: "active-expire-effort" }, { initial: 1n, min: 1n, max: 10n }),
  persisting("appendonly", "no", "Unable to turn on AOF. Check server logs."),
  listening("bind"),
  outputLimits,
  memory({ name: "client-query-buffer-limit" }, { initial: 1024n * MEGABYTE, min: MEGABYTE, max: INT64_MAX }),
  ...logging,
  integer({ name: "latency-monitor-threshold" }, count(0n)),
  boolean({ name: "latency-tracking" }, () => true),
  percentiles,
  integer({ name: "databases", immutable: true }, { initial: 16n, min: 1n, max: INT_MAX }),
  choice({ name: "enable-debug-command", immutable: true }, ["no", "yes", "local"], "no"),
  choice({ name: "enable-module-command", immutable: true }, ["no", "yes", "local"], "no"),
  clamped(integer({ name: "hz" }, { initial: 10n, min: 0n, max: INT_MAX }), { least: 1n, most: 500n }),
  boolean({ name: "import-mode", since: { valkey: "8.1.0" } }, () => false),
  boolean({ name: "lazyfree-lazy-expire" }, ({ can }) => can.deleteInBackground),
  boolean({ name: "lazyfree-lazy-server-del" }, ({ can }) => can.deleteInBackground),
  boolean({ name: "lazyfree-lazy-user-del" }, ({ can }) => can.deleteInBackground),
  boolean({ name: "lazyfree-lazy-user-flush" }, ({ can }) => can.deleteInBackground),
  boolean({ name: "replica-lazy-flush", alias: "slave-lazy-flush" }, ({ can }) => can.deleteInBackground),
  integer({ name: "hash-max-listpack-entries", alias: "hash-max-ziplist-entries" }, count(512n)),
  memory({ name: "hash-max-listpack-value", alias: "hash-max-ziplist-value" }, count(64n)),
  memory({ name: "hll-sparse-max-bytes" }, count(3000n)),
  integer({ name: "list-compress-depth" }, { initial: 0n, min: 0n, max: INT_MAX }),
  integer(
    { name: "list-max-listpack-size", alias: "list-max-ziplist-size" },
    { initial: -2n, min: -INT_MAX - 1n, max: INT_MAX },
  ),
  integer({ name: "lfu-decay-time" }, { initial: 1n, min: 0n, max: INT_MAX }),
  integer({ name: "lfu-log-factor" }, { initial: 10n, min: 0n, max: INT_MAX }),
  memory({ name: "maxmemory" }, { initial: 0n, min: 0n, max: UINT64_MAX }),
  maxmemoryClients,
  integer({ name: "maxmemory-samples" }, { initial: 5n, min: 1n, max: INT_MAX }),
  integer({ name: "maxmemory-samples", since: "7.2.0" }, { initial: 5n, min: 1n, max: 64n }),
  boolean({ name: "lazyfree-lazy-eviction" }, ({ can }) => can.deleteInBackground),
  choice({ name: "maxmemory-policy" }, EVICTION_POLICIES, "noeviction"),
  keyspaceEvents,
  boolean({ name: "rdbcompression" }, () => true),
  integer({ name: "set-max-intset-entries" }, count(512n)),
  integer({ name: "set-max-listpack-entries", since: "7.2.0" }, count(128n)),
  integer({ name: "set-max-listpack-value", since: "7.2.0" }, count(64n)),
  memory({ name: "stream-node-max-bytes" }, count(4096n)),
  integer({ name: "stream-node-max-entries" }, count(100n)),
  integer({ name: "zset-max-listpack-entries", alias: "zset-max-ziplist-entries" }, count(128n)),
  memory({ name: "zset-max-listpack-value", alias: "zset-max-ziplist-value" }, count(64n)),
  integer({ name: "maxclients" }, { initial: 10000n, min: 1n, max: 4294967295n }),
  listening("port"),
  boolean({ name: "protected-mode" }, () => true),
  memory({ name: "proto-max-bulk-len" }, { initial: 512n * MEGABYTE, min: MEGABYTE, max: INT64_MAX }),
  text({ name: "requirepass" }, ""),
  savePoints,
  choice({ name: "sanitize-dump-payload" }, ["no", "yes", "clients"], "no"),
  boolean({ name: "rdb-del-sync-files" }, () => false),
  boolean({ name: "rdbchecksum", immutable: true }, () => true),
  integer({ name: "shutdown-timeout" }, { initial: 10n, min: 0n, max: INT_MAX }),
  onSignal("shutdown-on-sigint"),
  onSignal("shutdown-on-sigterm"),
  directory({ redis: "2.0.0" }, "No such file or directory"),
  directory({ valkey: "7.2.4" }, "dir can't be empty"),
  dataFile({ redis: "2.0.0" }),
  dataFile({ valkey: "7.2.4" }, "dbfilename can't be empty"),
  choice({ name: "enable-protected-configs", immutable: true }, ["no", "yes", "local"], "no"),
  integer({ name: "rdb-key-save-delay", hidden: true }, { initial: 0n, min: -INT_MAX - 1n, max: INT_MAX }),
  boolean({ name: "stop-writes-on-bgsave-error" }, () => true),
  boolean({ name: "replica-ignore-disk-write-errors" }, () => false),
  integer({ name: "tracking-table-max-keys" }, count(1_000_000n)),
  integer(
    { name: "busy-reply-threshold", alias: "lua-time-limit" },
    { initial: 5000n, min: 0n, max: 9223372036854775807n },
  ),
  integer({ name: "timeout" }, { initial: 0n, min: 0n, max: INT_MAX }),
  boolean({ name: "cluster-allow-pubsubshard-when-down" }, () => true),
  boolean({ name: "cluster-allow-reads-when-down" }, () => false),
  boolean({ name: "cluster-allow-replica-migration" }, () => true),
  integer({ name: "cluster-announce-bus-port" }, PORT),
  announced({ name: "cluster-announce-client-ipv4", since: { valkey: "8.1.0" } }, problemOfIpv4),
  announced({ name: "cluster-announce-client-ipv6", since: { valkey: "8.1.0" } }, problemOfIpv6),
  announced({ name: "cluster-announce-hostname" }, problemOfHostname),
  announced({ name: "cluster-announce-human-nodename", since: { redis: "7.2.0" } }, problemOfNodename),
  announced({ name: "cluster-announce-human-nodename", since: { valkey: "8.1.0" } }, problemOfNodenameWithColons),
  text({ name: "cluster-announce-ip" }, ""),
  integer({ name: "cluster-announce-port" }, PORT),
  integer({ name: "cluster-announce-tls-port" }, PORT),
  integer(
    { name: "cluster-blacklist-ttl", since: { valkey: "8.1.0" } },
    { initial: 60n, min: -INT64_MAX - 1n, max: INT64_MAX },
  ),
  integer(
    { name: "cluster-compatibility-sample-ratio", since: { redis: "8.0.0" } },
    { initial: 0n, min: 0n, max: 100n },
  ),
  text({ name: "cluster-config-file", immutable: true }, "nodes.conf"),
  boolean({ name: "cluster-enabled", immutable: true }, () => false),
  memory({ name: "cluster-link-sendbuf-limit" }, { initial: 0n, min: 0n, max: UINT64_MAX }),
  integer(
    { name: "cluster-manual-failover-timeout", since: { valkey: "8.1.0" } },
    { initial: 5000n, min: 1n, max: INT_MAX },
  ),
  integer({ name: "cluster-migration-barrier" }, { initial: 1n, min: 0n, max: INT_MAX }),
  integer({ name: "cluster-node-timeout" }, { initial: 15000n, min: 0n, max: INT64_MAX }),
  integer({ name: "cluster-ping-interval", since: "7.2.0", hidden: true }, count(0n)),
  integer({ name: "cluster-port", immutable: true }, PORT),
  choice({ name: "cluster-preferred-endpoint-type" }, ["ip", "hostname", "unknown-endpoint"], "ip"),
  boolean({ name: "cluster-replica-no-failover", alias: "cluster-slave-no-failover" }, () => false),
  integer(
    { name: "cluster-replica-validity-factor", alias: "cluster-slave-validity-factor" },
    { initial: 10n, min: 0n, max: INT_MAX },
  ),
  boolean({ name: "cluster-require-full-coverage" }, () => true),
  boolean({ name: "cluster-slot-stats-enabled", since: { valkey: "8.0.0" } }, () => false),
  text({ name: "masterauth", alias: "primaryauth" }, ""),
  text({ name: "masteruser", alias: "primaryuser" }, ""),
  integer({ name: "min-replicas-max-lag", alias: "min-slaves-max-lag" }, { initial: 10n, min: 0n, max: INT_MAX }),
  integer({ name: "min-replicas-to-write", alias: "min-slaves-to-write" }, { initial: 0n, min: 0n, max: INT_MAX }),
  memory(
    { name: "repl-backlog-size" },
    { initial: ({ family }) => (family === "valkey" ? 10n : 1n) * MEGABYTE, min: 1n, max: INT64_MAX },
  ),
  integer({ name: "repl-backlog-ttl" }, { initial: 3600n, min: 0n, max: INT64_MAX }),
  choice({ name: "repl-diskless-load", since: { redis: "5.0.0" } }, ["disabled", "on-empty-db", "swapdb"], "disabled"),
  choice(
    { name: "repl-diskless-load", since: { valkey: "8.1.0" } },
    ["disabled", "on-empty-db", "swapdb", "flush-before-load"],
    "disabled",
  ),
  boolean({ name: "repl-diskless-sync" }, () => true),
  integer({ name: "repl-diskless-sync-delay" }, { initial: 5n, min: 0n, max: INT_MAX }),
  integer({ name: "repl-diskless-sync-max-replicas" }, { initial: 0n, min: 0n, max: INT_MAX }),
  integer(
    { name: "repl-ping-replica-period", alias: "repl-ping-slave-period" },
    { initial: 10n, min: 1n, max: INT_MAX },
  ),
  integer({ name: "repl-timeout" }, { initial: 60n, min: 1n, max: INT_MAX }),
  text({ name: "replica-announce-ip", alias: "slave-announce-ip" }, ""),
  integer({ name: "replica-announce-port", alias: "slave-announce-port" }, PORT),
  boolean({ name: "replica-announced" }, () => true),
  boolean({ name: "replica-ignore-maxmemory", alias: "slave-ignore-maxmemory" }, () => true),
  integer({ name: "replica-priority", alias: "slave-priority" }, { initial: 100n, min: 0n, max: INT_MAX }),
  boolean({ name: "replica-read-only", alias: "slave-read-only" }, () => true),
  boolean({ name: "replica-serve-stale-data", alias: "slave-serve-stale-data" }, () => true),
  text({ name: "replicaof", alias: "slaveof", immutable: true }, ""),
];

/** The parameters of a profile by name, and once more by their older name where they have one. */
export function parametersOf(profile: Profile): ReadonlyMap<string, Parameter> {
  const own = parameters.filter(({ since }) => exists(since, profile));
  return new Map(own.flatMap((each) => [each.name, ...(each.alias ? [each.alias] : [])].map((name) => [name, each])));
}
