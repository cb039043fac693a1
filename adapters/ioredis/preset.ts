// ioredis with our Connector in it: the same classes, for the same options, on a simulated server.
import type { Cluster as RealCluster, Redis as RealRedis } from "ioredis";
import { currentRedouble } from "../current.ts";
import { keepIntercepting } from "../net/interceptor.ts";
import { RedoubleConnector } from "./connector.ts";

type Options = Readonly<Record<string, unknown>>;

/** A subclass of a real `Redis` whose connections end in the current redouble. Options of the caller come first. */
export function presetRedis(Real: typeof RealRedis): typeof RealRedis {
  const Base = Real as unknown as new (...args: unknown[]) => object;
  class Redis extends Base {
    static createClient(...args: unknown[]): Redis {
      return new Redis(...args);
    }

    /** `duplicate()` and a Cluster make instances of the real class. */
    static override [Symbol.hasInstance](value: unknown): boolean {
      return value instanceof Real;
    }

    constructor(...args: unknown[]) {
      super(...withConnector(args));
    }
  }
  return Redis as unknown as typeof RealRedis;
}

/** A subclass of a real `Cluster` that sees to it that the addresses of its nodes are answered. */
export function presetCluster(Real: typeof RealCluster): typeof RealCluster {
  const Base = Real as unknown as new (...args: unknown[]) => object;
  class Cluster extends Base {
    static override [Symbol.hasInstance](value: unknown): boolean {
      return value instanceof Real;
    }

    constructor(...args: unknown[]) {
      currentRedouble();
      keepIntercepting();
      super(...args);
    }
  }
  return Cluster as unknown as typeof RealCluster;
}

/** The arguments of `new Redis(...)` with the Connector among its options. Sentinel has a logic of its own, which needs sockets. */
function withConnector(args: readonly unknown[]): unknown[] {
  const at = args.findIndex(isOptions);
  if (at < 0) return [...args.filter((arg) => arg !== undefined && arg !== null), { Connector: RedoubleConnector }];
  const options = args[at] as Options;
  if (options["sentinels"]) return [...args];
  return args.toSpliced(at, 1, { Connector: RedoubleConnector, ...options });
}

function isOptions(arg: unknown): arg is Options {
  return typeof arg === "object" && arg !== null;
}
