// The process itself: what it calls itself, how often it looks around, how it ends.
import { lower } from "../../kernel/bytes.ts";
import { readEventLetters, showEventLetters } from "../keyspace-events.ts";
import { attempted, boolean, clamped, INT64_MAX, INT_MAX, integer, text } from "./kinds.ts";
import type { Parameter } from "./parameter.ts";

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

/** The order of SORT ALPHA. These all order by bytes, and a machine without more of them is enough. */
const collation = attempted(text({ name: "locale-collate", since: "7.2.0" }, ""), (value) =>
  ["", "C", "POSIX", "C.UTF-8"].includes(value) ? undefined : "Invalid locale name",
);

const keyspaceEvents: Parameter = {
  name: "notify-keyspace-events",
  initial: () => "",
  read(text) {
    const value = readEventLetters(text);
    return value === undefined ? { problem: "Invalid event class character. Use 'Ag$lshzxeKEtmdn'." } : { value };
  },
  show: showEventLetters,
};

/** What belongs to no room of its own. */
export const processParameters: readonly Parameter[] = [
  text({ name: "availability-zone", since: { valkey: "8.1.0" } }, ""),
  boolean({ name: "dynamic-hz", since: { redis: "5.0.0" } }, true),
  boolean({ name: "extended-redis-compatibility", since: { valkey: "8.0.0" } }, false),
  collation,
  integer({ name: "databases", immutable: true }, { initial: 16n, min: 1n, max: INT_MAX }),
  clamped(integer({ name: "hz" }, { initial: 10n, min: 0n, max: INT_MAX }), { least: 1n, most: 500n }),
  keyspaceEvents,
  integer({ name: "shutdown-timeout" }, { initial: 10n, min: 0n, max: INT_MAX }),
  onSignal("shutdown-on-sigint"),
  onSignal("shutdown-on-sigterm"),
  integer({ name: "busy-reply-threshold", alias: "lua-time-limit" }, { initial: 5000n, min: 0n, max: INT64_MAX }),
];
