// What a server writes down of its commands: slow ones, large ones, and how long they took.
import type { Bytes } from "../../kernel/bytes.ts";
import { boolean, count, integer, INT64_MAX, MEGABYTE } from "./kinds.ts";
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

/** SLOWLOG, COMMANDLOG, LATENCY. */
export const logParameters: readonly Parameter[] = [
  ...commandLogs,
  integer({ name: "latency-monitor-threshold" }, count(0n)),
  boolean({ name: "latency-tracking" }, () => true),
  percentiles,
];
