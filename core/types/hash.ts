// The hash.
import type { EncodingLimits } from "./encoding-limits.ts";

export class Hash {
  get type() {
    return "hash" as const;
  }

  /** As OBJECT ENCODING names it. */
  get encoding() {
    return "listpack" as const;
  }

  get length(): number {
    return 0;
  }

  copy(_limits: EncodingLimits): Hash {
    return new Hash();
  }
}
