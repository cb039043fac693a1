// Reading stream ids from arguments, as loosely as Redis reads them (t_stream.c: streamGenericParseIDOrReply).
import type { Bytes } from "../../kernel/bytes.ts";
import { parseInt64 } from "../../kernel/integers.ts";
import { printed, ReplyError } from "../../resp/errors.ts";
import {
  GREATEST_ID,
  LEAST_ID,
  nextId,
  previousId,
  toUint64,
  UINT64_MAX,
  type StreamId,
  type Uint64,
} from "../../types/stream/stream-id.ts";

/** Longer ones are not looked at. */
const MOST_BYTES = 127;

const invalidId = (): ReplyError => new ReplyError("ERR Invalid stream ID specified as stream command argument");

/** `ms-seq`, or `ms` alone with the sequence that is then meant; undefined where it is none. */
export function parseId(text: Bytes, missingSeq: Uint64 = 0): StreamId | undefined {
  if (text.length > MOST_BYTES) return undefined;
  const word = printed(text);
  const dash = word.indexOf("-");
  const ms = parseUint64(dash < 0 ? word : word.slice(0, dash));
  const seq = dash < 0 ? missingSeq : parseUint64(word.slice(dash + 1));
  return ms === undefined || seq === undefined ? undefined : { ms, seq };
}

/** An id that is written out. */
export function readId(text: Bytes, missingSeq?: Uint64): StreamId {
  const id = parseId(text, missingSeq);
  if (id === undefined) throw invalidId();
  return id;
}

/** An id, or `-` and `+` for the least and the greatest. */
export function readIdOrEnd(text: Bytes, missingSeq?: Uint64): StreamId {
  const word = printed(text);
  if (word === "-") return LEAST_ID;
  return word === "+" ? GREATEST_ID : readId(text, missingSeq);
}

/** The id that XADD is given: with its sequence, or with `ms-*` for the next one. */
export function readNewId(text: Bytes): { readonly id: StreamId; readonly sequenceGiven: boolean } {
  const word = printed(text);
  const open = /^[^-]*-\*$/.test(word) && text.length <= MOST_BYTES;
  return { id: readId(open ? word.slice(0, -2) : text), sequenceGiven: !open };
}

/** Where an interval starts: an id, `-`, or `(id` for the one behind it. */
export function readStart(text: Bytes): StreamId {
  if (!isExclusive(text)) return readIdOrEnd(text, 0);
  const id = nextId(readId(text.slice(1), 0));
  if (id === undefined) throw new ReplyError("ERR invalid start ID for the interval");
  return id;
}

/** Where an interval ends: an id, `+`, or `(id` for the one before it. */
export function readEnd(text: Bytes): StreamId {
  if (!isExclusive(text)) return readIdOrEnd(text, UINT64_MAX);
  const id = previousId(readId(text.slice(1), UINT64_MAX));
  if (id === undefined) throw new ReplyError("ERR invalid end ID for the interval");
  return id;
}

function isExclusive(text: Bytes): boolean {
  return text.length > 1 && text.startsWith("(");
}

/** As C's strtoull reads it: blanks and a sign may come first, and a negative number wraps, unless it is plainly written. */
function parseUint64(word: Bytes): Uint64 | undefined {
  const plain = parseInt64(word);
  if (plain !== undefined) return plain < 0 ? undefined : plain;
  const [, sign, digits = ""] = /^[ \t-\r]*([+-]?)(\d+)$/.exec(word) ?? [];
  if (digits === "") return undefined;
  const value = BigInt(digits);
  if (value > UINT64_MAX) return undefined;
  return toUint64(sign === "-" ? -value : value);
}
