// LATENCY DOCTOR: what a real server says of its spikes, in the words of its family (latency.c: createLatencyReport).
import type { Bytes } from "../kernel/bytes.ts";
import type { LatencyEvent, LatencyMonitor } from "./latency-monitor.ts";
import { exists, type Family, type Profile } from "../commands/profile.ts";

/** What a report depends on beside the spikes. */
export interface Examined {
  readonly profile: Profile;
  /** In milliseconds of Unix time. */
  readonly now: number;
  /** The threshold of the slow log, in microseconds. */
  readonly slowerThanUs: number;
}

/** The whole of it. */
export function latencyReport({ events, threshold }: LatencyMonitor, examined: Examined): Bytes {
  const { profile } = examined;
  const words = WORDS[profile.family];
  if (threshold === 0) return disabled(profile);
  if (events.size === 0) return words.sound;
  const spikes = [...events].map(
    ([name, event], at) => `${at + 1}. ${spikesOf(name, event, Math.floor(examined.now / 1000))}\n`,
  );
  const advice = adviceFor(events, threshold, examined).map((each) => `- ${each}\n`);
  return `${words.spikes}\n\n${spikes.join("")}\n${words.advice}\n\n${advice.join("")}`;
}

function disabled(profile: Profile): Bytes {
  const { server } = WORDS[profile.family];
  const remedy = 'You may use "CONFIG SET latency-monitor-threshold <milliseconds>." in order to enable it.';
  const sorry = `I'm sorry, Dave, I can't do that. Latency monitoring is disabled in this ${server} instance. ${remedy}`;
  return `${sorry}${profile.family === "redis" ? elsewhere(profile) : ""}\n`;
}

function elsewhere(profile: Profile): Bytes {
  const page = exists("8.0.0", profile)
    ? "https://redis.io/docs/latest/operate/oss_and_stack/management/optimization/latency-monitor"
    : "https://redis.io/topics/latency-monitor";
  return ` If we weren't in a deep space mission I'd suggest to take a look at ${page}.`;
}

function spikesOf(name: Bytes, { samples, worstMs }: LatencyEvent, now: number): Bytes {
  const { length } = samples;
  const mean = (numbers: readonly number[]): number =>
    Math.floor(numbers.reduce((sum, each) => sum + each, 0) / length);
  const latencies = samples.map(({ latencyMs }) => latencyMs);
  const average = mean(latencies);
  const deviation = mean(latencies.map((each) => Math.abs(each - average)));
  const period = (now - samples[0]!.at || 1) / length;
  return `${name}: ${length} latency spikes (average ${average}ms, mean deviation ${deviation}ms, period ${period.toFixed(2)} sec). Worst all time event ${worstMs}ms.`;
}

function adviceFor(events: LatencyMonitor["events"], threshold: number, examined: Examined): Bytes[] {
  const { profile, slowerThanUs } = examined;
  const { server, cli, site } = WORDS[profile.family];
  const advice: Bytes[] = [];
  const set = `'CONFIG SET slowlog-log-slower-than ${threshold * 1000}'`;
  if (events.has("command")) {
    if (slowerThanUs < 0) {
      advice.push(
        `There are latency issues with potentially slow commands you are using. Try to enable the Slow Log ${server} feature using the command ${set}. If the Slow log is disabled ${server} is not able to log slow commands execution for you.`,
      );
    } else if (Math.floor(slowerThanUs / 1000) > threshold) {
      advice.push(
        `Your current Slow Log configuration only logs events that are slower than your configured latency monitor threshold. Please use ${set}.`,
      );
    }
    advice.push(
      `Check your Slow Log to understand what are the commands you are running which are too slow to execute. Please check ${site}/commands/slowlog for more information.`,
    );
  }
  if (events.has("fast-command")) {
    advice.push(
      `The system is slow to execute ${server} code paths not containing system calls. This usually means the system does not provide ${server} CPU time to run for long periods. You should try to:
  1) Lower the system load.
  2) Use a computer / VM just for ${server} if you are running other software in the same system.
  3) Check if you have a "noisy neighbour" problem.
  4) Check with '${cli} --intrinsic-latency 100' what is the intrinsic latency in your system.
  5) Check if the problem is allocator-related by recompiling ${server} with MALLOC=libc, if you are using Jemalloc. However this may create fragmentation problems.`,
    );
  }
  if (events.has("command")) {
    advice.push(
      "Deleting, expiring or evicting (because of maxmemory policy) large objects is a blocking operation. If you have very large objects that are often deleted, expired, or evicted, try to fragment those objects into multiple smaller objects.",
    );
  }
  return advice;
}

const WORDS = {
  redis: {
    server: "Redis",
    cli: "redis-cli",
    site: "https://redis.io",
    sound:
      "Dave, no latency spike was observed during the lifetime of this Redis instance, not in the slightest bit. I honestly think you ought to sit down calmly, take a stress pill, and think things over.\n",
    spikes:
      "Dave, I have observed latency spikes in this Redis instance. You don't mind talking about it, do you Dave?",
    advice: "I have a few advices for you:",
  },
  valkey: {
    server: "Valkey",
    cli: "valkey-cli",
    site: "https://valkey.io",
    sound: "No latency spike was observed during the lifetime of this Valkey instance, not in the slightest bit.\n",
    spikes: "Latency spikes are observed in this Valkey instance.",
    advice: "Here is some advice for you:",
  },
} as const satisfies Record<Family, Record<string, string>>;
