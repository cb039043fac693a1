// What the string commands share: reading a key that must hold a string, and the limit on its length.
import type { Bytes } from "../../kernel/bytes.ts";
import { ReplyError } from "../../resp/errors.ts";
import type { StringValue } from "../../types/string-value.ts";
import type { CommandContext } from "../context.ts";

/** The string at a key, for reading: counts a hit or a miss. */
export function readString({ db }: CommandContext, key: Bytes): StringValue | undefined {
  return db.read(key);
}

/** The string at a key, for writing. */
export function peekString({ db }: CommandContext, key: Bytes): StringValue | undefined {
  return db.peek(key);
}

/** Refuses a string that would grow past `proto-max-bulk-len`. */
export function checkStringLength({ server }: CommandContext, sizeBytes: number): void {
  if (sizeBytes > server.maxBulkBytes) {
    throw new ReplyError("ERR string exceeds maximum allowed size (proto-max-bulk-len)");
  }
}
