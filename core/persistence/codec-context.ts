// What the RDB format depends on: the release, and where small representations end.
import type { DoubleStyle } from "../kernel/doubles.ts";
import type { EncodingLimits } from "../types/encoding-limits.ts";

export interface CodecContext {
  /** The version of the format: 10 for Redis 7.0, 11 for 7.2 and Valkey, 12 for 7.4 and 8.0. */
  readonly version: number;
  readonly limits: EncodingLimits;
  readonly doubleStyle: DoubleStyle;
  /** Milliseconds of Unix time: fields past their deadline are left out. */
  readonly now: number;
  /** Gives a vector set that is read a number; undefined where there are no vector sets. */
  readonly vectorSetUid?: (() => number) | undefined;
  /** Formats that are newer are tried: `rdb-version-check relaxed`. */
  readonly triesNewer?: boolean;
  /** Learns how many packed pieces were checked byte by byte. */
  readonly checked?: (pieces: number) => void;
}

/** Versions that Redis counted on to after Valkey had left it: the same numbers would mean other formats. */
const LAST_FOREIGN = 79;

/** Whether something of that version may be read. */
export function takesVersion(given: number, { version, triesNewer = false }: CodecContext): boolean {
  return given <= version || (triesNewer && given > LAST_FOREIGN);
}
