// What the string commands share: reading a key that must hold a string, and the limit on its length.
import type { Bytes } from "../../kernel/bytes.ts";
import { ReplyError } from "../../resp/errors.ts";
import type { Reply } from "../../resp/reply.ts";
import { stringBytes, stringSlice, type StringValue } from "../../types/string-value.ts";
import type { CommandContext } from "../context.ts";
import { asString } from "../values.ts";

/** The string at a key, for reading: counts a hit or a miss. */
export function readString({ db }: CommandContext, key: Bytes): StringValue | undefined {
  return asString(db.read(key));
}

/** The string at a key, for writing. */
export function peekString({ db }: CommandContext, key: Bytes): StringValue | undefined {
  return asString(db.peek(key));
}

/** Replies a string, or its bytes in [from, to); null where there is none. */
export function replyValue(reply: Reply, value: StringValue | undefined, from = 0, to = value?.length ?? 0): void {
  if (value === undefined) reply.null();
  else if (typeof value === "string") reply.bulk(from === 0 && to === value.length ? value : value.slice(from, to));
  else reply.bulkOf(to - from, (start, end) => stringSlice(value, from + start, from + end));
}

/** More bytes than any number has. */
const MAX_NUMBER_BYTES = 5 * 1024;

/** A string that should be a number; one that is too long for it reads as no number. */
export function numberText(value: StringValue): Bytes {
  return value.length > MAX_NUMBER_BYTES ? "" : stringBytes(value);
}

/** Refuses a string that would grow past `proto-max-bulk-len`. */
export function checkStringLength({ server }: CommandContext, sizeBytes: number): void {
  if (sizeBytes > server.maxBulkBytes) {
    throw new ReplyError("ERR string exceeds maximum allowed size (proto-max-bulk-len)");
  }
}
