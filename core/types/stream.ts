// The stream.
import type { EncodingLimits } from "./encoding-limits.ts";

export class Stream {
  get type() {
    return "stream" as const;
  }

  /** As OBJECT ENCODING names it. */
  get encoding() {
    return "stream" as const;
  }

  get length(): number {
    return 0;
  }

  copy(_limits: EncodingLimits): Stream {
    return new Stream();
  }
}
