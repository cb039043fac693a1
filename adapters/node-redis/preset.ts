// node-redis with clients that stay bound to the test that made them; their sockets end in simulated servers.
import { currentRedouble } from "../current.ts";
import { BINDING } from "../net/dial.ts";
import { keepIntercepting } from "../net/interceptor.ts";
import type { Binding } from "../scope.ts";
import { bindHere } from "../stream/connection.ts";
import { fakeClockOf } from "../time/real-time.ts";

type Options = Readonly<Record<string, unknown>>;
type Make = (...args: never[]) => unknown;

/** The functions of `redis` that make clients. */
export interface Makers {
  readonly createClient: Make;
  readonly createClientPool: Make;
  readonly createCluster: Make;
  readonly createSentinel: Make;
}

/** The same functions for simulated servers. A dial to an address that is not simulated fails: see `intercept`. */
export function presetMakers<M extends Makers>(real: M): Pick<M, keyof Makers> {
  return {
    createClient: preset(real.createClient, bindClient),
    createClientPool: preset(real.createClientPool, bindClient),
    createCluster: preset(real.createCluster, bindCluster),
    createSentinel: preset(real.createSentinel, bindSentinel),
  };
}

function preset<F extends Make>(make: F, bind: (options: Options, binding: Binding) => Options): F {
  const bound = (options?: Options, ...rest: unknown[]): unknown => {
    currentRedouble(); // there must be one
    keepIntercepting();
    warnOfFakeTimers();
    return (make as unknown as (...args: unknown[]) => unknown)(bind(options ?? {}, bindHere()), ...rest);
  };
  return bound as unknown as F;
}

/** Where no runner of ours watches, a hanging client would be all that a test sees. */
function warnOfFakeTimers(): void {
  if (fakeClockOf(globalThis.setImmediate) === undefined) return;
  process.emitWarning(
    "setImmediate is faked: node-redis collects what it writes in it, so its commands never leave it, with a real server as well. " +
      "Write vi.useFakeTimers(fakeTimerSettings.vitest) or jest.useFakeTimers(fakeTimerSettings.jest), " +
      'with fakeTimerSettings from "redouble".',
    "RedoubleWarning",
  );
}

/** node-redis hands its socket options on to `net.connect`, ours among them. */
function bindClient(options: Options, binding: Binding): Options {
  return { ...options, socket: { ...(options["socket"] as object | undefined), [BINDING]: binding } };
}

function bindCluster(options: Options, binding: Binding): Options {
  const rootNodes = (options["rootNodes"] ?? []) as readonly Options[];
  return {
    ...options,
    rootNodes: rootNodes.map((node) => bindClient(node, binding)),
    defaults: bindClient((options["defaults"] ?? {}) as Options, binding),
  };
}

function bindSentinel(options: Options, binding: Binding): Options {
  return {
    ...options,
    nodeClientOptions: bindClient((options["nodeClientOptions"] ?? {}) as Options, binding),
    sentinelClientOptions: bindClient((options["sentinelClientOptions"] ?? {}) as Options, binding),
  };
}
