// The parameter `save`: after how many seconds with how many changes a server saves its data (config.c: setConfigSaveOption).
import type { Bytes } from "../kernel/bytes.ts";

export interface SavePoint {
  readonly seconds: number;
  readonly changes: number;
}

const INT64_MAX = 9223372036854775807n;

/** Pairs of numbers with single spaces between them; undefined for anything else. None of them: nothing is saved. */
export function readSavePoints(text: Bytes): SavePoint[] | undefined {
  const numbers = text === "" ? [] : text.split(" ").map(readNumber);
  if (numbers.length % 2 !== 0) return undefined;
  const points: SavePoint[] = [];
  for (let at = 0; at < numbers.length; at += 2) {
    const seconds = numbers[at]!;
    const changes = numbers[at + 1]!;
    if (seconds === undefined || changes === undefined || seconds < 1n || changes < 0n) return undefined;
    points.push({ seconds: Number(seconds), changes: Number(BigInt.asIntN(32, changes)) });
  }
  return points;
}

/** As CONFIG GET prints them. */
export function showSavePoints(text: Bytes): Bytes {
  if (text === "") return "";
  const words = text.split(" ");
  return words
    .map((word, at) => String(at % 2 === 0 ? readNumber(word) : BigInt.asIntN(32, readNumber(word)!)))
    .join(" ");
}

/** What C's `strtoll` makes of a word that it takes as a whole: it stops at the limits. */
function readNumber(word: Bytes): bigint | undefined {
  if (!/^[+-]?\d+$/.test(word)) return undefined;
  const number = BigInt(word);
  if (number > INT64_MAX) return INT64_MAX;
  return number < -INT64_MAX ? -INT64_MAX - 1n : number;
}
