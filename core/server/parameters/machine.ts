// What a process asks of its machine: nobody who speaks to it sees what comes of that, so it is checked and kept.
import { boolean, checked, choice, INT_MAX, integer, text } from "./kinds.ts";
import type { Parameter } from "./parameter.ts";

/** Kinds of processes, by the name that 7.0 gives their lists of processors. */
const THREADS = ["server", "bio", "aof_rewrite", "bgsave"];

/** On which processors what runs. */
const processors: readonly Parameter[] = THREADS.flatMap((kind) => [
  text({ name: `${kind}_cpulist`, immutable: true }, ""),
  text({ name: `${kind.replace("_", "-")}-cpulist`, alias: `${kind}_cpulist`, immutable: true, since: "7.2.0" }, ""),
]);

/** Who is to be killed first when the machine's memory ends. */
const outOfMemory: readonly Parameter[] = [
  synonym(choice({ name: "oom-score-adj" }, ["no", "yes", "relative", "absolute"], "no"), "relative", "yes"),
  {
    name: "oom-score-adj-values",
    initial: () => "0 200 800",
    read(given) {
      const words = given === "" ? [] : given.split(" ");
      if (words.length !== 3) return { problem: "wrong number of arguments" };
      const values = words.map((word) => (/^[+-]?\d+$|^$/.test(word) ? Number(word) : Number.NaN));
      return values.every((value) => Math.abs(value) <= 2000)
        ? { value: values.join(" ") }
        : { problem: "Invalid oom-score-adj-values, elements must be between -2000 and 2000." };
    },
  },
];

/** A word that stands for another one. */
function synonym(parameter: Parameter, word: string, meant: string): Parameter {
  return {
    ...parameter,
    read(given, current) {
      const outcome = parameter.read(given, current);
      return "value" in outcome && outcome.value === word ? { value: meant } : outcome;
    },
  };
}

const TITLE_PART = /\{\{|\{(title|unixsocket)\}|\{(?:listen-addr|server-mode|port|tls-port|config-file)\}/g;

/** How the process is called in the machine's list; what is empty, as its own name is when that is tried, does not do. */
const title = checked(text({ name: "proc-title-template" }, "{title} {listen-addr} {server-mode}"), (template) => {
  const shown = template.replace(TITLE_PART, (_, empty?: string) => (empty === undefined ? "x" : ""));
  return shown.trim() === "" || shown.includes("{")
    ? "template format is invalid or contains unknown variables"
    : undefined;
});

/** Once it is on it looks twice in a round of the cron at most. */
const watchdog: Parameter = {
  ...integer({ name: "watchdog-period", hidden: true }, { initial: 0n, min: 0n, max: INT_MAX }),
  attempt(value, { others }) {
    const least = 2 * Math.floor(1000 / Number(others("hz")));
    return { value: value === "0" ? value : String(Math.max(least, Number(value))) };
  },
};

/** What the process is to its machine. */
export const machineParameters: readonly Parameter[] = [
  ...processors,
  ...outOfMemory,
  title,
  watchdog,
  boolean({ name: "always-show-logo", immutable: true }, false),
  boolean({ name: "daemonize", immutable: true }, false),
  text({ name: "debug-context", since: { valkey: "8.1.0" }, hidden: true }, ""),
  boolean({ name: "disable-thp", immutable: true }, true),
  boolean({ name: "enable-debug-assert", since: { valkey: "8.1.0" }, hidden: true, immutable: true }, false),
  integer(
    { name: "events-per-io-thread", since: { valkey: "8.0.0" }, hidden: true },
    { initial: 2n, min: 0n, max: INT_MAX },
  ),
  text({ name: "ignore-warnings" }, ""),
  integer({ name: "io-threads", immutable: true }, { initial: 1n, min: 1n, max: 128n }),
  integer({ name: "io-threads", immutable: true, since: { valkey: "8.0.0" } }, { initial: 1n, min: 1n, max: 256n }),
  boolean(
    { name: "io-threads-do-reads", immutable: true, since: { redis: "6.0.0" }, until: { redis: "8.0.0" } },
    false,
  ),
  text({ name: "pidfile", immutable: true }, ""),
  integer({ name: "prefetch-batch-max-size", since: { valkey: "8.0.0" } }, { initial: 16n, min: 0n, max: 128n }),
  boolean({ name: "set-proc-title", immutable: true }, true),
  choice({ name: "supervised", immutable: true }, ["upstart", "systemd", "auto", "no"], "no"),
  boolean({ name: "use-exit-on-panic", hidden: true }, false),
];
