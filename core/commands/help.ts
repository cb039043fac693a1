// HELP subcommands: a heading, the lines, and HELP itself (networking.c: addReplyHelp).
import { upper, type Bytes } from "../kernel/bytes.ts";
import type { Reply } from "../resp/reply.ts";
import { defineCommand, type Command, type CommandFacts } from "./command.ts";
import type { CommandContext } from "./context.ts";
import { exists, type Profile, type Since } from "./profile.ts";

/** A line of help, or lines that came or went with a release. A function words it for a profile. */
export type HelpLine =
  | Bytes
  | ((profile: Profile) => Bytes | readonly Bytes[])
  | { readonly since: Since; readonly lines: readonly Bytes[] }
  | { readonly before: Since; readonly lines: readonly Bytes[] };

/** Defines the HELP of a container. */
export function defineHelp(
  facts: Pick<CommandFacts, "group" | "acl" | "in"> & Partial<Pick<CommandFacts, "since">>,
  container: Bytes,
  lines: readonly HelpLine[],
  /** Throws what forbids it. */
  admit?: (context: CommandContext) => void,
): Command {
  return defineCommand({
    since: "5.0.0",
    ...facts,
    name: "HELP",
    arity: 2,
    summary: "Lists the subcommands.",
    complexity: "O(1)",
    flags: ["loading", "stale"],
    run(context) {
      admit?.(context);
      replyHelp(context.reply, context.profile, { container, lines });
    },
  });
}

/** Replies what HELP replies. */
export function replyHelp(
  reply: Reply,
  profile: Profile,
  { container, lines }: { container: Bytes; lines: readonly HelpLine[] },
): void {
  const all = [
    `${upper(container)} <subcommand> [<arg> [value] [opt] ...]. Subcommands are:`,
    ...lines.flatMap((line) => wordLine(line, profile)),
    "HELP",
    exists("7.2.0", profile) ? "    Print this help." : "    Prints this help.",
  ];
  reply.array(all.length);
  for (const line of all) reply.simple(line);
}

function wordLine(line: HelpLine, profile: Profile): readonly Bytes[] {
  if (typeof line === "string") return [line];
  if (typeof line === "function") return [line(profile)].flat();
  const shown = "since" in line ? exists(line.since, profile) : !exists(line.before, profile);
  return shown ? line.lines : [];
}
