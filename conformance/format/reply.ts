/** Replies as they stand on the wire: framed out of a stream of bytes, kept exactly, and put back together. */
import type { Bytes } from "./escapes.ts";

/** A reply, loss-free: every value keeps its type byte, maps keep the order of their fields. */
export type Reply =
  /** One line and its type byte: `+OK`, `-ERR ...`, `:1`, `_`, `#t`, `,0.5`, `(123`. */
  | { readonly kind: "line"; readonly text: Bytes }
  /** A counted string; null is RESP2's `$-1`. */
  | { readonly kind: "bulk"; readonly type: BulkType; readonly payload: Bytes | null }
  /** A counted row of replies; a map's (and an attribute's) fields and values alternate; null is RESP2's `*-1`. */
  | { readonly kind: "aggregate"; readonly type: AggregateType; readonly items: readonly Reply[] | null };

export type BulkType = "$" | "=" | "!";
export type AggregateType = "*" | "%" | "~" | ">" | "|";

/**
 * Reads one reply from `buffer` at `at`. Undefined means that its end has not arrived. Throws when the bytes are no reply.
 */
export function readReply(buffer: Bytes, at = 0): { readonly reply: Reply; readonly next: number } | undefined {
  const end = buffer.indexOf("\r\n", at);
  if (end < 0) return undefined;
  const type = buffer.charAt(at);
  const next = end + 2;
  switch (type) {
    case "+":
    case "-":
    case ":":
    case "_":
    case "#":
    case ",":
    case "(":
      return { reply: { kind: "line", text: buffer.slice(at, end) }, next };
    case "$":
    case "=":
    case "!": {
      const length = readCount(buffer.slice(at + 1, end));
      if (length < 0) return { reply: { kind: "bulk", type, payload: null }, next };
      if (buffer.length < next + length + 2) return undefined;
      return { reply: { kind: "bulk", type, payload: buffer.slice(next, next + length) }, next: next + length + 2 };
    }
    case "*":
    case "%":
    case "~":
    case ">":
    case "|":
      return readItems(buffer, next, type, readCount(buffer.slice(at + 1, end)));
    default:
      throw new Error(`not a reply: ${JSON.stringify(buffer.slice(at, at + 80))}`);
  }
}

function readItems(buffer: Bytes, start: number, type: AggregateType, count: number) {
  if (count < 0) return { reply: { kind: "aggregate", type, items: null }, next: start } as const;
  const items: Reply[] = [];
  let next = start;
  for (let left = type === "%" || type === "|" ? 2 * count : count; left > 0; left--) {
    const item = readReply(buffer, next);
    if (!item) return undefined;
    items.push(item.reply);
    next = item.next;
  }
  return { reply: { kind: "aggregate", type, items }, next } as const;
}

function readCount(digits: string): number {
  if (!/^(-1|\d+)$/.test(digits)) throw new Error(`not a length: ${JSON.stringify(digits)}`);
  return Number(digits);
}

/** The number that an aggregate of so many items announces: a map counts pairs. */
export function announcedCount(type: AggregateType, items: number): number {
  return type === "%" || type === "|" ? items / 2 : items;
}

/** What a matcher looks at when it ignores lengths: the type byte and the payload, `$v`, `:1`, `-ERR ...`. */
export function plainText(reply: Reply): Bytes | undefined {
  switch (reply.kind) {
    case "line":
      return reply.text;
    case "bulk":
      return reply.payload === null ? undefined : reply.type + reply.payload;
    case "aggregate":
      return undefined;
  }
}
