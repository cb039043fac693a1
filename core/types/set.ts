// The set.
import type { EncodingLimits } from "./encoding-limits.ts";

export class MemberSet {
  get type() {
    return "set" as const;
  }

  /** As OBJECT ENCODING names it. */
  get encoding() {
    return "listpack" as const;
  }

  get length(): number {
    return 0;
  }

  copy(_limits: EncodingLimits): MemberSet {
    return new MemberSet();
  }
}
