// What the bitmap commands share: positions of bits as arguments, and strings that are about to change bit by bit.
import type { Bytes } from "../../kernel/bytes.ts";
import { parseInt64 } from "../../kernel/integers.ts";
import { ReplyError } from "../../resp/errors.ts";
import { RawString } from "../../types/string-value.ts";
import type { CommandContext } from "../context.ts";
import { peekString } from "../string/string-values.ts";

/** The place of a bit; behind a `#` it counts fields of so many bits (bitops.c: getBitOffsetFromArgument). */
export function readBitOffset({ server }: CommandContext, word: Bytes, fieldBits = 0): number {
  const counts = fieldBits > 0 && word.startsWith("#");
  const number = parseInt64(counts ? word.slice(1) : word);
  // The product is one of 64 bits: far behind the end it comes round again.
  const offset = number === undefined ? -1n : BigInt.asIntN(64, BigInt(number) * BigInt(counts ? fieldBits : 1));
  if (offset < 0n || offset >> 3n >= server.maxBulkBytes) {
    throw new ReplyError("ERR bit offset is not an integer or out of range");
  }
  return Number(offset);
}

/** A string whose bits may be changed in place. */
export interface Writable {
  readonly string: RawString;
  /** Zero bytes were added, or there was no key: that is a change already. */
  readonly grown: boolean;
}

/** The string at a key, long enough for a bit. It is kept as raw bytes from now on, whether they change or not. */
export function stringForBits(context: CommandContext, name: Bytes, lastBit: number): Writable {
  const found = peekString(context, name);
  const string = found instanceof RawString ? found : RawString.from(found ?? "");
  const grown = Math.floor(lastBit / 8) >= string.length;
  string.writable(Math.floor(lastBit / 8) + 1);
  if (string !== found) context.db.represent(name, string);
  return { string, grown };
}
