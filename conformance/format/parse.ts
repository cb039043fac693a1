/** Reads a `.resp` file. The format is described in conformance/README.md. */
import type { Topology } from "../../core/index.ts";
import {
  everywhere,
  isFamily,
  isProfileName,
  parseRelease,
  type Applicability,
  type Protocol,
  type Since,
} from "../profiles.ts";
import {
  acts,
  mainConnection,
  otherDoors,
  otherHost,
  overIpv6,
  type Block,
  type Case,
  type CaseFile,
  type Replies,
  type Step,
} from "./case.ts";
import { splitWords, type Bytes } from "./escapes.ts";
import { isReplyLine, parseExpected, type Cursor } from "./parse-expected.ts";
import { parseTopology, requireServers } from "./parse-topology.ts";

/** Parses the text of a case file. Throws an Error that begins with `path:line:` at the first fault. */
export function parseCaseFile(path: string, text: string): CaseFile {
  const lines = text.replace(/\n$/, "").split("\n");
  const cursor: Cursor = { lines, at: 0 };
  try {
    return parseLines(path, cursor);
  } catch (error) {
    throw new Error(`${path}:${cursor.at + 1}: ${error instanceof Error ? error.message : String(error)}`, {
      cause: error,
    });
  }
}

function parseLines(path: string, cursor: Cursor): CaseFile {
  const header = parseDirectives(cursor, everywhere);
  const cases: Case[] = [];
  const { config, files, topology } = header;
  if (files.length > 0 && !topology) throw new Error("lay wants a topology: only its servers have a disk of their own");
  const file: CaseFile = { path, lines: cursor.lines, config, files, topology, cases };
  const titles = new Set<string>();
  while (cursor.at < cursor.lines.length) {
    const titleLine = cursor.at + 1;
    const title = /^== (\S.*)$/.exec(current(cursor))?.[1];
    if (title === undefined) throw new Error(`expected a title (== ...), got ${JSON.stringify(current(cursor))}`);
    if (titles.has(title)) throw new Error(`a second case is called ${JSON.stringify(title)}`);
    titles.add(title);
    cursor.at++;
    const directives = parseDirectives(cursor, header.where);
    if (directives.config.length > 0)
      throw new Error("config belongs in the header of a file: it is how the server starts");
    if (directives.files.length > 0) throw new Error("lay names the server whose disk it is");
    if (directives.topology) throw new Error("topology belongs in the header of a file: its cases share it");
    cases.push({
      file,
      title,
      line: titleLine,
      where: directives.where,
      bytewise: header.bytewise || directives.bytewise,
      steps: parseSteps(cursor, topology),
    });
  }
  return file;
}

type Directives = {
  where: Applicability;
  config: [string, string][];
  files: [string, Bytes][];
  topology: Topology | undefined;
  bytewise: boolean;
};

/** Directives come first, in the header of a file or of a case; a case adds to its file's, and `since` replaces it. */
function parseDirectives(cursor: Cursor, inherited: Applicability): Directives {
  let where = inherited;
  const config: [string, string][] = [];
  const files: [string, Bytes][] = [];
  let topology: Topology | undefined;
  let bytewise = false;
  for (; cursor.at < cursor.lines.length; cursor.at++) {
    const line = current(cursor);
    if (isSkipped(line)) continue;
    const [word, ...rest] = line.split(" ");
    const laid = /^lay (?<path>\S+) (?<content>".*")$/.exec(line)?.groups;
    if (word === "since" && rest.length > 0) where = { ...where, since: parseSince(rest) };
    else if (word === "only" && rest.length > 0) where = parseOnly(where, rest);
    else if (word === "config" && rest.length > 1) config.push([rest[0] ?? "", rest.slice(1).join(" ")]);
    else if (word === "topology" && rest.length > 0) topology = parseTopology(rest);
    else if (laid) files.push([laid["path"] ?? "", literal(laid["content"] ?? "")]);
    else if (line === "bytewise") bytewise = true;
    else break;
  }
  return { where, config, files, topology, bytewise };
}

function parseSince(words: readonly string[]): Since[] {
  const bounds: Since[] = [];
  for (let at = 0; at < words.length; at++) {
    const word = words[at] ?? "";
    const family = isFamily(word) ? word : undefined;
    const release = parseRelease(family === undefined ? word : (words[++at] ?? ""));
    if (!release) throw new Error(`not a release: ${JSON.stringify(words[at] ?? "")}`);
    bounds.push(family === undefined ? { release } : { family, release });
  }
  return bounds;
}

function parseOnly(where: Applicability, words: readonly string[]): Applicability {
  const only = words.filter((word) => isProfileName(word) || isFamily(word));
  const protocols = words.filter(isProtocol);
  const unknown = words.find((word) => !isProfileName(word) && !isFamily(word) && !isProtocol(word));
  if (unknown !== undefined)
    throw new Error(`only knows profiles, families and protocols, not ${JSON.stringify(unknown)}`);
  return {
    since: where.since,
    only: only.length > 0 ? only : where.only,
    protocols: protocols.length > 0 ? protocols : where.protocols,
  };
}

function isProtocol(word: string): word is Protocol {
  return word === "resp2" || word === "resp3";
}

function parseSteps(cursor: Cursor, topology: Topology | undefined): Step[] {
  const steps: Step[] = [];
  for (; cursor.at < cursor.lines.length;) {
    const line = current(cursor);
    if (isSkipped(line)) {
      cursor.at++;
      continue;
    }
    if (line.startsWith("== ")) break;
    const step = parseStep(cursor, line);
    requireServers(step, topology);
    steps.push(step);
  }
  if (steps.length === 0) throw new Error("a case without steps");
  return steps;
}

const name = "[a-z][a-z0-9-]*";
const connection = `${name}(?:@(?:${name}(?::\\d+)?|${otherHost.replaceAll(".", "\\.")}:\\d+|${overIpv6}))?(?:/(?:${otherDoors.join("|")}))?`;
const stepPattern = new RegExp(
  [
    `^(?:await (?<within>\\d+) )?(?:(?!raw>|scan>)(?<sender>${connection})?> (?<words>.*)`,
    `(?:(?<specialSender>${connection}) )?(?<special>raw|scan)> (?<rest>.*)`,
    `(?:(?<subject>${connection}) )?(?<verb>gets|silent|closed|close|refused)(?: (?<detail>".*"))?`,
    `(?<act>${acts.join("|")}) (?<server>${name})`,
    `(?<disk>files?|lay) (?<owner>${name}) (?<path>[^ ]+)(?: (?<content>".*"))?`,
    `advance (?<ms>\\d+))$`,
  ].join("|"),
);

function parseStep(cursor: Cursor, text: string): Step {
  const line = cursor.at + 1;
  const groups = stepPattern.exec(text)?.groups;
  if (!groups) throw new Error(`not a step: ${JSON.stringify(text)}`);
  const { within, sender, words, specialSender, special, rest, subject, verb, detail, server, ms, disk } = groups;
  const act = acts.find((each) => each === groups["act"]);
  const awaited = within === undefined ? {} : { withinMs: Number(within) };
  if (within !== undefined && words === undefined && verb !== "gets" && verb !== "closed")
    throw new Error("await takes a command, gets or closed");
  if (detail !== undefined && verb !== "closed") throw new Error(`${verb ?? ""} stands alone`);
  if (special === "raw") {
    const chunks = splitWords(rest ?? "").map(literalBytes);
    cursor.at++;
    return { line, kind: "raw", connection: specialSender ?? mainConnection, chunks, replies: parseReplies(cursor) };
  }
  if (words !== undefined || special === "scan") {
    const command = splitWords(words ?? rest ?? "");
    if (command.length === 0) throw new Error("a step without a command");
    cursor.at++;
    const from = sender ?? specialSender ?? mainConnection;
    const asked = { line, connection: from, words: command, replies: parseReplies(cursor) };
    return special === "scan" ? { ...asked, kind: "scan" } : { ...asked, kind: "command", ...awaited };
  }
  cursor.at++;
  if (ms !== undefined) return { line, kind: "advance", ms: Number(ms) };
  if (act !== undefined) return { line, kind: "act", act, server: server ?? "" };
  if (disk !== undefined) {
    const place = { line, server: groups["owner"] ?? "", path: groups["path"] ?? "" };
    if ((disk === "lay") !== (groups["content"] !== undefined)) throw new Error("lay takes what the file holds");
    if (disk === "lay") return { ...place, kind: "lay", content: literal(groups["content"] ?? "") };
    const shown = { ...place, replies: parseReplies(cursor) };
    return disk === "file" ? { ...shown, kind: "file" } : { ...shown, kind: "files" };
  }
  const on = subject ?? mainConnection;
  switch (verb) {
    case "gets":
      return { line, kind: "gets", connection: on, replies: parseReplies(cursor), ...awaited };
    case "silent":
      return { line, kind: "silent", connection: on };
    case "refused":
      return { line, kind: "refused", connection: on };
    case "closed":
      return {
        line,
        kind: "closed",
        connection: on,
        ...awaited,
        leftover: literal(detail ?? ""),
      };
    default:
      return { line, kind: "close", connection: on };
  }
}

function literal(words: string): Bytes {
  return splitWords(words).map(literalBytes).join("");
}

function literalBytes(word: ReturnType<typeof splitWords>[number]): Bytes {
  if ("captured" in word) throw new Error("raw bytes know no captured values");
  return word.bytes;
}

function parseReplies(cursor: Cursor): Replies {
  const startLine = cursor.at;
  const blocks: Block[] = [];
  let block: { profiles: Block["profiles"]; protocol?: Protocol; replies: Block["replies"][number][] } | undefined;
  for (; cursor.at < cursor.lines.length;) {
    const line = current(cursor);
    if (line.startsWith("@")) {
      block = { ...parseQualifier(line.slice(1).split(" ")), replies: [] };
      blocks.push(block);
      cursor.at++;
    } else if (isReplyLine(line)) {
      if (!block) blocks.push((block = { profiles: [], replies: [] }));
      block.replies.push(parseExpected(cursor));
    } else break;
  }
  return { blocks, startLine, endLine: cursor.at };
}

function parseQualifier(words: readonly string[]): Pick<Block, "profiles" | "protocol"> {
  const named = words.filter(isProfileName);
  const [protocol, ...others] = words.filter(isProtocol);
  if (named.length + (protocol ? 1 : 0) !== words.length || others.length > 0) {
    throw new Error(`not a qualifier: ${JSON.stringify(words.join(" "))}`);
  }
  return protocol ? { profiles: named, protocol } : { profiles: named };
}

/** Comments and empty lines mean nothing, but a boolean reply (`#t`) is no comment. */
function isSkipped(line: string): boolean {
  return line === "" || line === "#" || line.startsWith("# ");
}

function current(cursor: Cursor): string {
  return cursor.lines[cursor.at] ?? "";
}
