// Settings under which fake timers and Redis clients get along.

/**
 * Clients defer their writes and events with `setImmediate` and `process.nextTick`; faked, these never run and a command
 * hangs, against a real server as well. These settings fake everything else.
 *
 * vitest: `vi.useFakeTimers(fakeTimerSettings.vitest)`, or `fakeTimers` in its configuration.
 * jest: `jest.useFakeTimers(fakeTimerSettings.jest)`, or `fakeTimers` in its configuration.
 */
export const fakeTimerSettings = {
  vitest: {
    toFake: ["setTimeout", "clearTimeout", "setInterval", "clearInterval", "Date", "performance"],
  },
  jest: {
    doNotFake: ["nextTick", "setImmediate", "clearImmediate", "queueMicrotask"],
  },
} satisfies {
  readonly vitest: { readonly toFake: Timer[] };
  readonly jest: { readonly doNotFake: Turn[] };
};

type Timer = "setTimeout" | "clearTimeout" | "setInterval" | "clearInterval" | "Date" | "performance";
type Turn = "nextTick" | "setImmediate" | "clearImmediate" | "queueMicrotask";
