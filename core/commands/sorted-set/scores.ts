// What the sorted-set commands share: scores and bounds as arguments, and entries as replies.
import type { Bytes } from "../../kernel/bytes.ts";
import { parseDouble, readDouble } from "../../kernel/doubles.ts";
import { notAFloat, ReplyError } from "../../resp/errors.ts";
import type { Reply } from "../../resp/reply.ts";
import type { Entry, LexBound, ScoreBound } from "../../types/sorted-set.ts";
import type { Profile } from "../profile.ts";

/** A score; `problem` is what Redis says of anything else, where it has words of its own. */
export function readScore(bytes: Bytes, problem?: Bytes): number {
  const score = parseDouble(bytes);
  if (score !== undefined) return score;
  throw problem === undefined ? notAFloat() : new ReplyError(problem);
}

/** `5`, `(5`, `-inf`: an end of a range of scores (t_zset.c: zslParseRange). */
export function readScoreBound(bytes: Bytes, profile: Profile): ScoreBound {
  const exclusive = bytes.startsWith("(");
  const score = readDouble(numberIn(bytes.slice(exclusive ? 1 : 0), profile));
  if (score === undefined) throw new ReplyError("ERR min or max is not a float");
  return { score, exclusive };
}

/** The number that C's `strtod` finds in a text that ends at a NUL; nothing at all counts as 0. */
export function numberIn(bytes: Bytes, { can }: Profile): Bytes {
  const [text = ""] = bytes.split("\0", 1);
  if (text === "") return "0";
  if (can.looseScoreBounds) return text.replace(/^[ \t-\r]+/, "");
  return /x/i.test(text) ? "" : text;
}

/** `-`, `+`, `[member`, `(member`: an end of a range of members. */
export function readLexBound(bytes: Bytes): LexBound {
  if (bytes === "-") return "lowest";
  if (bytes === "+") return "highest";
  if (!/^[[(]/.test(bytes)) throw new ReplyError("ERR min or max not valid string range item");
  return { member: bytes.slice(1), exclusive: bytes.startsWith("(") };
}

/** Members, with their scores behind them: pairs in RESP3, one flat row in RESP2. */
export function replyEntries(reply: Reply, entries: readonly Entry[], withScores: boolean): void {
  if (!withScores) reply.bulks(entries.map(({ member }) => member));
  else if (reply.protocol === 3) replyPairs(reply, entries);
  else {
    reply.array(2 * entries.length);
    for (const entry of entries) replyEntry(reply, entry);
  }
}

/** Pairs of member and score in both protocols. */
export function replyPairs(reply: Reply, entries: readonly Entry[]): void {
  reply.array(entries.length);
  for (const entry of entries) {
    reply.array(2);
    replyEntry(reply, entry);
  }
}

function replyEntry(reply: Reply, { member, score }: Entry): void {
  reply.bulk(member);
  reply.double(score);
}
