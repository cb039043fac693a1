/** Where Redouble knowingly differs from a real server, and why. The suite fails once an entry no longer differs. */
import type { ProfileName } from "./profiles.ts";

export type Divergence = {
  /** `file == title`, where `*` stands for anything: `string/lcs.resp == *`. */
  readonly case: string;
  /** Only there; everywhere without it. */
  readonly profiles?: readonly ProfileName[];
  /** One sentence, for docs/compatibility.md. */
  readonly reason: string;
};

export const divergences: readonly Divergence[] = [];
