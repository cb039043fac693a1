/** Holds a reply against what a case expects: equal to the byte, or as the declared matcher allows. */
import type { Expected, Matcher, MatcherName } from "./expected.ts";
import type { Bytes } from "./escapes.ts";
import { plainText, type Reply } from "./reply.ts";

/** What comparing leaves behind: the values that `~capture` saw, and which matchers did the comparing. */
export type Findings = {
  readonly captured: Map<string, Bytes>;
  readonly used: (matcher: MatcherName) => void;
};

/** True when the reply is the expected one. Captures are taken only along the way to a match. */
export function matches(expected: Expected, actual: Reply, findings: Findings): boolean {
  switch (expected.kind) {
    case "line":
      return actual.kind === "line" && actual.text === expected.text;
    case "bulk":
      return actual.kind === "bulk" && actual.type === expected.type && actual.payload === expected.payload;
    case "aggregate":
      if (actual.kind !== "aggregate" || actual.type !== expected.type) return false;
      if (actual.items === null || expected.items === null) return actual.items === expected.items;
      return matchAll(expected.items, actual.items, findings);
    default:
      findings.used(expected.kind);
      return matchDeclared(expected, actual, findings);
  }
}

function matchAll(expected: readonly Expected[], actual: readonly Reply[], findings: Findings): boolean {
  return (
    expected.length === actual.length &&
    pairs(expected, actual).every(([left, right]) => matches(left, right, findings))
  );
}

function matchDeclared(expected: Matcher, actual: Reply, findings: Findings): boolean {
  switch (expected.kind) {
    case "any":
      return true;
    case "any-integer":
      return integerOf(actual) !== undefined;
    case "match": {
      const text = plainText(actual);
      return text !== undefined && globToPattern(expected.glob).test(text);
    }
    case "capture": {
      const text = plainText(actual);
      if (text === undefined) return false;
      findings.captured.set(expected.name, text.slice(1));
      return true;
    }
    case "within": {
      const wanted = isReply(expected.recorded) ? integerOf(expected.recorded) : undefined;
      const got = integerOf(actual);
      if (wanted === undefined || got === undefined || sameShape(expected.recorded, actual) === false) return false;
      const distance = got > wanted ? got - wanted : wanted - got;
      return distance <= BigInt(expected.distance);
    }
    case "unordered":
      return matchGroups(expected.recorded, actual, 1, findings);
    case "map":
      return matchGroups(expected.recorded, actual, 2, findings);
    case "fields":
      return isReply(expected.recorded) && fieldNames(expected.recorded) === fieldNames(actual);
    case "docs":
      return isReply(expected.recorded) && sortedText(factsOf(expected.recorded)) === sortedText(factsOf(actual));
    case "info":
      return isReply(expected.recorded) && sameFields(expected.recorded, actual, infoFields);
    case "lines":
      return isReply(expected.recorded) && sameFields(expected.recorded, actual, sortedLines);
    case "client":
      return isReply(expected.recorded) && sameFields(expected.recorded, actual, clientFields);
    case "log":
      return matches(expected.recorded, withClientFields(actual), findings);
    default:
      return expected satisfies never;
  }
}

/** Pairs every group of `size` expected items with one group of actual items not yet taken. */
function matchGroups(expected: Expected, actual: Reply, size: 1 | 2, findings: Findings): boolean {
  if (expected.kind !== "aggregate" || actual.kind !== "aggregate" || expected.type !== actual.type) return false;
  if (expected.items === null || actual.items === null) return expected.items === actual.items;
  if (expected.items.length !== actual.items.length) return false;
  const left = groups(actual.items, size);
  return groups(expected.items, size).every((group) => {
    const found = left.findIndex((candidate) => matchAll(group, candidate, findings));
    if (found < 0) return false;
    left.splice(found, 1);
    return true;
  });
}

/** Rows of `size` items each: 2 for fields with their values. */
export function groups<Item>(items: readonly Item[], size: number): Item[][] {
  const rows: Item[][] = [];
  for (let at = 0; at < items.length; at += size) rows.push(items.slice(at, at + size));
  return rows;
}

function pairs<Left, Right>(left: readonly Left[], right: readonly Right[]): [Left, Right][] {
  return left.flatMap((item, index): [Left, Right][] => {
    const other = right[index];
    return other === undefined ? [] : [[item, other]];
  });
}

/** True when no matcher stands anywhere in it, so that it could have come from the wire. */
export function isReply(expected: Expected): expected is Reply {
  switch (expected.kind) {
    case "line":
    case "bulk":
      return true;
    case "aggregate":
      return expected.items === null || expected.items.every(isReply);
    default:
      return false;
  }
}

function sameShape(expected: Expected, actual: Reply): boolean {
  return expected.kind === actual.kind;
}

function integerOf(reply: Reply): bigint | undefined {
  const text = plainText(reply);
  return text !== undefined && /^[:$]-?\d+$/.test(text) ? BigInt(text.slice(1)) : undefined;
}

function globToPattern(glob: Bytes): RegExp {
  const pattern = glob
    .replaceAll(/[\\^$.|+(){}]/g, String.raw`\$&`)
    .replaceAll("*", "[^]*")
    .replaceAll("?", "[^]");
  return new RegExp(`^${pattern}$`);
}

function sameFields(expected: Reply, actual: Reply, fields: (text: Bytes) => Bytes): boolean {
  const [wanted, got] = [plainText(expected), plainText(actual)];
  if (wanted === undefined || got === undefined || wanted.charAt(0) !== got.charAt(0)) return false;
  return fields(wanted.slice(1)) === fields(got.slice(1));
}

const prose: ReadonlySet<Bytes> = new Set(["summary", "complexity", "history", "replaced_by"]);

function fieldNames(reply: Reply): string | undefined {
  if (reply.kind !== "aggregate" || reply.items === null) return undefined;
  const names = groups(reply.items, 2).map(([field]) => (field === undefined ? "" : (plainText(field) ?? "")));
  return [reply.type, ...names.toSorted()].join("\n");
}

/** The reply without the fields of COMMAND DOCS that tell rather than define. */
export function factsOf(reply: Reply): Reply {
  if (reply.kind !== "aggregate" || reply.items === null) return reply;
  const items = groups(reply.items, 2).filter(
    ([field]) => !(field?.kind === "bulk" && field.payload !== null && prose.has(field.payload)),
  );
  return { ...reply, items: items.flat().map(factsOf) };
}

/** A text that is the same for replies that differ only in the order of map fields or set members, at any depth. */
function sortedText(reply: Reply): string {
  if (reply.kind !== "aggregate" || reply.items === null) return JSON.stringify(reply);
  const keyed =
    reply.items.length % 2 === 0 && reply.items.every((item, index) => index % 2 === 1 || item.kind === "bulk");
  const paired = reply.type === "%" || (reply.type === "*" && keyed);
  const rows = groups(reply.items, paired ? 2 : 1).map((row) => row.map(sortedText).join(" "));
  if (paired || reply.type === "~" || reply.items.every(isSubcommandInfo)) rows.sort();
  return `${reply.type}[${rows.join(",")}]`;
}

/** COMMAND INFO of a subcommand: a container lists them in the order of a hash table. */
function isSubcommandInfo(reply: Reply): boolean {
  const name = reply.kind === "aggregate" ? reply.items?.[0] : undefined;
  return name?.kind === "bulk" && name.payload?.includes("|") === true;
}

/** The headings and field names of INFO; of `db0:keys=1,expires=0` the names inside the value too. */
export function infoFields(text: Bytes): Bytes {
  const { format, body } = splitFormat(text);
  const lines = body.split("\r\n");
  return (
    format +
    lines.map((line) => (line.startsWith("#") ? line : line.replaceAll(/([:=])[^,:=]*(?=,|$)/g, "$1*"))).join("\r\n")
  );
}

/** The text with its lines in the order of their bytes; what parts them stays. */
export function sortedLines(text: Bytes): Bytes {
  const { format, body } = splitFormat(text);
  const end = body.includes("\r\n") ? "\r\n" : "\n";
  const lines = body.split(end);
  const last = lines.at(-1) === "" ? [lines.pop() ?? ""] : [];
  return format + [...lines.toSorted(), ...last].join(end);
}

/** Parts what a verbatim string says of its format from the rest. */
function splitFormat(text: Bytes): { readonly format: Bytes; readonly body: Bytes } {
  const format = text.startsWith("txt:") ? "txt:" : "";
  return { format, body: text.slice(format.length) };
}

const machineFields =
  /\b(id|addr|laddr|fd|qbuf|qbuf-free|argv-mem|multi-mem|rbs|rbp|obl|oll|omem|tot-mem|tot-net-in|tot-net-out|tot-cmds|io-thread|events)=[^ \n]*/g;

/** The lines of CLIENT LIST with a star for what depends on the machine. */
export function clientFields(text: Bytes): Bytes {
  return text.replaceAll(machineFields, "$1=*");
}

/** What only some releases tell of a client. */
const newerFields = / (capa|watch|lib-name|lib-ver|io-thread|tot-net-in|tot-net-out|tot-cmds)=[^ \n]*/g;

/** ACL LOG with what every release tells of clients, but for what depends on the machine. */
export function withClientFields(reply: Reply): Reply {
  if (reply.kind === "bulk" && reply.payload?.startsWith("id=")) {
    return { ...reply, payload: clientFields(reply.payload.replaceAll(newerFields, "")) };
  }
  if (reply.kind !== "aggregate" || reply.items === null) return reply;
  return { ...reply, items: reply.items.map(withClientFields) };
}
