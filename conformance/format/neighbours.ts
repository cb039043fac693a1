/**
 * What is expected of releases that no server stands for here, Redis 7.2 and 7.4: the reply of the recorded release below
 * them or of the one above, and of a row of fields nothing that neither has and all that both have.
 */
import { clientFields, factsOf, infoFields, isReply, matches, type Findings } from "./compare.ts";
import type { Bytes } from "./escapes.ts";
import type { Expected } from "./expected.ts";
import { plainText, type Reply } from "./reply.ts";

export type Neighbours = {
  readonly below: Expected;
  readonly above: Expected;
  /** Of the release itself: what is newer is taken out of the documentation above it. */
  readonly release: readonly number[];
};

/** True when the reply could be that of a release between the two. */
export function liesBetween({ below, above, release }: Neighbours, actual: Reply, findings: Findings): boolean {
  if (matches(above, actual, findings) || matches(below, actual, findings)) return true;
  switch (above.kind) {
    case "client":
      return below.kind === "client" && fieldsLieBetween(below.recorded, above.recorded, actual, clientRows);
    case "info":
      return below.kind === "info" && fieldsLieBetween(below.recorded, above.recorded, actual, infoRows);
    case "fields":
      return (
        below.kind === "fields" &&
        rowsLieBetween([fieldsOf(below.recorded)], [fieldsOf(above.recorded)], [fieldsOf(actual)])
      );
    case "docs":
      return (
        isReply(above.recorded) &&
        matches({ kind: "docs", recorded: withoutNewer(factsOf(above.recorded), release) }, actual, findings)
      );
    case "unordered":
    case "map":
      return (
        below.kind === above.kind &&
        rowsLieBetween([fieldsOf(below.recorded)], [fieldsOf(above.recorded)], [fieldsOf(actual)])
      );
    default:
      return false;
  }
}

function fieldsLieBetween(below: Expected, above: Expected, actual: Reply, rows: (text: Bytes) => string[][]): boolean {
  if (!isReply(below) || !isReply(above)) return false;
  const [low, high, own] = [below, above, actual].map((reply) => plainText(reply)?.slice(1));
  if (low === undefined || high === undefined || own === undefined) return false;
  return rowsLieBetween(rows(low), rows(high), rows(own));
}

function rowsLieBetween(below: readonly string[][], above: readonly string[][], actual: readonly string[][]): boolean {
  if (actual.length !== above.length || below.length !== above.length) return false;
  return actual.every((row, index) => {
    const [low, high] = [new Set(below[index]), new Set(above[index])];
    const own = new Set(row);
    return (
      row.every((field) => low.has(field) || high.has(field)) &&
      [...low].every((field) => own.has(field) || !high.has(field))
    );
  });
}

function clientRows(text: Bytes): string[][] {
  return clientFields(text)
    .split("\n")
    .map((line) => line.split(" "));
}

function infoRows(text: Bytes): string[][] {
  return [infoFields(text).split("\r\n")];
}

/** The fields of a row or a map, with their values left out. */
function fieldsOf(reply: Expected): string[] {
  return namesOf(reply).filter((_, index) => index % 2 === 0);
}

/** The elements of a row or a map. */
function namesOf(reply: Expected): string[] {
  if (reply.kind !== "aggregate" || reply.items === null) return [];
  return reply.items.flatMap((item) => (isReply(item) ? [JSON.stringify(item)] : []));
}

/** Takes out every map that says it came with a later release. */
function withoutNewer(reply: Reply, release: readonly number[]): Reply {
  if (reply.kind !== "aggregate" || reply.items === null) return reply;
  const items = reply.items.filter((item) => !isNewer(item, release)).map((item) => withoutNewer(item, release));
  return { ...reply, items };
}

function isNewer(reply: Reply, release: readonly number[]): boolean {
  if (reply.kind !== "aggregate" || reply.items === null) return false;
  const at = reply.items.findIndex((item) => item.kind === "bulk" && item.payload === "since");
  const value = at < 0 ? undefined : reply.items[at + 1];
  if (value?.kind !== "bulk" || value.payload === null) return false;
  const since = value.payload.split(".").map(Number);
  const differing = since.findIndex((part, index) => part !== (release[index] ?? 0));
  return differing >= 0 && (since[differing] ?? 0) > (release[differing] ?? 0);
}
