/** When two answers are the same: hashed collections have no order, and nobody promises one. */
import { readReply, type Reply } from "../format/reply.ts";
import type { Bytes } from "../format/escapes.ts";

/** Commands whose elements come in any order. */
const UNORDERED = new Set([
  "SMEMBERS",
  "SUNION",
  "SINTER",
  "SDIFF",
  "HKEYS",
  "HVALS",
  "KEYS",
  "SSCAN",
  "HSCAN",
  "ZSCAN",
]);
/** Commands whose fields come in any order, each before its value. */
const PAIRS = new Set(["HGETALL", "HSCAN", "ZSCAN"]);
/** Sorting what has no order of its own. */
const UNSORTED = new Set(["SORT", "SORT_RO"]);

/** The replies of a row of commands as comparable texts; undefined where one is missing. */
export function answersOf(requests: readonly (readonly Bytes[])[], answered: Bytes): (Bytes | undefined)[] {
  let at = 0;
  return requests.map((words) => {
    const read = readReply(answered, at);
    if (read === undefined) return undefined;
    at = read.next;
    return show(words, read.reply);
  });
}

function show(words: readonly Bytes[], reply: Reply): Bytes {
  const order = reply.kind === "aggregate" && reply.items !== null ? ordered(words, reply.items) : undefined;
  return JSON.stringify(order ?? reply);
}

function ordered(words: readonly Bytes[], items: readonly Reply[]): readonly unknown[] | undefined {
  const name = words[0]!.toUpperCase();
  const alone = words.some((word) => /^no(values|scores)$/i.test(word));
  if (name.endsWith("SCAN")) {
    const [cursor, page] = items;
    if (page?.kind !== "aggregate" || page.items === null) return undefined;
    return [cursor, PAIRS.has(name) && !alone ? pairs(page.items) : sorted(page.items)];
  }
  if (PAIRS.has(name)) return pairs(items);
  if (UNSORTED.has(name) || UNORDERED.has(name)) return sorted(items);
  return undefined;
}

function sorted(items: readonly Reply[]): string[] {
  return items.map((item) => JSON.stringify(item)).sort();
}

function pairs(items: readonly Reply[]): string[] {
  const rows: string[] = [];
  for (let i = 0; i < items.length; i += 2) rows.push(JSON.stringify(items.slice(i, i + 2)));
  return rows.sort();
}
