// How long a command that blocks waits, as its argument says it (timeout.c: getTimeoutFromObjectOrReply).
import type { Bytes } from "../kernel/bytes.ts";
import { ceilTimes, parseLongDouble } from "../kernel/long-double.ts";
import { INT64_MAX } from "../kernel/integers.ts";
import { ReplyError } from "../resp/errors.ts";
import type { CommandContext } from "./context.ts";
import { readBetween } from "./numbers.ts";

/** Milliseconds, a whole number. */
export function readTimeoutMs(word: Bytes, context: CommandContext): number {
  readBetween(word, {}, "ERR timeout is not an integer or out of range");
  return checked(BigInt(word), context);
}

/** Seconds as a decimal number, in milliseconds; a part of one counts as a whole. */
export function readTimeoutSeconds(word: Bytes, context: CommandContext): number {
  const seconds = parseLongDouble(word);
  if (seconds === undefined) throw new ReplyError("ERR timeout is not a float or out of range");
  const ms = ceilTimes(seconds, 1000n);
  if (ms === "-inf") throw negative();
  if (ms === "inf" || ms > INT64_MAX) throw context.profile.can.boundsTimeouts ? outOfRange() : negative();
  return checked(ms, context);
}

function checked(ms: bigint, { now, profile }: CommandContext): number {
  if (ms < 0n) throw negative();
  if (profile.can.boundsTimeouts && ms > INT64_MAX - BigInt(now)) throw outOfRange();
  return Number(ms);
}

const negative = (): ReplyError => new ReplyError("ERR timeout is negative");
const outOfRange = (): ReplyError => new ReplyError("ERR timeout is out of range");
