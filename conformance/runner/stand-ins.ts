/** Where no two runs have the same, cases have what stands for it: ids, and the address of the machine. */
import type { Bytes } from "../format/escapes.ts";
import type { Reply } from "../format/reply.ts";

/** A reply with what stands for the values in their place, wherever in it they are. */
export function withStandIns(reply: Reply, standIns: ReadonlyMap<Bytes, Bytes>): Reply {
  if (standIns.size === 0) return reply;
  switch (reply.kind) {
    case "line":
      return { ...reply, text: replaceAll(reply.text, standIns) };
    case "bulk":
      return reply.payload === null ? reply : { ...reply, payload: replaceAll(reply.payload, standIns) };
    case "aggregate":
      return reply.items === null
        ? reply
        : { ...reply, items: reply.items.map((item) => withStandIns(item, standIns)) };
  }
}

/** A word of a command with the values in place of what stands for them. */
export function withValues(word: Bytes, standIns: ReadonlyMap<Bytes, Bytes>): Bytes {
  return replaceAll(
    word,
    [...standIns].map(([value, standIn]) => [standIn, value]),
  );
}

function replaceAll(text: Bytes, replacements: Iterable<readonly [Bytes, Bytes]>): Bytes {
  let replaced = text;
  for (const [from, to] of replacements) replaced = replaced.replaceAll(from, () => to);
  return replaced;
}
