// The sorted set.
import type { EncodingLimits } from "./encoding-limits.ts";

export class SortedSet {
  get type() {
    return "zset" as const;
  }

  /** As OBJECT ENCODING names it. */
  get encoding() {
    return "listpack" as const;
  }

  get length(): number {
    return 0;
  }

  copy(_limits: EncodingLimits): SortedSet {
    return new SortedSet();
  }
}
