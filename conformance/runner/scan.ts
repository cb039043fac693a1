/** Follows a cursor to its end, since no two implementations agree on the cursors and the order between. */
import type { Bytes } from "../format/escapes.ts";
import type { Reply } from "../format/reply.ts";
import { encodeCommand } from "../targets/own-connection.ts";
import type { Wire } from "./wire.ts";

const mostSteps = 100_000;

/**
 * Sends the command again and again, the word `0` in it replaced by the cursor that came, until that is 0 again. Answers
 * one row of all elements, sorted by their bytes and each once; or the first reply that is not a cursor and a row.
 */
export async function scanToTheEnd(wire: Wire, args: readonly Bytes[], patienceMs: number): Promise<Reply> {
  const place = args.indexOf("0");
  const elements = new Set<Bytes>();
  let cursor = "0";
  for (let step = 0; step < mostSteps; step++) {
    wire.send(encodeCommand(args.map((arg, index) => (index === place ? cursor : arg))));
    const reply = await wire.next(patienceMs);
    if (!reply) return { kind: "line", text: "-(no reply came)" };
    const [next, row] = reply.kind === "aggregate" ? (reply.items ?? []) : [];
    if (next?.kind !== "bulk" || next.payload === null || row?.kind !== "aggregate") return reply;
    for (const item of row.items ?? []) if (item.kind === "bulk" && item.payload !== null) elements.add(item.payload);
    cursor = next.payload;
    if (cursor === "0") {
      const items = [...elements]
        .toSorted((one, other) => (one < other ? -1 : 1))
        .map((payload) => ({ kind: "bulk", type: "$", payload }) as const);
      return { kind: "aggregate", type: "*", items };
    }
  }
  return { kind: "line", text: `-(no end after ${mostSteps} steps)` };
}
