/** Reads one expected reply of a case file: raw RESP lines without their CRLF, matchers among them. */
import { unescape } from "./escapes.ts";
import { matcherNames, type Expected, type MatcherName } from "./expected.ts";
import type { AggregateType, BulkType } from "./reply.ts";

export type Cursor = { readonly lines: readonly string[]; at: number };

/** Tells a reply's first line from everything else that can follow a step: `>2` is a push and `> GET k` is not. */
export function isReplyLine(line: string): boolean {
  return /^(?:[-+:,(]|_$|#[tf]$|[$=!*%~>|](?:-1|\d+)$|~[a-z])/.test(line);
}

/** Parses the reply that begins at the cursor and leaves the cursor behind it. */
export function parseExpected(cursor: Cursor): Expected {
  const line = cursor.lines[cursor.at];
  if (line === undefined || !isReplyLine(line))
    throw new Error(`expected a reply, got ${JSON.stringify(line ?? "the end")}`);
  if (/^~[a-z]/.test(line)) return parseMatcher(cursor, line.slice(1));
  const type = line.charAt(0);
  const count = Number(line.slice(1));
  switch (type) {
    case "$":
    case "=":
    case "!":
      return parseBulk(cursor, type, count);
    case "*":
    case "%":
    case "~":
    case ">":
    case "|":
      return parseAggregate(cursor, type, count);
    default:
      cursor.at++;
      return { kind: "line", text: unescape(line) };
  }
}

function parseBulk(cursor: Cursor, type: BulkType, length: number): Expected {
  cursor.at++;
  if (length < 0) return { kind: "bulk", type, payload: null };
  const payload = unescape(cursor.lines[cursor.at] ?? "");
  if (payload.length !== length)
    throw new Error(`${type}${length} announces ${length} bytes, its line holds ${payload.length}`);
  cursor.at++;
  return { kind: "bulk", type, payload };
}

function parseAggregate(cursor: Cursor, type: AggregateType, count: number): Expected {
  cursor.at++;
  if (count < 0) return { kind: "aggregate", type, items: null };
  const items: Expected[] = [];
  for (let left = type === "%" || type === "|" ? 2 * count : count; left > 0; left--) items.push(parseExpected(cursor));
  return { kind: "aggregate", type, items };
}

function parseMatcher(cursor: Cursor, text: string): Expected {
  const space = text.indexOf(" ");
  const name = space < 0 ? text : text.slice(0, space);
  const argument = space < 0 ? "" : text.slice(space + 1);
  if (!isMatcherName(name)) throw new Error(`no matcher is called ${JSON.stringify(name)}`);
  if ((argument !== "") !== (name === "match" || name === "capture" || name === "within")) {
    throw new Error(`~${name} ${argument === "" ? "wants" : "takes no"} argument`);
  }
  cursor.at++;
  switch (name) {
    case "any":
    case "any-integer":
      return { kind: name };
    case "match":
      return { kind: name, glob: unescape(argument) };
    case "capture":
      return { kind: name, name: argument };
    case "within":
      return { kind: name, distance: Number(argument), recorded: parseExpected(cursor) };
    case "unordered":
    case "map":
    case "fields":
    case "docs":
    case "info":
    case "lines":
    case "client":
    case "log":
      return { kind: name, recorded: parseExpected(cursor) };
    default:
      return name satisfies never;
  }
}

function isMatcherName(word: string): word is MatcherName {
  return (matcherNames as readonly string[]).includes(word);
}
