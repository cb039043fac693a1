// replicationLag: what a primary sends its replica arrives late.
import type { Fault } from "./fault.ts";
import { checkOptions } from "./options.ts";

export interface ReplicationLagOptions {
  /** The replica's name. */
  readonly replica: string;
  readonly delayMs: number;
  /** Added to or taken from the delay, evenly distributed, drawn from the seed. */
  readonly jitterMs?: number;
}

/**
 * Order is kept. Acknowledgements go back at once. A replica that hears nothing for `repl-timeout`, 60 seconds where nothing is
 * said, gives its link up and asks for everything again, as a real one does.
 */
export function replicationLag(options: ReplicationLagOptions): Fault {
  checkOptions("replicationLag", options);
  const { replica, delayMs, jitterMs = 0 } = options;
  if (!(delayMs >= 0 && jitterMs >= 0)) throw new TypeError("replicationLag: delayMs and jitterMs are 0 or more");
  return {
    name: "replicationLag",
    options: { ...options },
    selector: { from: replica },
    hooks: {
      onChunk: ({ direction }, { random }) =>
        direction === "down"
          ? { type: "delay", delayMs: Math.max(0, delayMs + jitterMs * (2 * random.float() - 1)) }
          : undefined,
    },
  };
}
