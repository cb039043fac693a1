// limitData: a connection ends after so many bytes. Toxiproxy's `limit_data`.
import { goes } from "./direction.ts";
import type { Fault } from "./fault.ts";
import { checkOptions } from "./options.ts";
import { selectorOf, type Selector } from "./selector.ts";

export interface LimitDataOptions extends Omit<Selector, "command" | "key"> {
  /** What still arrives on each connection, counted from the injection. */
  readonly sizeBytes: number;
  /** `down` (the default) counts replies, `up` requests. */
  readonly direction?: "up" | "down";
}

/** Resets each connection once `sizeBytes` have crossed it. */
export function limitData(options: LimitDataOptions): Fault {
  checkOptions("limitData", options);
  const { sizeBytes, direction = "down" } = options;
  if (!(Number.isInteger(sizeBytes) && sizeBytes >= 0)) throw new TypeError("limitData: sizeBytes is a whole number");
  const crossed = new Map<string, number>();
  return {
    name: "limitData",
    options: { ...options },
    selector: selectorOf(options),
    meets: { chunk: goes(direction) },
    hooks: {
      onChunk(event) {
        const line = `${event.server}/${event.client.id}`;
        const before = crossed.get(line) ?? 0;
        crossed.set(line, before + event.sizeBytes);
        const left = sizeBytes - before;
        return event.sizeBytes <= left ? undefined : { type: "cut", sizeBytes: Math.max(0, left) };
      },
    },
  };
}
