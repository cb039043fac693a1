// slicer: what crosses a link arrives in small pieces. Toxiproxy's toxic of the same name.
import { goes, type Direction } from "./direction.ts";
import type { Fault } from "./fault.ts";
import { checkOptions } from "./options.ts";
import { selectorOf, type Selector } from "./selector.ts";

export interface SlicerOptions extends Omit<Selector, "command" | "key"> {
  /** Bytes of a piece. */
  readonly sizeBytes: number;
  /** Between two pieces. Default 0. */
  readonly delayMs?: number;
  /** `down` (the default) slices replies, `up` requests, `both` each of them. */
  readonly direction?: Direction;
}

/** Cuts chunks into pieces of `sizeBytes`, one every `delayMs`. */
export function slicer(options: SlicerOptions): Fault {
  checkOptions("slicer", options);
  const { sizeBytes, delayMs = 0, direction = "down" } = options;
  if (!(Number.isInteger(sizeBytes) && sizeBytes >= 1))
    throw new TypeError("slicer: sizeBytes is a whole number from 1 on");
  if (!(delayMs >= 0)) throw new TypeError("slicer: delayMs is 0 or more");
  return {
    name: "slicer",
    options: { ...options },
    selector: selectorOf(options),
    meets: { chunk: goes(direction) },
    hooks: {
      onChunk: () => ({ type: "slice", sizeBytes, delayMs }),
    },
  };
}
