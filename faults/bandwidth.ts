// bandwidth: a link carries so many bytes a second. Toxiproxy's toxic of the same name.
import { goes, type Direction } from "./direction.ts";
import type { Fault } from "./fault.ts";
import { checkOptions } from "./options.ts";
import { selectorOf, type Selector } from "./selector.ts";

export interface BandwidthOptions extends Omit<Selector, "command" | "key"> {
  readonly bytesPerSecond: number;
  /** `down` (the default) limits replies, `up` requests, `both` each of them. */
  readonly direction?: Direction;
}

/** Each chunk takes as long as its bytes take, behind the chunks before it on the same connection. */
export function bandwidth(options: BandwidthOptions): Fault {
  checkOptions("bandwidth", options);
  const { bytesPerSecond, direction = "down" } = options;
  if (!(bytesPerSecond > 0)) throw new TypeError("bandwidth: bytesPerSecond is more than 0");
  /** When a direction of a connection will have carried what it was given. */
  const freeAt = new Map<string, number>();
  return {
    name: "bandwidth",
    options: { ...options },
    selector: selectorOf(options),
    meets: { chunk: goes(direction) },
    hooks: {
      onChunk({ server, client, direction: towards, sizeBytes, now }) {
        const line = `${server}/${client.id}/${towards}`;
        const end = Math.max(now, freeAt.get(line) ?? now) + (1000 * sizeBytes) / bytesPerSecond;
        freeAt.set(line, end);
        return { type: "delay", delayMs: end - now };
      },
    },
  };
}
