/** Writes what real servers answered back into the case files: only reply lines change, everything else stays as it was. */
import { readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { blockIn, repliesIn, type CaseFile, type Replies } from "../format/case.ts";
import {
  clientFields,
  withClientFields,
  factsOf,
  groups,
  infoFields,
  isReply,
  matches,
  sortedLines,
} from "../format/compare.ts";
import type { Bytes } from "../format/escapes.ts";
import type { Expected } from "../format/expected.ts";
import { groupReplies, printBlocks, printExpected, type Recorded } from "../format/print.ts";
import type { Reply } from "../format/reply.ts";
import { applies, isRecorded, profileNames, protocols, type Applicability, type Setting } from "../profiles.ts";

/** What was answered to each step in each setting that was asked. */
export type Recording = ReadonlyMap<Replies, readonly Answer[]>;
export type Answer = Setting & { readonly replies: readonly Reply[] };

/** Rewrites the file if the recording says anything new. Returns whether it did. */
export function rewriteFile(file: CaseFile, recording: Recording, root: string): boolean {
  const lines = [...file.lines];
  const parts = file.cases
    .flatMap(({ steps, where }) =>
      steps.flatMap((step) => ("replies" in step ? [{ replies: step.replies, where }] : [])),
    )
    .toSorted((one, other) => other.replies.startLine - one.replies.startLine);
  for (const { replies, where } of parts) {
    const answers = recording.get(replies);
    if (!answers) continue;
    const fresh = printBlocks(groupReplies(mergeRecorded(replies, where, answers)));
    lines.splice(replies.startLine, replies.endLine - replies.startLine, ...fresh);
  }
  const target = path.join(root, file.path);
  const text = `${lines.join("\n")}\n`;
  if (text === readFileSync(target, "utf8")) return false;
  writeFileSync(target, text);
  return true;
}

/**
 * What the step shall state for every setting: the fresh answer where a server was asked, the old one where the server
 * exists but was not asked now, and what was written by hand for releases that no server stands for.
 */
function mergeRecorded(replies: Replies, where: Applicability, answers: readonly Answer[]): Recorded[] {
  const merged: Recorded[] = [];
  for (const profile of profileNames) {
    for (const protocol of protocols) {
      const setting = { profile, protocol };
      const old = repliesIn(replies, setting);
      const answer = answers.find((one) => one.profile === profile && one.protocol === protocol);
      if (answer)
        merged.push({
          ...setting,
          replies: answer.replies.map((reply, index) => keepMatchers(template(replies, old, index), reply)),
        });
      else if (old && applies(where, setting) && isStated(replies, setting)) merged.push({ ...setting, replies: old });
    }
  }
  return merged;
}

/** Where matchers are taken from: what stood here, or else what stands for all; so one matcher need be written once. */
function template(replies: Replies, old: readonly Expected[] | undefined, index: number): Expected | undefined {
  const own = old?.[index];
  const common = replies.blocks[0]?.replies[index];
  return (own === undefined || isReply(own)) && common !== undefined && !isReply(common) ? common : own;
}

function isStated(replies: Replies, setting: Setting): boolean {
  if (isRecorded(setting.profile)) return true;
  return blockIn(replies.blocks, setting)?.profiles.includes(setting.profile) === true;
}

/** The fresh reply, with the matchers of the old expectation where they stood. */
function keepMatchers(old: Expected | undefined, fresh: Reply): Expected {
  if (!old) return fresh;
  switch (old.kind) {
    case "line":
    case "bulk":
      return fresh;
    case "aggregate":
      if (fresh.kind !== "aggregate" || fresh.items === null || old.items === null) return fresh;
      return { ...fresh, items: fresh.items.map((item, index) => keepMatchers(old.items?.[index], item)) };
    case "any":
      return old;
    case "any-integer":
    case "match":
    case "capture":
      return fits(old, fresh) ? old : fresh;
    case "unordered":
      return sortRows(fits(old, fresh) ? old : wrap(old, fresh), 1);
    case "map":
      return sortRows(fits(old, fresh) ? old : wrap(old, fresh), 2);
    case "info":
      return withoutValues(wrap(old, fresh), infoFields);
    case "lines":
      return withoutValues(wrap(old, fresh), sortedLines);
    case "client":
      return withoutValues(wrap(old, fresh), clientFields);
    case "log":
      return wrap(old, withClientFields(fresh));
    case "within":
      return fits(old, fresh) ? old : wrap(old, fresh);
    case "docs":
      return wrap(old, factsOf(fresh));
    case "fields":
      return sortRows(wrap(old, withoutFieldValues(fresh)), 2);
    default:
      return old satisfies never;
  }
}

function wrap(old: Extract<Expected, { recorded: Expected }>, fresh: Reply): Expected {
  if (fresh.kind === "line" && fresh.text.startsWith("-")) return fresh;
  return { ...old, recorded: fresh };
}

/** Records only what is compared, so that recordings differ no more than what they say. */
function withoutValues(expected: Expected, fields: (text: Bytes) => Bytes): Expected {
  if (expected.kind !== "info" && expected.kind !== "lines" && expected.kind !== "client") return expected;
  const { recorded } = expected;
  if (recorded.kind !== "bulk" || recorded.payload === null) return expected;
  return { ...expected, recorded: { ...recorded, payload: fields(recorded.payload) } };
}

function withoutFieldValues(reply: Reply): Reply {
  if (reply.kind !== "aggregate" || reply.items === null) return reply;
  const star: Reply = { kind: "bulk", type: "$", payload: "*" };
  return { ...reply, items: reply.items.map((item, index) => (index % 2 === 0 ? item : star)) };
}

/** Where the order means nothing, it is that of the printed elements: no two recordings differ by it. */
function sortRows(expected: Expected, size: 1 | 2): Expected {
  if (expected.kind !== "unordered" && expected.kind !== "map" && expected.kind !== "fields") return expected;
  const { recorded } = expected;
  if (recorded.kind !== "aggregate" || recorded.items === null) return expected;
  const rows = groups(recorded.items, size).map((row) => ({ row, text: row.flatMap(printExpected).join("\n") }));
  rows.sort((one, other) => (one.text < other.text ? -1 : 1));
  return { ...expected, recorded: { ...recorded, items: rows.flatMap(({ row }) => row) } };
}

function fits(expected: Expected, actual: Reply): boolean {
  return matches(expected, actual, { captured: new Map(), used: () => {} });
}
