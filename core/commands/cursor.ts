// The cursor and the options that SCAN shares with SSCAN, HSCAN and ZSCAN.
import { equalIgnoringCase, type Bytes } from "../kernel/bytes.ts";
import { parseInt64 } from "../kernel/integers.ts";
import { ReplyError, syntaxError } from "../resp/errors.ts";
import { readInt64 } from "./numbers.ts";
import type { Profile } from "./profile.ts";

/** What C's strtoul takes as a whole; strictly also a leading space but no negative number and no empty word. */
export function readCursor(bytes: Bytes, profile: Profile): number {
  const strict = profile.can.strictCursors;
  const digits = (strict ? /^[ \t-\r]*[+-]?(\d+)$/ : /^[+-]?(\d*)$/).exec(bytes)?.[1];
  const negative = strict && parseInt64(bytes)! < 0;
  if (digits === undefined || negative || BigInt(digits) > 18446744073709551615n)
    throw new ReplyError("ERR invalid cursor");
  return Number(digits);
}

export function readScanCount(bytes: Bytes): number {
  const count = readInt64(bytes);
  if (count < 1) throw syntaxError();
  return Number(count);
}

/** NOVALUES anywhere but in HSCAN has an error of its own, where HSCAN knows it; so has ZSCAN's NOSCORES. */
export function misplacedScanOption(word: Bytes, { can }: Profile): ReplyError {
  if (can.scansWithoutValues && equalIgnoringCase(word, "NOVALUES"))
    return new ReplyError("ERR NOVALUES option can only be used in HSCAN");
  if (can.scansWithoutScores && equalIgnoringCase(word, "NOSCORES"))
    return new ReplyError("ERR NOSCORES option can only be used in ZSCAN");
  return syntaxError();
}
