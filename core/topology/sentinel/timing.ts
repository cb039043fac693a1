// The periods and patience of a Sentinel, which SENTINEL DEBUG shows and changes (sentinel.c). Milliseconds, all of them.

export const TIMING_NAMES = [
  "info-period",
  "ping-period",
  "ask-period",
  "publish-period",
  "default-down-after",
  "default-failover-timeout",
  "tilt-trigger",
  "tilt-period",
  "slave-reconf-timeout",
  "min-link-reconnect-period",
  "election-timeout",
  "script-max-runtime",
  "script-retry-delay",
] as const;

export type TimingName = (typeof TIMING_NAMES)[number];
export type Timing = Record<TimingName, number>;

export const usualTiming: Readonly<Timing> = {
  "info-period": 10_000,
  "ping-period": 1_000,
  "ask-period": 1_000,
  "publish-period": 2_000,
  "default-down-after": 30_000,
  "default-failover-timeout": 180_000,
  "tilt-trigger": 2_000,
  "tilt-period": 30_000,
  "slave-reconf-timeout": 10_000,
  "min-link-reconnect-period": 15_000,
  "election-timeout": 10_000,
  "script-max-runtime": 60_000,
  "script-retry-delay": 30_000,
};

/** What keeps Sentinels from starting a failover, and from asking for votes, at the same instant. */
export const MOST_DESYNCHRONIZATION_MS = 1_000;
