// latency: what crosses a link arrives late. Toxiproxy's toxic of the same name.
import { goes, type Direction } from "./direction.ts";
import type { Fault } from "./fault.ts";
import { checkOptions } from "./options.ts";
import { selectorOf, type Selector } from "./selector.ts";

export interface LatencyOptions extends Selector {
  readonly delayMs: number;
  /** Added to or taken from the delay, evenly distributed, drawn from the seed. */
  readonly jitterMs?: number;
  /** `down` (the default) delays replies, `up` requests, `both` each of them. */
  readonly direction?: Direction;
}

/**
 * Delays chunks on a link by `delayMs` +- `jitterMs`; order is kept. With a `command` or a `key` in the selector it delays
 * the replies of those commands, and what follows them on the same connection.
 */
export function latency(options: LatencyOptions): Fault {
  checkOptions("latency", options);
  const { delayMs, jitterMs = 0, direction = "down" } = options;
  if (!(delayMs >= 0 && jitterMs >= 0))
    throw new TypeError("latency: delayMs and jitterMs are milliseconds, 0 or more");
  const selector = selectorOf(options);
  const draw = (random: { float(): number }): number => Math.max(0, delayMs + jitterMs * (2 * random.float() - 1));
  const ofCommands = selector.command !== undefined || selector.key !== undefined;
  return {
    name: "latency",
    options: { ...options },
    selector,
    meets: { chunk: goes(direction) },
    hooks: ofCommands
      ? { onReply: (_event, { random }) => ({ type: "delay", delayMs: draw(random) }) }
      : { onChunk: (_event, { random }) => ({ type: "delay", delayMs: draw(random) }) },
  };
}
