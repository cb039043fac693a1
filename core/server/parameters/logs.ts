// What a server writes down: slow and large commands, how long they took, and its log.
import type { Bytes } from "../../kernel/bytes.ts";
import { boolean, choice, count, integer, INT64_MAX, MEGABYTE, text } from "./kinds.ts";
import type { Outcome, Parameter } from "./parameter.ts";

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
const commandLogs: readonly Parameter[] = [
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

const LEVELS = ["debug", "verbose", "notice", "warning"];
const FACILITIES = ["user", ...Array.from({ length: 8 }, (_, number) => `local${number}`)];

/** The log itself, of which scripts write a part: a simulated server keeps no file of it. */
const log: readonly Parameter[] = [
  choice({ name: "loglevel" }, LEVELS, "notice"),
  choice({ name: "loglevel", since: "7.2.0" }, [...LEVELS, "nothing"], "notice"),
  text({ name: "logfile", immutable: true }, ""),
  choice({ name: "log-format", since: { valkey: "8.1.0" } }, ["legacy", "logfmt"], "legacy"),
  choice({ name: "log-timestamp-format", since: { valkey: "8.1.0" } }, ["legacy", "iso8601", "milliseconds"], "legacy"),
  boolean(
    { name: "hide-user-data-from-log", since: { redis: "8.0.0", valkey: "8.0.0" } },
    ({ family }) => family === "valkey",
  ),
  boolean({ name: "syslog-enabled", immutable: true }, false),
  text({ name: "syslog-ident", immutable: true, since: { redis: "2.0.0" } }, "redis"),
  text({ name: "syslog-ident", immutable: true, since: { valkey: "7.2.4" } }, "valkey"),
  choice({ name: "syslog-facility", immutable: true }, FACILITIES, "local0"),
  boolean({ name: "crash-log-enabled" }, true),
  boolean({ name: "crash-memcheck-enabled" }, true),
];

/** SLOWLOG, COMMANDLOG, LATENCY, the log. */
export const logParameters: readonly Parameter[] = [
  ...commandLogs,
  ...log,
  integer({ name: "latency-monitor-threshold" }, count(0n)),
  boolean({ name: "latency-tracking" }, true),
  percentiles,
];
